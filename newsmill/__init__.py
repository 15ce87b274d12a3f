"""newsmill: turns news sites into a clean, deduplicated text database."""

import os

__version__ = "0.1.0"

# The threads that numpy's OpenBLAS starts turn idly for 50 ms each before they sleep, and our products are small.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
