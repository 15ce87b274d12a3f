"""Copies as newsrooms make them, and articles that only look like copies, made from real texts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Shorter texts leave nothing to drop or to replace.
_SHORTEST = 600
#: Two articles of a corpus that share more of their sentences than this are copies that the corpus holds already.
_COPIED = 0.15
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")  # noqa: RUF001 - full-width marks end Chinese sentences
_SPACELESS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]")
NOTICE = (
    "Sign up for our newsletter to get the best of our reporting in your inbox every morning. By subscribing you agree to the"
    " terms of use and acknowledge the practices in our privacy notice. Reporting by the newsroom, editing by the night desk."
)


class Family(NamedTuple):
    """An article, its copies by the name of what was done to them, and texts that are no copies of it."""

    original: str
    copies: dict[str, str]
    strangers: dict[str, str]


def texts(folder: Path) -> Iterator[str]:
    """The texts of a corpus (``*/gold.jsonl``) or of the fixtures (``expected.txt``), those that are long enough."""
    for gold in sorted(folder.glob("*/gold.jsonl")):
        for line in gold.read_text("utf8").splitlines():
            yield json.loads(line)["text"]
    for expected in sorted(folder.rglob("expected.txt")):
        yield expected.read_text("utf8")


def originals(found: Iterator[str]) -> list[str]:
    """Texts that are long enough and share hardly a sentence with any other: their copies are known to be ours."""
    kept: list[str] = []
    known: set[str] = set()
    for text in found:
        sentences = {sentence for sentence in sentences_of(text) if len(sentence) > 20}
        if len(text) >= _SHORTEST and sentences and len(sentences & known) <= _COPIED * len(sentences):
            kept.append(text)
        known |= sentences
    return kept


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, line by line."""
    return [sentence for line in text.splitlines() for sentence in _SENTENCE.split(line) if sentence.strip()]


def family(original: str, donor: str, chance: random.Random) -> Family:
    """An article with its copies; the donor is an article that has nothing to do with it."""
    copies = {name: make(sentences_of(original), sentences_of(donor), chance) for name, make in COPIES.items()}
    sentences = sentences_of(original)
    strangers = {
        "half of the sentences, notice added": "\n".join([*sentences[::2], NOTICE]),
        "the other half, notice added": "\n".join([*sentences[1::2], NOTICE]),
    }
    return Family(original, copies, strangers)


def _dropped(sentences: list[str], _: list[str], chance: random.Random) -> str:
    kept = [sentence for sentence in sentences if chance.random() > 0.2]
    return "\n".join(kept or sentences)


def _replaced(sentences: list[str], donor: list[str], _: random.Random) -> str:
    start = len(sentences) // 2
    count = max(1, len(sentences) // 5)
    return "\n".join([*sentences[:start], *_as_long(donor, sentences[start : start + count]), *sentences[start + count :]])


def _reordered(sentences: list[str], _: list[str], chance: random.Random) -> str:
    blocks = [sentences[start : start + 3] for start in range(0, len(sentences), 3)]
    chance.shuffle(blocks)
    return "\n".join(sentence for block in blocks for sentence in block)


def _abridged(sentences: list[str], _: list[str], __: random.Random) -> str:
    return "\n".join(sentences)[: int(0.7 * len("\n".join(sentences)))]


def _edited(sentences: list[str], donor: list[str], chance: random.Random) -> str:
    text, words = "\n".join(sentences), " ".join(donor).split()
    if len(_SPACELESS.findall(text)) > len(text) / 4:
        return "".join(chance.choice(words)[0] if chance.random() < 0.05 else sign for sign in text)
    return " ".join(chance.choice(words) if chance.random() < 0.05 else word for word in text.split())


def _with_notice(sentences: list[str], _: list[str], __: random.Random) -> str:
    return "\n".join([NOTICE, *sentences, NOTICE.upper()])


def _new_lead(sentences: list[str], donor: list[str], _: random.Random) -> str:
    count = max(1, len(sentences) // 6)
    return "\n".join([*_as_long(donor, sentences[:count]), *sentences[count:]])


def _inside(sentences: list[str], donor: list[str], _: random.Random) -> str:
    return "\n".join([*donor[: len(donor) // 2], *sentences, *donor[len(donor) // 2 :]])


def _as_long(donor: list[str], wanted: list[str]) -> list[str]:
    """The beginning of the donor, about as long as what it stands for."""
    return ["\n".join(donor)[: len("\n".join(wanted))]]


COPIES: dict[str, Callable[[list[str], list[str], random.Random], str]] = {
    "a fifth of the sentences dropped": _dropped,
    "a fifth replaced": _replaced,
    "reordered, three sentences at a time": _reordered,
    "cut to 70 %": _abridged,
    "5 % of the words edited": _edited,
    "notices added": _with_notice,
    "another lead": _new_lead,
    "inside another article": _inside,
}
