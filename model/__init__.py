"""The values and errors that travel between the rooms; standard library only.

The way of the data, one module a stage::

    source.Source -> source.Link -> page.Request -> page.Page | page.NotModified
        -> article.Block* -> article.Verdict* (with memory.SiteMemory) -> article.Cleaned
        -> outcome.Outcome

Every value is a frozen, slotted, keyword-only dataclass; times are aware UTC; what a page claims is a bare
participle (``published``), what we did ends in ``_at`` (``fetched_at``).
"""
