"""HTML page -> article with verdicts: decode, read blocks, hear the evidence, judge, put the text together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cleaners.align import shares
from cleaners.blocks import read_document
from cleaners.captions import caption_rulings
from cleaners.claims import read_claims
from cleaners.dates import moment
from cleaners.decoding import decode, taken
from cleaners.evidence import Opinions, first_opinions, held, mass, reconciled, sure, with_second
from cleaners.gaps import UNLIKELY, gap_rulings
from cleaners.judge import Opinion, judge
from cleaners.kinds import kind_of
from cleaners.lexicon import lexicon
from cleaners.measure import size, word_count
from cleaners.memory import memory_rulings, with_prior
from cleaners.metadata import claimed_language, read_metadata
from cleaners.names import distinct, names
from cleaners.opinion import SecondOpinion, second_opinion
from cleaners.parsing import parse
from cleaners.scripts import language_of
from cleaners.sections import author_rulings, findings, headline_rulings, masthead_rulings, site_rulings, word_rulings
from cleaners.structure import doubt
from cleaners.text import article_text, plain
from cleaners.unshown import revealed, unshown_blocks
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
    from cleaners.tree import Document
    from model.article import Block, PageKind, Verdict


#: A text that only scripts show stands in for blocks that hold less than this share of it, when it has so many letters.
_HARDLY, _ENOUGH = 0.5, 500.0
#: Pages of more blocks are not shown to trafilatura, which needs seconds for them: the longest real page has half as many.
_MOST_BLOCKS = 3_000
#: Doubt from which trafilatura's text may stand in too.
_HOPELESS = 0.5
#: Doubt of a text that is read from data: measured on such pages of the corpus, F1 .9 in the mean.
_FROM_DATA = 0.1
#: Share of a block of data inside links from which it is none of the text.
_LINKED = 0.6


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
        given = taken(page) if isinstance(page, str) else decode(page, content_type)
    except Unreadable as error:
        raise Unreadable(url or "page", error.detail) from None
    read = read_page(given.text, rules or Rules(), given.utf8)
    return judged_page(read, url=url, memory=memory or SiteMemory(), language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """A page as read: everything that later steps ask."""

    html: str
    document: Document
    claims: Claims
    #: None for a site without rules.
    ruled: Ruled | None = None


def read_page(html: str, rules: Rules, utf8: bytes | None = None) -> PageRead:
    """Parse a page once, twice where people's rules mark it first.

    Args:
        html: the page.
        rules: what people know about the site.
        utf8: the same in UTF-8, where it is at hand.
    """
    if not rules:
        tree = parse(html, utf8)
        return PageRead(html=html, document=read_document(tree), claims=read_claims(tree))
    from cleaners.rules import apply

    ruled = apply(html, rules)
    return PageRead(html=html, document=read_document(parse(ruled.html)), claims=read_claims(parse(html)), ruled=ruled)


def judged_page(
    read: PageRead, *, url: str | None, memory: SiteMemory, language: str | None, opinions: Opinions | None = None
) -> Cleaned:
    """The article of a page that was read; the arguments are `clean`'s, and opinions on its blocks where they are known.

    Raises:
        Unreadable: there is no word on the page.
    """
    opinions = opinions or first_opinions(read.document)
    document, opinions = _shown(read, opinions)
    second = _second(read, opinions, url)
    blocks, heard, left = _heard(read, document.blocks, opinions, second)
    if not blocks:
        raise Unreadable(url or "page", "no text on the page")
    inside = held(blocks, heard)
    language = language or claimed_language(read.claims) or language_of(_sample(blocks, inside))
    known = _completed(read_metadata(read.claims, url, language, blocks, inside), second, read.ruled)
    verdicts = _verdicts(blocks, heard, known, memory, read)
    text = article_text(verdicts)
    kind = kind_of(read.claims, verdicts)
    return Cleaned(article=_article(known, text, kind), verdicts=verdicts, kind=kind, doubt=left, engine_version=ENGINE_VERSION)


def _second(read: PageRead, opinions: Opinions, url: str | None) -> SecondOpinion:
    """The second opinion where it is worth its time: on doubtful pages, and on those that name no headline at all."""
    claims = read.claims
    titled = claims.title or claims.headings or claims.meta("og:title")
    if (not opinions.doubtful and titled) or len(opinions.blocks) > _MOST_BLOCKS:
        return SecondOpinion()
    return second_opinion(read.html, url, metadata=not titled)


def _shown(read: PageRead, opinions: Opinions) -> tuple[Document, Opinions]:
    """The page as it is, or with what it hides where it shows hardly an article and would have one."""
    if opinions.doubt < _HOPELESS or read.ruled is not None or (html := revealed(read.html)) == read.html:
        return read.document, opinions
    document = read_document(parse(html))
    further = first_opinions(document)
    before, after = _mass(opinions, read.document), _mass(further, document)
    better = further.doubt < opinions.doubt and after >= _ENOUGH and before < after * _HARDLY
    return (document, further) if better else (read.document, opinions)


def _mass(opinions: Opinions, document: Document) -> float:
    return mass(document.blocks, held(document.blocks, opinions.blocks))


def _heard(
    read: PageRead, blocks: tuple[Block, ...], opinions: Opinions, second: SecondOpinion
) -> tuple[tuple[Block, ...], tuple[Opinion, ...], float]:
    """The page's blocks, the opinions on them, and the doubt that is left; of a page shown by script, what its data holds."""
    heard = opinions.blocks
    further = second.text if opinions.doubt >= _HOPELESS else ""
    shown = mass(blocks, held(blocks, heard))
    least = max(_ENOUGH, shown / _HARDLY)
    unshown = unshown_blocks(read.html, read.claims, further, scripts=opinions.doubtful, least=least)
    letters = sum(size(block.text) for block in unshown)
    if letters >= _ENOUGH and shown < letters * _HARDLY and not _shows(blocks, unshown):
        return unshown, tuple(map(_from_data, unshown)), _FROM_DATA
    if not (opinions.doubtful and second.text):
        return blocks, heard, opinions.doubt
    heard = with_second(blocks, heard, second.text)
    left = doubt(blocks, np.array([opinion.score for opinion in heard]))
    return blocks, reconciled(blocks, opinions.blocks, heard), left


