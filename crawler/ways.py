"""The way to one source's pages: which headers, cookies and proxy a request to an address goes with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model.access import Access
from model.urls import site

if TYPE_CHECKING:
    from crawler.targets import Target
    from model.access import Proxy
    from model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How pages are asked for on behalf of one source; by default as for anybody."""

    #: The source's home page; "" for nobody's.
    home: str = ""
    access: Access = field(default_factory=Access)

    @classmethod
    def of(cls, source: Source) -> Way:
        """The way to a source's pages."""
        return cls(home=source.url, access=source.access)

    @property
    def proxy(self) -> Proxy | None:
        """Through which connections are made."""
        return self.access.proxy

    def headers_to(self, target: Target) -> tuple[tuple[str, str], ...]:
        """The source's own headers, for the source's own site alone: its host and those below it.

        They may hold what opens the site, so no other site gets them, whatever redirects there; nor does plain HTTP where the
        source is at home on HTTPS.
        """
        if not self.access.headers or (self.home.startswith("https:") and target.scheme != "https"):
            return ()
        ours, theirs = site(self.home), site(target.url)
        return self.access.headers if theirs == ours or theirs.endswith("." + ours) else ()


#: The way for who asks on nobody's behalf.
PLAIN = Way()
