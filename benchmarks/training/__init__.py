"""Training of the block classifiers on a corpus of pages with gold text: ``python -m benchmarks.training CORPUS``."""
