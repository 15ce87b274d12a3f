"""Pages that lead to another page: AMP, print and phone editions by their address, and those that refresh to elsewhere."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from model.page import NotModified, Page, Request
from model.urls import canonical, identity, parameters

if TYPE_CHECKING:
    from crawler.protocols import Fetches

#: Hosts of editions that show what another host shows.
_HOST = re.compile(r"(?:amp|m|mobile|print)\.")
#: Path segments (file name extensions left out) of such editions, in lower case, sorted.
SEGMENTS: frozenset[str] = frozenset(
    {
        "amp",
        "ampstories",
        "drucken",
        "druckversion",
        "imprimer",
        "imprimir",
        "m",
        "mobile",
        "print",
        "printable",
        "printview",
        "stampa",
    }
)
#: Parameters that ask for one, by their name alone or with a value, in lower case, sorted.
PARAMETERS: frozenset[str] = frozenset({"amp", "print", "printable", "printmode"})
VALUES: frozenset[tuple[str, str]] = frozenset(
    {("format", "amp"), ("mode", "print"), ("output", "amp"), ("outputtype", "amp"), ("view", "mobile"), ("view", "print")}
)
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jspx?)$")
_AMP_FILE = re.compile(r"[._-]amp$")

#: Where pages that refresh say so, and the longest wait that means "elsewhere" rather than "look again".
_HEAD = 16_384
_LONGEST_WAIT = 5
#: Comments and what is said to browsers without scripts; one that does not end hides all that follows.
_HIDDEN = re.compile(rb"<!--(?:-?>|.*?(?:-->|\Z))|<noscript\b.*?(?:</noscript|\Z)", re.IGNORECASE | re.DOTALL)
_META = re.compile(rb"<meta\b[^<>]*>", re.IGNORECASE)
#: In lower case: so it is looked for in a sixth of the time, and hardly any page has it.
_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh\b")
_CONTENT = re.compile(
    rb"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))",
    re.IGNORECASE,
)
_WAIT_AND_ADDRESS = re.compile(
    r"\s*(\d{1,6})(?:\.\d*)?\s*[;,\s]\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']*)[\"']?\s*", re.IGNORECASE
)


def is_variant(url: str) -> bool:
    """Whether an address by itself says that it is an edition of another page: AMP, print, phones.

    >>> is_variant("https://example.com/amp/story"), is_variant("https://m.example.com/story"), is_variant("https://example.com/a?print=1")
    (True, True, True)
    >>> is_variant("https://example.com/story"), is_variant("https://example.com/amplifiers")
    (False, False)
    """
    parts = urlsplit(url)
    segments = [_EXTENSION.sub("", segment) for segment in parts.path.lower().split("/")]
    if _HOST.match(parts.netloc) or SEGMENTS.intersection(segments) or any(map(_AMP_FILE.search, segments)):
        return True
    return any(name in PARAMETERS or (name, value.lower()) in VALUES for name, value in parameters(url))


def proper(url: str, claimed: str | None) -> str | None:
    """The page that an edition says it shows; None where the address is that of no edition, or what it claims is one too.

    Args:
        url: where the page was fetched.
        claimed: the address the page names as its own, trusted (`model.urls.declared`).
    """
    if claimed is None or not is_variant(url) or is_variant(claimed) or identity(claimed) == identity(url):
        return None
    return claimed


def refreshes_to(page: Page) -> str | None:
    """Where a page sends its reader at once by ``<meta http-equiv=refresh>``; None where it does not.

    A page that loads itself anew does not, nor what is said inside ``<noscript>`` to browsers without scripts.
    """
    head = page.body[:_HEAD]
    if not _REFRESH.search(head.lower()):
        return None
    for meta in _META.findall(_HIDDEN.sub(b"", head)):
        content = _CONTENT.search(meta)
        if content is None or not _REFRESH.search(meta.lower()):
            continue
        text = html.unescape(b"".join(group or b"" for group in content.groups()).decode("utf-8", "replace"))
        match = _WAIT_AND_ADDRESS.fullmatch(text)
        if match is None or int(match[1]) > _LONGEST_WAIT:
            continue
        try:
            target = canonical(match[2], page.url)
        except ValueError:
            continue
        return target if identity(target) not in {identity(url) for url in page.chain} else None
    return None


async def fetch_through(fetcher: Fetches, request: Request) -> Page | NotModified:
    """Fetch a page, and where it refreshes to another one, that one in its place; once.

    Raises:
        FetchError: by its kind.
    """
    page = await fetcher.fetch(request)
    if isinstance(page, NotModified) or (target := refreshes_to(page)) is None:
        return page
    shown = await fetcher.fetch(Request(url=target, want=request.want))
    if isinstance(shown, NotModified):  # nothing was said to be known
        return page
    return replace(shown, chain=(*page.chain, *shown.chain), elapsed=page.elapsed + shown.elapsed, moved_to=None)
