"""Plain-text dump -> article with verdicts: the road of `clean` without a DOM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.dump import read_dump
from cleaners.dump_gaps import dump_gaps
from cleaners.evidence import held, sure
from cleaners.features.lines import Dump, Said
from cleaners.judge import judge
from cleaners.lexicon import lexicon
from cleaners.lines import Clutter, byline_names, hashtags
from cleaners.lines_model import line_opinions, line_probabilities
from cleaners.measure import ends_sentence, is_prose, size, units, word_count
from cleaners.names import distinct
from cleaners.scripts import language_of
from cleaners.sections import author_rulings, findings, headline_rulings, word_rulings
from cleaners.text import article_text, plain
from cleaners.version import ENGINE_VERSION
from model.article import Article, BlockKind, Cleaned, PageKind
from model.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleaners.lexicon import Lexicon
    from cleaners.lines import Finding
    from model.article import Block, Verdict

#: A headline's size in letters.
_SHORTEST, _LONGEST = 8.0, 250.0
#: Words beyond which a headline does not gain any more.
_ENOUGH_WORDS = 8
#: Text kept below this is no article: letters.
_ARTICLE = 140.0


def clean_text(dump: str, *, title: str | None = None, language: str | None = None) -> Cleaned:
    """The article in a plain-text dump of a page.

    Args:
        dump: the page's text as a browser, ``lynx -dump`` or a copy gives it.
        title: the headline, where it is known; else it is looked for above the text.
        language: ISO 639-1, where it is known; else clutter words of every language count.

    Raises:
        Unreadable: there is no letter in it.
    """
    blocks = read_dump(plain(dump))
    if not blocks:
        raise Unreadable("text", "no text in it")
    language = language or language_of(dump)
    words = lexicon(language)
    found = findings(blocks, words)
    reading = _Reading(blocks, found, words)
    title = title or find_title(blocks, found, reading.judged("")[0])
    authors = distinct(name for block in blocks for line in block.text.split("\n") for name in byline_names(line, words))
    verdicts, doubt = reading.judged(title, authors)
    return _cleaned(title, verdicts, doubt, authors=authors, tags=_tags(blocks, found), language=language)


class _Reading:
    """A dump with what words say of it, to be judged without its headline, to find that, and then with it."""

    def __init__(self, blocks: Sequence[Block], found: Sequence[Finding | None], words: Lexicon) -> None:
        self._blocks, self._found, self._words = blocks, found, words
        self._dump = Dump(blocks, Said(found=found, ruled=word_rulings(blocks, found)))

    def judged(self, title: str, authors: Collection[str] = ()) -> tuple[tuple[Verdict, ...], float]:
        """A verdict for every block with what is known of the dump, and the doubt about all of them."""
        blocks, opinions = self._blocks, line_opinions(self._blocks, line_probabilities(self._dump, title))
        heard = opinions.blocks
        against = word_rulings(blocks, self._found, prose=held(blocks, heard), sure=sure(blocks, heard))
        against |= author_rulings(blocks, authors)
        headline = headline_rulings(blocks, title, self._words)
        return judge(blocks, heard, dump_gaps(blocks, heard, against | headline), against, headline), opinions.doubt


def find_title(blocks: Sequence[Block], found: Sequence[Finding | None], verdicts: Sequence[Verdict]) -> str:
    """The headline: of the short lines above the first kept paragraph the one whose words the text repeats most; "" if none."""
    body = frozenset(unit for verdict in verdicts if verdict.kept for unit in units(verdict.block.text))
    best, title = 0.0, ""
    for block, recognised, verdict in zip(blocks, found, verdicts, strict=True):
        if verdict.kept and is_prose(block):
            break
        if recognised or not _can_be_title(block):
            continue
        own = units(block.text)
        told = sum(unit in body for unit in own) / len(own) * min(len(own), _ENOUGH_WORDS)
        marked = 2.0 if block.kind is BlockKind.HEADING and block.level == 1 else 1.0
        if told * marked > best:
            best, title = told * marked, block.text
    return title


def _can_be_title(block: Block) -> bool:
    return (
        "\n" not in block.text
        and block.kind in (BlockKind.OTHER, BlockKind.PARAGRAPH, BlockKind.HEADING)
        and _SHORTEST <= size(block.text) <= _LONGEST
        and (not ends_sentence(block.text) or block.text.endswith(("?", "!", "…", "”", '"', "'")))
        and bool(units(block.text))
    )


def _tags(blocks: Sequence[Block], found: Sequence[Finding | None]) -> tuple[str, ...]:
    marked = (
        tag
        for block, recognised in zip(blocks, found, strict=True)
        if recognised and recognised.clutter is Clutter.HASHTAGS
        for tag in hashtags(block.text)
    )
    return tuple(dict.fromkeys(marked))


def _cleaned(
    title: str,
    verdicts: tuple[Verdict, ...],
    doubt: float,
    *,
    authors: tuple[str, ...],
    tags: tuple[str, ...],
    language: str | None,
) -> Cleaned:
    text = article_text(verdicts)
    kind = PageKind.ARTICLE if size(text) >= _ARTICLE else PageKind.OTHER
    article = Article(
        title=plain(title), text=text, authors=authors, tags=tags, language=language, kind=kind, word_count=word_count(text)
    )
    return Cleaned(article=article, verdicts=verdicts, kind=kind, doubt=doubt, engine_version=ENGINE_VERSION)
