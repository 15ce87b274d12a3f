"""The headline among what a page calls itself.

A page names itself several times: in <title>, in Open Graph, in JSON-LD, in the visible heading. The name of the site, a
section or a slogan is glued to some of them. First each claim is cut to what is the story's; then they vote.
"""

# ruff: noqa: RUF001 - the punctuation and letters of many scripts are meant

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.claims import types
from cleaners.headings import heading_of
from cleaners.text import plain
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cleaners.claims import Claims
    from model.article import Block

#: Between a headline and what is glued to it.
_MARK = re.compile(
    r"\s+[|–—·•›:~/-]+\s+|\s*[|_｜ㅣ]+\s*|\s*::\s*|(?<=[\w\"'»”’!?)]):\s+|(?<=[\u3040-\u9fff])[:：](?=[\u3040-\u9fff])"
    r"|(?<=[^\W\d])-(?=[^\W\d])"
)
#: The same where no quotation is open: guillemets point from the site to the page too.
_MARK_OR_ARROW = re.compile(rf"\s+[»«]\s+|{_MARK.pattern}")
#: Marks that stand in headlines as often as between headline and site.
_WEAK = frozenset(":：-")
#: Markup inside a claim, where somebody forgot to take it out.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
#: How much each claim counts. Claims that repeat <title> count less: it is written for search engines, and what differs
#: from it was written for readers. Fitted on the corpus's sets with titles.
_WEIGHTS = {"og": 1.0, "json": 0.5, "heading": 1.1, "title": -0.6, "twitter": -0.2, "microdata": 0.05}
#: Letters of a part that can be a headline by itself, and of a text that can be one at all.
_SHORTEST, _LONGEST = 8, 300
#: Characters of a claim that are read, twice over the longest headline.
_READ = 1_000
#: Parts of a claim looked at.
_MOST_PARTS = 8
#: Letters of a host's label that are enough to know a site by.
_LABEL = 4
#: Meta tags that hold the headline alone, and those that name the section.
_METAS = ("headline", "hdl", "parsely-title", "sailthru.title", "dc.title", "dcterms.title")
_SECTION_METAS = (
    "article:section",
    "section",
    "content_category",
    "content_subcategory",
    "parsely-section",
    "cxenseparse:section",
)
#: Characters of the longest name of a section.
_SECTION = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the site is called: to be cut off."""

    #: In the form `normalised` gives.
    spelled: frozenset[str]
    #: Labels of the host, "guardian" of www.guardian.co.uk.
    labels: tuple[str, ...] = ()
    #: Short links of the page: sections are among them.
    sections: frozenset[str] = frozenset()

    #: All labels of the host, however short: "mdr".
    host: frozenset[str] = frozenset()

    def name(self, person: str) -> bool:
        """Whether somebody named as an author is the site itself: "VnExpress", "Lrt.lt", "MDR Thüringen"."""
        form = normalised(person)
        return form in self.spelled or form.partition(" ")[0] in self.host or form.replace(" ", "") in self.host

    def fit(self, part: str) -> bool:
        """Whether a part of a title is the site's name, or begins or ends with it: "BBC News"."""
        form = normalised(part)
        if not form or form in self.spelled:
            return True
        words = len(form.split())
        if any(name in form or form in name for name in self.spelled if min(len(name), len(form)) > 2):  # noqa: PLR2004
            return words <= 4 + max((len(name.split()) for name in self.spelled), default=0)
        squeezed = form.replace(" ", "")
        return words <= 5 and any(squeezed.startswith(label) or label.startswith(squeezed) for label in self.labels)  # noqa: PLR2004


def names_of(site: str, claims: Claims, url: str | None, blocks: Sequence[Block] = ()) -> Names:
    """The site's names: as the page claims, as its links home say, as its address is; and its sections."""
    host = (urlsplit(url).hostname or "") if url else ""
    labels = tuple(label.replace("-", "") for label in host.removeprefix("www.").split(".")[:-1])
    named = (site, *claims.home, host.removeprefix("www."))
    spelled = frozenset(form for name in named if (form := normalised(name)) and len(form) <= 60)  # noqa: PLR2004
    links = (block.text for block in blocks if block.link_density > 0.9 and len(block.text) <= _SECTION)  # noqa: PLR2004 - a link
    claimed = (claims.title, claims.meta("og:title"), _string(claims.article.get("headline")))
    glued = " ".join(claim[:_READ] for claim in claimed)
    sections = frozenset(normalised(section) for section in (*links, *_sections(claims)) if section in glued)
    return Names(
        spelled=spelled,
        labels=tuple(label for label in labels if len(label) >= _LABEL),
        sections=sections,
        host=frozenset(labels),
    )


def _sections(claims: Claims) -> Iterator[str]:
    """What the page says the section is called that it stands in; the last entry of a breadcrumb trail is the page itself."""
    for name in _SECTION_METAS:
        yield from claims.metas.get(name, ())
    claimed = claims.article.get("articleSection")
    yield from (entry for entry in (claimed if isinstance(claimed, list) else [claimed]) if isinstance(entry, str))
    for thing in claims.things:
        entries = thing.get("itemListElement") if "BreadcrumbList" in types(thing) else None
        for entry in entries[:-1] if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                place = entry.get("item")
                yield _string(entry.get("name") or (place.get("name") if isinstance(place, dict) else ""))


