"""newsmill: turns news sites into a clean, deduplicated text database."""

__version__ = "0.1.0"
