"""What a site is called: by its own claims, its links home and its address; and what its sections are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.claims import as_text, types
from cleaners.measure import size
from model.fingerprints import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.claims import Claims
    from model.article import Block

#: Characters of a claim that are read.
_READ = 1_000
#: Words before a name that may be left out: "Guardian staff".
_ARTICLES = frozenset({"das", "der", "die", "el", "il", "la", "le", "o", "the"})
#: Letters of a host's label that are enough to know a site by.
_LABEL = 4
#: Meta tags that name the section.
_SECTION_METAS = (
    "article:section",
    "section",
    "content_category",
    "content_subcategory",
    "parsely-section",
    "cxenseparse:section",
)
#: Letters of the longest name of a section, ideographs counted as the letters of a translation.
_SECTION = 24
#: Share of links from which a block is one.
_LINK = 0.9


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
        if form in self.spelled or form.partition(" ")[0] in self.host or form.replace(" ", "") in self.host:
            return True
        return any(form == rest for name in self.spelled for article, _, rest in [name.partition(" ")] if article in _ARTICLES)

    def without(self, person: str) -> str:
        """A person's name without the site's behind it: "Tom Ray HARBOUR POST"."""
        words = person.split()
        behind = (at for at in range(2, len(words)) if normalised(" ".join(words[at:])) in self.spelled)
        return " ".join(words[: next(behind, len(words))])

    def fit(self, part: str) -> bool:
        """Whether a part of a title is the site's name, or begins or ends with it: "BBC News"."""
        form = normalised(part)
        if not form or form in self.spelled:
            return True
        words = len(form.split())
        if any(name in form or form in name for name in self.spelled if min(len(name), len(form)) > 2):  # noqa: PLR2004 - initials
            return words <= 4 + max((len(name.split()) for name in self.spelled), default=0)
        squeezed = form.replace(" ", "")
        return words <= 5 and any(squeezed.startswith(label) or label.startswith(squeezed) for label in self.labels)  # noqa: PLR2004 - a name


def names_of(site: str, claims: Claims, url: str | None, blocks: Sequence[Block] = ()) -> Names:
    """The site's names: as the page claims, as its links home say, as its address is; and its sections."""
    host = (urlsplit(url).hostname or "") if url else ""
    labels = tuple(label.replace("-", "") for label in host.removeprefix("www.").split(".")[:-1])
    named = (site, *claims.home, host.removeprefix("www."))
    spelled = frozenset(form for name in named if (form := normalised(name)) and len(form) <= 60)  # noqa: PLR2004 - a name
    claimed = (claims.title, claims.meta("og:title"), as_text(claims.article.get("headline")))
    glued = " ".join(claim[:_READ] for claim in claimed)
    short = (block.text for block in blocks if block.link_density > _LINK and len(block.text) <= _SECTION)
    links = (text for text in short if text in glued and size(text) <= _SECTION)
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
                yield as_text(entry.get("name") or (place.get("name") if isinstance(place, dict) else ""))
