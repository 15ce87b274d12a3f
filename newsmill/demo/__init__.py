"""The demo: six sample news sites served on loopback, crawled through the real pipeline."""