def _from_data(block: Block) -> Opinion:
    """Data has the text and little else: what is all link is a teaser in it."""
    if block.link_density >= _LINKED:
        return Opinion(score=0.1, reason="a link in the page's data")
    return Opinion(score=0.9, reason="in the page's data, shown by script")


def _shows(blocks: tuple[Block, ...], unshown: tuple[Block, ...]) -> bool:
    """Whether a text stands on the page, whoever keeps it."""
    text = "\n".join(block.text for block in unshown)
    shown = sum(size(block.text) * share for block, share in zip(blocks, shares(blocks, text), strict=True))
    return shown >= size(text) * _HARDLY


def _verdicts(
    blocks: tuple[Block, ...], heard: tuple[Opinion, ...], known: Metadata, memory: SiteMemory, read: PageRead
) -> tuple[Verdict, ...]:
    by_people: dict[int, Ruling] = {}
    if ruled := read.ruled:
        from cleaners.rules import unmark

        blocks, by_people = unmark(blocks, has_body=ruled.has_body)
    words = lexicon(known.language)
    opinions = with_prior(blocks, heard, memory)
    inside = held(blocks, opinions)
    first, last = min(inside, default=0), max(inside, default=0)
    asked = {at for at in range(first, last + 1) if opinions[at].score >= UNLIKELY}
    by_words = word_rulings(blocks, findings(blocks, words, asked), prose=inside, sure=sure(blocks, opinions))
    headline = headline_rulings(blocks, known.title, words)
    against = masthead_rulings(blocks, opinions, headline) | by_words | caption_rulings(blocks, words, asked)
    against |= author_rulings(blocks, known.authors)
    against |= site_rulings(blocks, read.claims.title, known.title, known.site_name)
    return judge(
        blocks,
        opinions,
        gap_rulings(blocks, opinions, against | headline),
        against,
        memory_rulings(blocks, opinions, memory, title=known.title),
        by_people,
        headline,
    )


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


def _sample(blocks: tuple[Block, ...], inside: frozenset[int]) -> str:
    """What a language is told by: the text, or the longest blocks of a page without one."""
    kept = [blocks[at] for at in sorted(inside)] or sorted(blocks, key=lambda block: -len(block.text))[:10]
    return " ".join(block.text for block in kept)
