"""Imported once, by the process that all cleaning processes are forked from."""

from newsmill.cleaning import preload

preload()
