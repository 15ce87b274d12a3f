"""Finding and fetching pages: politely, safely, whole. Knows neither database nor cleaning."""

from __future__ import annotations

from crawler.fetch import Fetcher
from crawler.options import FetchOptions

__all__ = ["FetchOptions", "Fetcher"]