def title_of(claims: Claims, names: Names, blocks: Sequence[Block] = (), text: Collection[int] = ()) -> str:
    """The headline, "" where a page has none.

    Args:
        claims: what the page says of itself.
        names: the site's, to be cut off.
        blocks: what is visible, to know the headline by where claims have more than it.
        text: positions of the blocks that are held for the article's text.
    """
    claimed = {
        "og": claims.meta("og:title"),
        "json": _string(claims.article.get("headline")) or claims.meta(*_METAS),
        "heading": "",
        "title": claims.title,
        "twitter": claims.meta("twitter:title"),
        "microdata": next(iter(claims.items.get("headline", ())), ""),
    }
    texts = {source: tidied for source, claim in claimed.items() if (tidied := _tidied(claim))}
    forms = _forms({claim for source, claim in texts.items() if source != "microdata"}, names)  # microdata marks the heading
    sites = names.spelled | frozenset(form for form in forms if form.replace(" ", "") in names.labels)
    heading = plain(heading_of(claims.headings, forms, sites, blocks, text))
    texts |= {"heading": heading} if heading else {}
    seen = frozenset(map(normalised, texts.values()))
    alike = len(seen) == 1 or not texts.keys() - {"title", "twitter"}
    seen = _visible(claims.title, blocks) if alike else seen
    votes: dict[str, float] = {}
    spelled: dict[str, str] = {}
    for source, claim in texts.items():
        title = _cut(claim, names, seen, anywhere=alike)
        form = normalised(title)
        if form and form not in names.spelled and len(form) <= _LONGEST:
            votes[form] = votes.get(form, 0.0) + _WEIGHTS[source]
            spelled.setdefault(form, title)
    return spelled[max(votes, key=lambda form: votes[form])] if votes else heading


def _forms(claims: Iterable[str], names: Names) -> frozenset[str]:
    """Claims to compare a heading with, as they are and cut."""
    return frozenset(form for claim in claims for form in (normalised(claim), normalised(_cut(claim, names, ()))))


def _tidied(claim: str) -> str:
    return " ".join(plain(_TAG.sub(" ", unescape(claim[:_READ]))).split())


def _string(claim: object) -> str:
    return claim if isinstance(claim, str) else ""


def _visible(title: str, blocks: Sequence[Block]) -> frozenset[str]:
    """The lines of the page that stand in its <title> and are no link: one of them may be the headline."""
    lines = (block.text.partition("\n")[0] for block in blocks if block.link_density < 0.5)  # noqa: PLR2004 - more text than link
    return frozenset(normalised(line) for line in lines if len(line) <= _LONGEST and line in title)


def _cut(text: str, names: Names, seen: Collection[str], *, anywhere: bool = False) -> str:
    """The claim without what is glued to it; see `_confirmed`."""
    marks = list((_MARK if "«" in text and "»" in text else _MARK_OR_ARROW).finditer(text))
    bounds = [0, *(edge for mark in marks for edge in mark.span()), len(text)]
    parts = list(zip(bounds[::2], bounds[1::2], strict=True))
    if len(parts) == 1:
        return text.strip()
    if confirmed := _confirmed(text, parts, names, seen, anywhere=anywhere):
        return confirmed
    site = next((at for at in range(1, len(parts)) if _is_site(text[slice(*parts[at])], names)), len(parts))
    first, last = 0, min(site, len(parts)) - 1  # what stands behind the site's name is its slogan
    while first < last and _is_place(text[slice(*parts[last])], marks[last - 1], names):
        last -= 1
    while first < last and _is_site(text[slice(*parts[first])], names):
        first += 1
    return text[parts[first][0] : parts[last][1]].strip()


def _is_site(part: str, names: Names) -> bool:
    """Whether a part of a claim is the site's name and nothing else."""
    form = normalised(part)
    return form in names.spelled or form.replace(" ", "") in names.labels


def _is_place(part: str, mark: re.Match[str], names: Names) -> bool:
    """Whether the last part of a claim is the site, or a section of it that the page's menu names too."""
    return normalised(part) in names.sections or (names.fit(part) and not _weak(mark))


def _weak(mark: re.Match[str]) -> bool:
    """Whether the mark is one that headlines themselves use, with no space before it."""
    return not mark[0][0].isspace() and mark[0].strip() in _WEAK


def _confirmed(text: str, parts: Sequence[tuple[int, int]], names: Names, seen: Collection[str], *, anywhere: bool) -> str:
    """The longest run of the claim's parts, short of all of it, that the page also has by itself.

    Where it is other claims that have it, one that is no beginning is taken only after the site, or after what else the page
    has by itself: else it would lose its kicker. Where it is a line of the page, it may stand anywhere.
    """
    runs: list[str] = []
    for start, (begin, _) in enumerate(parts[:_MOST_PARTS]):
        head = text[: parts[start - 1][1]] if start else ""
        if anywhere or start == 0 or names.fit(head) or normalised(head) in seen:
            runs += [text[begin:end].strip() for _, end in parts[start : len(parts) - (start == 0)]]
    fitting = (run for run in runs if len(run) >= _SHORTEST and normalised(run) in seen and not names.fit(run))
    return max(fitting, key=len, default="")
