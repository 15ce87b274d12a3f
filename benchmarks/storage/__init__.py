"""How the database behaves as it grows: ``python -m benchmarks.storage``."""
