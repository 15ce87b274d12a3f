"""Finding and fetching pages: politely, safely, whole. Knows neither database nor cleaning."""

from __future__ import annotations

from crawler.autodiscovery import discover
from crawler.feeds import read_feed
from crawler.fetch import Fetcher
from crawler.filters import wanted
from crawler.listings import read_listing
from crawler.options import FetchOptions
from crawler.poll import Polled, poll
from crawler.protocols import Decode, Fetches
from crawler.sitemaps import read_sitemap
from crawler.variants import fetch_through, proper

__all__ = [
    "Decode",
    "FetchOptions",
    "Fetcher",
    "Fetches",
    "Polled",
    "discover",
    "fetch_through",
    "poll",
    "proper",
    "read_feed",
    "read_listing",
    "read_sitemap",
    "wanted",
]
