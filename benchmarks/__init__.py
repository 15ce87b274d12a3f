"""Measurements: each prints a table against named peers in the same run."""
