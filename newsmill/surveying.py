"""What a site offers a crawler: its endpoints, and what each holds right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from crawler import Fetcher, Polled, discover, poll
from model.errors import ConfigError, PageError
from model.source import EndpointKind, Source
from model.urls import canonical, same_site, site
from newsmill.crawling import fetch_options
from newsmill.polling import text_of

if TYPE_CHECKING:
    from crawler import Fetches
    from model.source import Endpoint, Link
    from newsmill.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One endpoint and what it gave."""

    endpoint: Endpoint
    links: tuple[Link, ...]
    error: PageError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a site offers."""

    source: Source
    looked: tuple[Looked, ...]

    @property
    def links(self) -> int:
        """Distinct articles named by all endpoints together."""
        return len({link.url for looked in self.looked for link in looked.links})

    def entry(self) -> dict[str, object]:
        """The source as config.yaml has it, endpoints that gave nothing left out."""
        entry: dict[str, object] = {"name": self.source.name, "url": self.source.url}
        for kind in EndpointKind:
            urls = [looked.endpoint.url for looked in self.looked if looked.endpoint.kind is kind and looked.links]
            if urls:
                entry[f"{kind.value}s"] = urls
        return entry

    def as_yaml(self) -> str:
        """Comments that tell what was found, and the entry to paste under ``sources:``."""
        lines = [f"# {len(self.looked)} endpoints, {self.links} articles named"]
        for looked in self.looked:
            told = f"failed: {looked.error.code}: {looked.error.detail}" if looked.error else f"{len(looked.links)} articles"
            lines.append(f"# {looked.endpoint.kind.value:<8} {looked.endpoint.url}: {told}")
            lines += [f"#    {link.url}" for link in looked.links[:3]]
        return "\n".join(lines) + "\n" + yaml.safe_dump([self.entry()], sort_keys=False, allow_unicode=True)

    def plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "entry": self.entry(),
            "endpoints": [
                {
                    "kind": looked.endpoint.kind.value,
                    "url": looked.endpoint.url,
                    "links": [link.url for link in looked.links],
                    "error": str(looked.error) if looked.error else None,
                }
                for looked in self.looked
            ],
        }


async def survey(settings: Settings, url: str) -> Survey:
    """Look at a site through the same door, robots.txt and politeness as a crawl; nothing is stored.

    A site of config.yaml is asked as its source asks it: with its headers, cookies, proxy and browser, and under its name.

    Raises:
        ConfigError: not an address.
        PageError: the home page cannot be read.
    """
    try:
        home = canonical(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise ConfigError(f"{url!r} cannot be visited: {error}") from None
    known = next((source for source in settings.sources if same_site(home, source.url)), None)
    source = Source(name=known.name if known else site(home).replace(":", "-"), url=home)
    async with Fetcher(fetch_options(settings)) as fetcher:
        # The known source's own address stays the one that its headers are for.
        visitor = fetcher.of(known or source)
        endpoints = await discover(source, visitor, text_of)
        return Survey(source=source, looked=tuple([await _look(endpoint, source, visitor) for endpoint in endpoints]))


async def _look(endpoint: Endpoint, source: Source, fetcher: Fetches) -> Looked:
    try:
        polled = await poll(endpoint, source, fetcher, text_of, validators={}, since=None)
    except PageError as error:
        return Looked(endpoint=endpoint, links=(), error=error)
    assert isinstance(polled, Polled)  # nothing was asked conditionally
    return Looked(endpoint=endpoint, links=polled.links, error=polled.error)
