"""Imported once, by the process that all cleaning processes are forked from."""

from newsmill.cleaning import preload
from newsmill.collecting import once_started, while_starting

while_starting()
preload()
once_started()
