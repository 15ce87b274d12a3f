"""A cleaned page on its way into the database, with what all steps ask of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from model.fingerprints import text_hash
from model.page import Origin
from storage.candidates import Signed
from storage.columns import storable
from storage.identity import declared, identity
from storage.tokens import count_words
from storage.values import Publication

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from model.article import Cleaned
    from model.page import Page
    from model.source import Rules
    from storage.values import Visit


class Arrival(NamedTuple):
    """A cleaned page on its way into the database."""

    page_id: int
    run_id: int
    source: str
    #: The page's address after redirects.
    url: str
    #: The page as linked to so far.
    article_id: int | None
    at: datetime
    #: The page as fetched.
    page: Page | None
    cleaned: Cleaned
    #: The rules that cleaning followed, as JSON.
    rules: str | None

    #: Headline and text as stored, and the text's identity.
    title: str
    text: str
    text_hash: str
    #: The address the page names as its own, where it may speak for it.
    canonical_url: str | None
    #: The identity of its article.
    identity: str
    #: Pages that the memory was made of which cleaning was given.
    memory_pages: int
    #: The page's fetch, where it is kept already.
    fetch_id: int | None = None
    #: When the site said that it is gone; only of pages that are cleaned again.
    gone_at: datetime | None = None

    @property
    def state(self) -> Publication:
        """Whether people can read it."""
        if self.gone_at is not None:
            return Publication.GONE
        return Publication.PAYWALLED if self.cleaned.article.paywalled else Publication.PUBLIC

    @property
    def is_of_feed(self) -> bool:
        """The text is the feed's, in place of the page's."""
        return self.page is not None and Origin.FEED in {part.origin for part in (self.page, *self.page.parts)}

    def signed(self, article_id: int, first_seen_at: datetime) -> Signed:
        """The article it becomes, as articles are compared."""
        return Signed(article_id, self.text, self.text_hash, first_seen_at)

    def claims(self) -> dict[str, Any]:
        """What the page says about itself; no revision when it changes."""
        article = self.cleaned.article
        return {
            "identity": self.identity,
            "page_id": self.page_id,
            "url": self.url,
            "canonical_url": self.canonical_url,
            "kind": article.kind.value,
            "language": article.language,
            "published": article.published,
            "modified": article.modified,
            "authors": list(article.authors),
            "site_name": article.site_name,
            "description": article.description,
            "image": article.image,
            "tags": list(article.tags),
            "paywalled": article.paywalled,
            "last_seen_at": self.at,
            "gone_at": self.gone_at,
        }

    def text_facts(self) -> dict[str, Any]:
        """What an article and its revision both hold about the text."""
        return {"text_hash": self.text_hash, "word_count": self.cleaned.article.word_count or count_words(self.text)}

    def making(self) -> dict[str, Any]:
        """How the text was made."""
        cleaned, counts = self.cleaned, self.cleaned.counts
        made: dict[str, Any] = {"engine_version": cleaned.engine_version, "doubt": cleaned.doubt, "rules": self.rules}
        if counts.blocks:
            made |= {"blocks": counts.blocks, "blocks_kept": counts.kept}
        return made


def arrival_of(visit: Visit, page: Row[Any], cleaned: Cleaned) -> Arrival:
    """The cleaned page of a visit.

    Args:
        visit: what is written.
        page: the page's id, source, url and article_id, and the pages of its source's memory as `memory_pages`.
        cleaned: what came of it.
    """
    url = storable(visit.page.url) if visit.page else page.url
    text, canonical_url = storable(cleaned.article.text), declared(cleaned.article.canonical_url, url)
    return Arrival(
        page_id=page.id,
        run_id=visit.run_id,
        source=page.source,
        url=url,
        article_id=page.article_id,
        at=visit.at,
        page=visit.page,
        cleaned=cleaned,
        rules=_json_of(visit.rules) if visit.rules is not None else None,
        title=" ".join(storable(cleaned.article.title).split()),
        text=text,
        text_hash=text_hash(text),
        canonical_url=canonical_url,
        identity=identity(canonical_url or url),
        # A visit's memory is written after its article: what stands there is what cleaning was given.
        memory_pages=page.memory_pages or 0,
    )


@lru_cache(maxsize=64)  # a source's are the same for all of its pages
def _json_of(rules: Rules) -> str | None:
    """The rules that say something; None where none does."""
    said = {name: value for name, value in asdict(rules).items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None
