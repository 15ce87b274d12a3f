"""What config.yaml may hold. `docs/reference/config.md` is generated from the descriptions here."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from model.access import Access, Render, checked_headers, proxy_at
from model.source import Rules, Source
from newsmill.schedule import check_every
from newsmill.units import duration, size
from storage.values import Keep, Keeping

#: The address the shipped config.yaml carries; a crawl warns while it still stands there.
PLACEHOLDER_CONTACT = "you@example.org"


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is not an address that starts with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("an address may not carry a user name or password")
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8 or ::1/128") from None


def _selector(text: str) -> str:
    from cleaners.rules import check_selector

    check_selector(text)
    return text


def _headers(given: dict[str, str]) -> dict[str, str]:
    checked_headers(tuple(given.items()))
    return given


def _proxy(url: str) -> str:
    proxy_at(url)
    return url


def _listed(given: Any) -> Any:  # noqa: ANN401 - whatever YAML holds, before validation
    """One value where a list is meant is a list of one."""
    return [given] if isinstance(given, str) else given


Url = Annotated[str, AfterValidator(_http_url)]
Urls = Annotated[tuple[Url, ...], BeforeValidator(_listed)]
Patterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(_listed)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_listed)]
Languages = Annotated[tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...], BeforeValidator(_listed)]
Selector = Annotated[str, AfterValidator(_selector)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(_listed)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Headers = Annotated[dict[str, str], AfterValidator(_headers)]
ProxyUrl = Annotated[str, AfterValidator(_proxy)]
Size = Annotated[int, BeforeValidator(size)]
Every = Annotated[str, AfterValidator(check_every)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FetchSettings(_Section):
    """Limits and politeness of fetching."""

    delay: Duration = Field(timedelta(seconds=2), description="least time between two requests to one host; 0s: no pauses")
    delay_factor: float = Field(
        3.0, ge=0, le=100, description="... and so many times what the host lately took to answer; 0 looks at delay alone"
    )
    max_delay: Duration = Field(timedelta(seconds=60), description="a longer crawl-delay of a robots.txt is cut to this")
    group_addresses: bool = Field(
        default=False, description="true makes hosts at one address one host for these pauses; many share one at large providers"
    )
    concurrency: int = Field(32, ge=1, le=256, description="requests in flight over all hosts; one host never has two")
    connect_timeout: Duration = Field(timedelta(seconds=10), description="time to reach a host")
    read_timeout: Duration = Field(timedelta(seconds=20), description="longest silence while a page comes in")
    total_timeout: Duration = Field(timedelta(seconds=60), description="longest time for one page, all redirects together")
    max_page: Size = Field(5_000_000, description="a longer page is refused")
    max_feed: Size = Field(10_000_000, description="a longer feed is refused")
    max_sitemap: Size = Field(50_000_000, description="a longer sitemap is refused")
    obey_robots: bool = Field(default=True, description="false only for sites that are yours")
    networks: Networks = Field((), description="private networks that may be visited, such as 127.0.0.0/8; none by default")
    proxy_networks: Networks = Field((), description="private networks in which a source's proxy may stand; none by default")
    browser: str | None = Field(
        None, min_length=1, description="the Chromium for sources with render: browser; the first one on PATH when not given"
    )


class CleanSettings(_Section):
    """The cleaning processes."""

    workers: int = Field(0, ge=0, le=256, description="cleaning processes; 0 is one for each core")
    timeout: Duration = Field(timedelta(seconds=10), description="CPU time of a page; one with more is ended, its bytes kept")
    memory: Size = Field(2_000_000_000, ge=500_000_000, description="most memory of one cleaning process")


class ScheduleSettings(_Section):
    """When pages and endpoints are visited again."""

    every: Every = Field("1h", description="how often a source's endpoints are polled, unless the source says otherwise")
    recheck: tuple[Duration, ...] = Field(
        (timedelta(hours=1), timedelta(days=1), timedelta(days=7)),
        description="ages at which an article is fetched again to see whether it changed",
    )


class RetentionSettings(_Section):
    """What is kept at least; articles and revisions are never deleted."""

    raw: Duration = Field(timedelta(days=365), description="raw pages younger than this are always kept")
    raw_size: Size = Field(
        0, description="older ones too, the newest first, as long as all kept take less than this, compressed; 0: no older ones"
    )
    events: Duration = Field(
        timedelta(days=90), description="the record of single visits and polls; older ones are kept as counts by source and day"
    )


class SourceRetention(_Section):
    """What is kept of one source's raw pages, where it is not what holds for all."""

    raw: Duration | None = Field(None, description="in place of `retention.raw`")
    raw_size: Size | None = Field(None, description="in place of `retention.raw_size`, for this source alone")


