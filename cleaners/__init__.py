"""From a page to its article, every verdict explained. A library of its own: `clean`, `clean_text`, `learn`."""
