"""The headline among what a page calls itself.

A page names itself several times: in <title>, in Open Graph, in JSON-LD, in the visible heading. The name of the site, a
section or a slogan is glued to some of them. First each claim is cut to what is the story's; then they vote.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from cleaners.claims import as_text, types
from cleaners.cutting import cut
from cleaners.headings import heading_of, joined
from cleaners.slugs import repeated, slugs
from cleaners.text import plain
from model.article import BlockKind
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cleaners.claims import Claims
    from cleaners.sites import Names
    from model.article import Block

#: Markup inside a claim, where somebody forgot to take it out.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
#: How much each claim counts. Claims that repeat <title> count less: it is written for search engines, and what differs
#: from it was written for readers. Fitted on the corpus's sets with titles, as the figures below are.
_WEIGHTS = {"og": 1.0, "json": 0.5, "heading": 1.1, "title": -0.6, "twitter": -0.2, "microdata": 0.05}
#: How much more, when the address repeats the claim word for word and <title> does not (27 of 35 such claims are the
#: headline); when an article's JSON-LD and Open Graph agree (6 of 8 against the heading, 2 of 16 where it calls itself a blog's
#: post); when a heading below the first says it (9 of 12: the h1 then ends a trail of links, and repeats <title>).
_ADDRESS, _AGREED, _SUBHEADING = 1.3, 0.5, 0.6
#: Letters of a text that can be a headline at all.
_LONGEST = 300
#: Characters of a claim that are read, twice over the longest headline.
_READ = 1_000
#: Meta tags that hold the headline alone.
_METAS = ("headline", "hdl", "parsely-title", "sailthru.title", "dc.title", "dcterms.title")
#: Letters of a line that can be one by itself.
_SHORTEST = 8
#: Share of a heading that other claims say, below which a line that says one of them is believed before it.
_WEAK = 0.6
#: Share of links from which a line is one.
_LINKED = 0.5


def title_of(
    claims: Claims, names: Names, blocks: Sequence[Block] = (), text: Collection[int] = (), url: str | None = None
) -> str:
    """The headline, "" where a page has none.

    Args:
        claims: what the page says of itself.
        names: the site's, to be cut off.
        blocks: what is visible, to know the headline by where claims have more than it.
        text: positions of the blocks that are held for the article's text.
        url: the page's address, whose words may be the headline's.
    """
    texts = _whole({source: tidied for source, claim in _claimed(claims).items() if (tidied := _tidied(claim))})
    forms = _forms({claim for source, claim in texts.items() if source != "microdata"}, names)  # microdata marks the heading
    sites = names.spelled | frozenset(form for form in forms if form.replace(" ", "") in names.labels)
    mastheads = frozenset(form for parts in claims.headings if _is_masthead(form := normalised(joined(parts)), forms, names))
    names = replace(names, spelled=names.spelled | mastheads)
    heading, share = heading_of(claims.headings, forms, sites | mastheads, blocks, text)
    shown = _visible(claims.title, blocks) if share < _WEAK else frozenset()
    if share < _WEAK and (line := _line(texts.get("title", ""), shown, names)):
        heading = line
    heading = plain(heading)
    texts |= {"heading": heading} if heading else {}
    seen = frozenset(map(normalised, texts.values()))
    alike = len(seen) == 1 or not texts.keys() - {"title", "twitter"}
    seen = (shown or _visible(claims.title, blocks)) if alike else seen
    said = slugs(url or claims.canonical)
    sources: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for source, claim in texts.items():
        whole = repeated(claim, said)  # then all of it was the headline when it was written
        title = cut(claim, names, () if whole else seen, anywhere=alike, spoken=whole or claim == heading)
        form = normalised(title)
        if form and form not in names.spelled and len(form) <= _LONGEST:
            sources.setdefault(form, []).append(source)
            spelled.setdefault(form, title)
    return spelled[_elected(sources, claims, blocks, said)] if sources else heading


def _claimed(claims: Claims) -> dict[str, str]:
    """What the head and the data of a page claim, by source."""
    return {
        "og": claims.meta("og:title"),
        "json": as_text(claims.article.get("headline")) or claims.meta(*_METAS),
        "title": claims.title,
        "twitter": claims.meta("twitter:title"),
        "microdata": next(iter(claims.items.get("headline", ())), ""),
    }


def _whole(texts: dict[str, str]) -> dict[str, str]:
    """The claims without those that break off where another goes on with a quotation mark: it ended their attribute."""
    others = tuple(texts.values())
    broken = {
        source
        for source, claim in texts.items()
        if any(other.startswith(claim) and other.removeprefix(claim).lstrip()[:1] == '"' for other in others)
    }
    return {source: claim for source, claim in texts.items() if source not in broken}


def _is_masthead(form: str, forms: Collection[str], names: Names) -> bool:
    """Whether a heading names the site, and no claim says the same."""
    return bool(form and forms) and form not in forms and names.fit(form)


def _line(title: str, shown: Collection[str], names: Names) -> str:
    """What <title> begins with, or all of it, where that is a line of the page and no name of the site; "" without one."""
    part = cut(title, names, shown)
    return part if normalised(part) in shown and len(part) >= _SHORTEST and not names.fit(part) else ""


def _elected(sources: Mapping[str, Sequence[str]], claims: Claims, blocks: Sequence[Block], said: frozenset[str]) -> str:
    """The form that most speaks for, of several that sources claim."""
    if len(sources) == 1:
        return next(iter(sources))
    below = _subheadings(blocks)
    newsroom = any(name.endswith("Article") for name in types(claims.article))
    votes = dict.fromkeys(sources, 0.0)
    for form, claimants in sources.items():
        votes[form] += sum(_WEIGHTS[source] for source in claimants)
        votes[form] += _ADDRESS * ("title" not in claimants and claimants != ["microdata"] and repeated(form, said))
        votes[form] += _AGREED * (newsroom and {"og", "json"}.issubset(claimants))
        votes[form] += _SUBHEADING * (form in below)
    return max(votes, key=lambda form: votes[form])


def _subheadings(blocks: Sequence[Block]) -> frozenset[str]:
    """Headings of the second level that no heading of the first repeats."""
    lines: dict[int, set[str]] = {1: set(), 2: set()}
    for block in blocks:
        if block.level in lines and block.kind is BlockKind.HEADING and block.link_density < _LINKED:
            lines[block.level].add(normalised(block.text))
    return frozenset(lines[2] - lines[1])


def _forms(claims: Iterable[str], names: Names) -> frozenset[str]:
    """Claims to compare a heading with, as they are and cut."""
    return frozenset(form for claim in claims for form in (normalised(claim), normalised(cut(claim, names, ()))))


def _tidied(claim: str) -> str:
    return " ".join(plain(_TAG.sub(" ", unescape(claim[:_READ]))).split())


def _visible(title: str, blocks: Sequence[Block]) -> frozenset[str]:
    """The lines of the page that stand in its <title> and are no link but a heading: one of them may be the headline."""
    texts = (block.text for block in blocks if block.link_density < _LINKED or block.kind is BlockKind.HEADING)
    lines = (text.partition("\n")[0] for text in texts)
    return frozenset(normalised(line) for line in lines if len(line) <= _LONGEST and line in title)