class RulesEntry(_Section):
    """CSS selectors for one site; they override every other evidence."""

    remove: Selectors = Field((), description="elements that are never part of the article")
    body: Selector | None = Field(None, description="the element or elements that hold the article's text")
    title: Selector | None = Field(None, description="the element that holds the headline")
    authors: Selector | None = Field(None, description="the elements that hold one author's name each")
    published: Selector | None = Field(None, description="the element that holds the publication time")


class SourceEntry(_Section):
    """One news site."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="its name in the database: letters, digits, . _ -")
    url: Url = Field(description="its home page; feeds and sitemaps are discovered there when none are given")
    feeds: Urls = Field((), description="addresses of feeds (RSS, Atom, JSON Feed)")
    sitemaps: Urls = Field((), description="addresses of sitemaps or sitemap indexes")
    sections: Urls = Field((), description="addresses of pages that list articles")
    every: Every | None = Field(None, description="an interval (30m, 6h, 1d) or a cron line in UTC (0 6 * * *)")
    include: Patterns = Field((), description="regular expressions: when given, an article's address must match one")
    exclude: Patterns = Field((), description="regular expressions: an article's address may match none")
    language: str | None = Field(None, pattern="^[a-z]{2}$", description="the language all of it is written in, such as en")
    languages: Languages = Field((), description="such as [en, ko]: when given, articles in other languages are not stored")
    rules: RulesEntry = Field(default_factory=RulesEntry, description="CSS selectors where this site needs a person's word")
    headers: Headers = Field(
        default_factory=dict, repr=False, description="sent to this site with each request, and to no other: Accept-Language: de"
    )
    proxy: ProxyUrl | None = Field(
        None,
        repr=False,
        description="http://, https:// or socks5:// with host and port, through which this source's pages are fetched",
    )
    cookies: bool = Field(default=False, description="true keeps cookies between pages, per host, until the run ends")
    render: Render = Field(
        Render.NONE, description="browser: pages as they are after their scripts ran, in a headless Chromium (extra browser)"
    )
    retention: SourceRetention = Field(default_factory=SourceRetention)
    enabled: bool = Field(default=True, description="false leaves it out of every crawl")

    def source(self, *, every: str) -> Source:
        """The entry as the rooms take it.

        Args:
            every: what holds where the entry does not say.
        """
        plain = self.model_dump(exclude={"rules", "every", "headers", "proxy", "cookies", "render", "retention"})
        access = Access(
            headers=tuple(self.headers.items()),
            proxy=proxy_at(self.proxy) if self.proxy else None,
            cookies=self.cookies,
            render=self.render,
        )
        return Source(**plain, every=self.every or every, rules=Rules(**self.rules.model_dump()), access=access)


class Settings(_Section):
    """Everything config.yaml says."""

    database: str = Field("sqlite:///newsmill.sqlite", description="SQLAlchemy URL; NEWSMILL_DATABASE overrides it")
    contact: str = Field(
        PLACEHOLDER_CONTACT,
        min_length=3,
        description="e-mail address or page where site owners reach you; part of the user agent",
    )
    user_agent: str = Field("newsmill/{version} (+{contact})", min_length=1, description="how requests name themselves")
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    clean: CleanSettings = Field(default_factory=CleanSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    source_entries: tuple[SourceEntry, ...] = Field((), alias="sources", description="the sites to crawl")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        names = [entry.name for entry in self.source_entries]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are named {', '.join(twice)}; every source needs a name of its own")
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source, the disabled ones too."""
        return tuple(entry.source(every=self.schedule.every) for entry in self.source_entries)

    def keeping(self, *, raw: timedelta | None = None) -> Keeping:
        """What is to stay when the database is pruned.

        Args:
            raw: keep raw pages of every source so long, or longer where this file says so.
        """
        common = Keep(age=max(self.retention.raw, raw or self.retention.raw), size=self.retention.raw_size)
        own = {entry.name: entry.retention for entry in self.source_entries if entry.retention != SourceRetention()}
        return Keeping(
            raw=common,
            sources={name: _own(section, self.retention.raw, raw) for name, section in own.items()},
            events=self.retention.events,
        )

    @property
    def full_user_agent(self) -> str:
        """The user agent with version and contact filled in."""
        from newsmill import __version__

        return self.user_agent.replace("{version}", __version__).replace("{contact}", self.contact)


def _own(section: SourceRetention, common: timedelta, raw: timedelta | None) -> Keep:
    age = common if section.raw is None else section.raw
    return Keep(age=max(age, raw or age), size=section.raw_size or 0)
