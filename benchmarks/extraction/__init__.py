"""How clean the text is, and what it costs, beside other extractors on the same pages in the same run."""
