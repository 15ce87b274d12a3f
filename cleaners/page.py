"""HTML page -> article with verdicts: decode, read blocks, hear the evidence, judge, put the text together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleaners.align import shares
from cleaners.blocks import parse, read_document
from cleaners.claims import read_claims
from cleaners.dates import moment
from cleaners.decoding import decode, scrub
from cleaners.dump import read_dump
from cleaners.evidence import opinions_of
from cleaners.judge import THRESHOLD, judge
from cleaners.lexicon import lexicon
from cleaners.measure import size, word_count
from cleaners.memory import memory_rulings, with_prior
from cleaners.metadata import claimed_language, kind_of, read_metadata
from cleaners.names import distinct, names
from cleaners.opinion import SecondOpinion, second_opinion
from cleaners.scripts import language_of
from cleaners.sections import author_rulings, findings, headline_rulings, word_rulings
from cleaners.text import article_text, plain
from cleaners.version import ENGINE_VERSION
from model.article import Article, Cleaned
from model.errors import Unreadable
from model.memory import SiteMemory
from model.source import Rules

if TYPE_CHECKING:
    from cleaners.claims import Claims
    from cleaners.judge import Ruling
    from cleaners.metadata import Metadata
    from cleaners.rules import Ruled
    from model.article import Block, PageKind, Verdict


#: trafilatura's text stands in for blocks that hold less than this share of it, when it has so many letters.
_HARDLY, _ENOUGH = 0.5, 500.0


def clean(
    page: bytes | str,
    *,
    url: str | None = None,
    content_type: str | None = None,
    rules: Rules | None = None,
    memory: SiteMemory | None = None,
    language: str | None = None,
) -> Cleaned:
    """The article on a page, and a verdict with its reason for every block.

    Args:
        page: the HTML as served, or as text.
        url: the page's address; without it no address the page claims is trusted.
        content_type: the HTTP header, for its charset.
        rules: what people know about the site; overrides all other evidence.
        memory: what the site's other pages taught, see `learn`.
        language: ISO 639-1, where it is known; else what the page claims or its text shows.

    Raises:
        Unreadable: the bytes are no text, or there is no word on the page.
    """
    try:
        html = scrub(page) if isinstance(page, str) else decode(page, content_type).text
    except Unreadable as error:
        raise Unreadable(url or "page", error.detail) from None
    read = _read(html, rules or Rules())
    return _cleaned(read, url=url, memory=memory or SiteMemory(), language=language)


def _whole(blocks: tuple[Block, ...], extracted: str) -> tuple[Block, ...]:
    """The blocks, or those of trafilatura's text where they hold hardly anything of it: a page that shows itself by script."""
    held = sum(size(block.text) for block in blocks)
    return read_dump(extracted) if size(extracted) >= _ENOUGH and held < size(extracted) * _HARDLY else blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A page as read: everything that later steps ask."""

    html: str
    blocks: tuple[Block, ...]
    claims: Claims
    #: None for a site without rules.
    ruled: Ruled | None


def _read(html: str, rules: Rules) -> _Read:
    if not rules:
        tree = parse(html)
        return _Read(html=html, blocks=read_document(tree).blocks, claims=read_claims(tree), ruled=None)
    from cleaners.rules import apply

    ruled = apply(html, rules)
    return _Read(html=html, blocks=read_document(parse(ruled.html)).blocks, claims=read_claims(parse(html)), ruled=ruled)


def _cleaned(read: _Read, *, url: str | None, memory: SiteMemory, language: str | None) -> Cleaned:
    second = second_opinion(read.html, url)
    read = replace(read, blocks=_whole(read.blocks, second.text))
    if not read.blocks:
        raise Unreadable(url or "page", "no text on the page")
    language = language or claimed_language(read.claims) or language_of(second.text or _longest(read.blocks))
    inside = {at for at, share in enumerate(shares(read.blocks, second.text)) if share >= THRESHOLD}
    known = _completed(read_metadata(read.claims, url, language, read.blocks, inside), second, read.ruled)
    verdicts, doubt = _judged(read, second, known, memory)
    text = article_text(verdicts)
    kind = kind_of(read.claims, letters=size(text), linked=_linked_share(read.blocks))
    return Cleaned(
        article=_article(known, text, kind),
        verdicts=verdicts,
        kind=kind,
        doubt=doubt,
        engine_version=ENGINE_VERSION,
    )


def _judged(read: _Read, second: SecondOpinion, known: Metadata, memory: SiteMemory) -> tuple[tuple[Verdict, ...], float]:
    """A verdict for every block, and the doubt."""
    blocks = read.blocks
    by_people: dict[int, Ruling] = {}
    if read.ruled:
        from cleaners.rules import unmark

        blocks, by_people = unmark(blocks, has_body=read.ruled.has_body)
    words = lexicon(known.language)
    found = findings(blocks, words)
    heard, doubt = opinions_of(blocks, found, second.text)
    opinions = with_prior(blocks, heard, memory)
    trusted = {block.index for block, opinion in zip(blocks, opinions, strict=True) if opinion.score >= THRESHOLD}
    verdicts = judge(
        blocks,
        opinions,
        word_rulings(blocks, found, prose=trusted),
        author_rulings(blocks, known.authors),
        memory_rulings(blocks, opinions, memory, title=known.title),
        by_people,
        headline_rulings(blocks, known.title, words),
    )
    return verdicts, doubt


def _completed(known: Metadata, second: SecondOpinion, ruled: Ruled | None) -> Metadata:
    """What the page's claims leave open, from trafilatura; what people's rules name, over everything."""
    words = lexicon(known.language)
    authors = known.authors or distinct(name for part in second.authors.split(";") for name in names(part, words))
    known = replace(
        known,
        title=known.title or plain(second.title),
        authors=authors,
        published=known.published or moment(second.date, known.language),
        site_name=known.site_name or second.site_name or None,
        description=known.description or plain(second.description) or None,
        tags=known.tags or second.tags,
    )
    if ruled is None:
        return known
    by_rules = distinct(name for line in ruled.authors for name in names(line, words) or (line,))
    return replace(
        known,
        title=ruled.title or known.title,
        authors=by_rules or known.authors,
        published=moment(ruled.published, known.language) or known.published,
    )


def _article(known: Metadata, text: str, kind: PageKind) -> Article:
    return Article(
        title=known.title,
        text=text,
        authors=known.authors,
        published=known.published,
        modified=known.modified,
        language=known.language,
        site_name=known.site_name,
        canonical_url=known.canonical_url,
        description=known.description,
        image=known.image,
        tags=known.tags,
        kind=kind,
        paywalled=known.paywalled,
        word_count=word_count(text),
    )


def _longest(blocks: tuple[Block, ...]) -> str:
    """The longest blocks' text: what a page without a kept text is written in."""
    return " ".join(block.text for block in sorted(blocks, key=lambda block: -len(block.text))[:10])


def _linked_share(blocks: tuple[Block, ...]) -> float:
    total = sum(len(block.text) for block in blocks)
    return sum(len(block.text) * block.link_density for block in blocks) / max(1, total)
