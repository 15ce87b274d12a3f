"""The sample news sites: what each one publishes and what a right crawl of it finds.

A site is a folder of ``fixtures/sites`` named by its lesson::

    site.yaml        title, language, charset, how it is served, its config.yaml entry, what its pages are made of
    articles/*.txt   front matter and the text that cleaning must give back, with a few marks for its layout
    template/*       the site's look; `fixtures/build_sites.py` makes public/ of it
    public/*         the bytes as served; ``{{origin}}`` stands for the site's own address

Marks in an article's text, taken away by `plain`: ``## `` subheading, ``- `` list item, ``> `` quotation,
``| a | b |`` table row, ``[label](/path)`` link, ``**bold**``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from model.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE_MARK = re.compile(r"^(?:## |- |> )", re.MULTILINE)
_TABLE_ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)
_INLINE_MARK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)|\*\*(.+?)\*\*")


def sites_folder() -> Path:
    """Where the sample sites lie: inside the installed package, or in ``fixtures/`` of a checkout."""
    installed = Path(__file__).with_name("sites_data")
    return installed if installed.is_dir() else Path(__file__).parents[2] / "fixtures" / "sites"


def plain(marked: str) -> str:
    """The clean text of a marked one."""
    without_inline = _INLINE_MARK.sub(lambda match: match[1] or match[2], marked)
    return _TABLE_ROW.sub(r"\1", _LINE_MARK.sub("", without_inline))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """One article of a sample site. Addresses are paths with their query, without the origin."""

    #: The file's name without suffix.
    slug: str
    url: str
    title: str
    #: The text with its marks; `text` is the clean one.
    marked: str
    authors: tuple[str, ...] = ()
    #: Aware, in the site's own zone.
    published: datetime
    section: str = ""
    tags: tuple[str, ...] = ()
    #: Addresses of the further pages that the article runs over, in order.
    pages: tuple[str, ...] = ()
    #: Further addresses of the page, with a canonical link to `url`.
    copies: tuple[str, ...] = ()
    #: Further addresses of the page without any canonical link.
    reposts: tuple[str, ...] = ()
    #: Further addresses of the page that robots.txt does not allow.
    prints: tuple[str, ...] = ()
    #: The same address again in the feed, with tracking parameters.
    tracked: tuple[str, ...] = ()
    #: robots.txt does not allow the page itself.
    disallowed: bool = False
    #: "lesson/slug" of the article whose text this one carries word for word: a wire story.
    text_from: str = ""
    #: What only the page's layout needs: photo credits, reader comments.
    layout: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text that cleaning must give back."""
        return plain(self.marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A link among the articles' links that leads to no article."""

    url: str
    title: str
    published: datetime
    #: The HTTP status it is answered with.
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSite:
    """One sample site as its folder describes it."""

    lesson: str
    folder: Path
    title: str
    language: str
    #: Of the pages' bytes.
    charset: str
    articles: tuple[SampleArticle, ...]
    strays: tuple[Stray, ...]
    #: (pattern searched in the target, Content-Type): the first that matches counts.
    content_types: tuple[tuple[str, str], ...]
    #: Response headers to tell a change by: "etag", "last-modified".
    validators: tuple[str, ...]
    compressed: bool
    #: "feeds", "sitemaps", "sections" -> paths; what is absent is left to autodiscovery.
    endpoints: Mapping[str, tuple[str, ...]]
    #: The whole of site.yaml.
    settings: Mapping[str, Any]

    def source(self, origin: str) -> Source:
        """The site as an entry of config.yaml, served at ``origin``."""

        def addresses(kind: str) -> tuple[str, ...]:
            return tuple(origin + path for path in self.endpoints.get(kind, ()))

        return Source(
            name=self.lesson,
            url=f"{origin}/",
            feeds=addresses("feeds"),
            sitemaps=addresses("sitemaps"),
            sections=addresses("sections"),
            language=self.language,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a right crawl of one site ends with. Addresses are paths with their query."""

    #: Stored once each.
    articles: Mapping[str, SampleArticle]
    #: Known as a second address of an article: address -> the article's own.
    duplicates: Mapping[str, str]
    #: Never asked for.
    disallowed: frozenset[str]
    #: Asked for perhaps, never stored: address -> HTTP status.
    strays: Mapping[str, int]


def expected(site: SampleSite) -> Expected:
    """What a right crawl of ``site`` ends with."""
    allowed = [article for article in site.articles if not article.disallowed]
    forbidden = [article.url for article in site.articles if article.disallowed]
    return Expected(
        articles={article.url: article for article in allowed},
        duplicates={second: article.url for article in allowed for second in (*article.copies, *article.reposts)},
        disallowed=frozenset(forbidden).union(*(article.prints for article in site.articles)),
        strays={stray.url: stray.status for stray in site.strays},
    )


def load_sites(folder: Path | None = None) -> tuple[SampleSite, ...]:
    """Every sample site, by lesson.

    Args:
        folder: where they lie; the shipped ones by default.
    """
    lessons = sorted(path.parent for path in (folder or sites_folder()).glob("*/site.yaml"))
    return tuple(_load_site(lesson) for lesson in lessons)


def _load_site(folder: Path) -> SampleSite:
    settings = yaml.safe_load((folder / "site.yaml").read_text("utf8"))
    return SampleSite(
        lesson=folder.name,
        folder=folder,
        title=settings["title"],
        language=settings["language"],
        charset=settings["charset"],
        articles=tuple(load_article(path) for path in sorted((folder / "articles").glob("*.txt"))),
        strays=tuple(Stray(**{**stray, "published": _moment(stray["published"])}) for stray in settings["strays"]),
        content_types=tuple((pattern, kind) for pattern, kind in settings["content_types"]),
        validators=tuple(settings["validators"]),
        compressed=settings["compressed"],
        endpoints={kind: tuple(paths) for kind, paths in settings["source"].items()},
        settings=settings,
    )


def load_article(path: Path) -> SampleArticle:
    """One article's file; a wire story takes its text from the other site's file."""
    _, front, text = path.read_text("utf8").split("---\n", 2)
    keys = yaml.safe_load(front)
    if origin := keys.get("text_from"):
        lesson, slug = origin.split("/")
        text = load_article(path.parents[2] / lesson / "articles" / f"{slug}.txt").marked
    lists = {name: tuple(keys.pop(name, ())) for name in ("authors", "tags", "pages", "copies", "reposts", "prints", "tracked")}
    values: dict[str, Any] = {**keys, **lists, "published": _moment(keys["published"])}
    return SampleArticle(slug=path.stem, marked=text.strip("\n"), **values)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without zone: {text}")
    return moment
