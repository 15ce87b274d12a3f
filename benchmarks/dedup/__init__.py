"""How well near-duplicates are told: `python -m benchmarks.dedup --corpus FOLDER`."""
