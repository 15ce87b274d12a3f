"""What is asked of the network and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Want(StrEnum):
    """What a request is for; it decides the size cap and which content types are taken."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots"
    #: What a page loads while a browser shows it: a script, data.
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask "has it changed?" next time, verbatim."""

    etag: str | None = None
    last_modified: str | None = None
    #: Where the document has moved for good; asked there, and where it was only if that fails. It validates nothing.
    moved_to: str | None = None
    #: Identity of the body as it was (`model.fingerprints.body_hash`). It is not sent: by it a document is known to be the same
    #: whose server gives no validators, or new ones each time.
    digest: str | None = None

    def __bool__(self) -> bool:
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET to make."""

    url: str
    want: Want = Want.PAGE
    #: Sent as If-None-Match and If-Modified-Since; empty asks for the whole page.
    validators: Validators = field(default_factory=Validators)


class Origin(StrEnum):
    """Where a page's bytes are from."""

    #: From the page's own address.
    PAGE = "page"
    #: From the feed that lists it and carries the article's text.
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as served, content encoding undone, nothing decoded."""

    #: The address the body came from, after redirects.
    url: str
    #: Every address asked, in order: the requested one first, `url` last.
    chain: tuple[str, ...]
    status: int
    #: Header names in lower case, in the order they came.
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    #: Seconds on the network, all requests of the chain together; waiting for a host's turn does not count.
    elapsed: float
    #: Where the page has moved for good (301, 308), as far as the redirects from the first one on said so.
    moved_to: str | None = None
    origin: Origin = Origin.PAGE
    #: The further pages of an article that runs over several, in order; they have none of their own.
    parts: tuple[Page, ...] = ()
    #: Why a further page is not among the parts; None: all are.
    missing: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, or None where the server sent none."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def content_type(self) -> str:
        """Media type in lower case without parameters; "" where none was sent."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def validators(self) -> Validators:
        """What to send with the next conditional request."""
        return Validators(etag=self.header("etag"), last_modified=self.header("last-modified"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: the page is as it was when the validators were issued."""

    url: str
    chain: tuple[str, ...]
    fetched_at: datetime
    elapsed: float
    #: Of the answer, as a page has them.
    headers: tuple[tuple[str, str], ...] = ()
