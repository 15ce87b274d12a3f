"""Articles made up by number: the same each time, as long as news, in words as frequent as those of a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

#: Different words, their lengths as in English, and their frequencies by Zipf's law with Mandelbrot's shift.
_VOCABULARY, _SHIFT = 50_000, 2.7
_LETTERS = np.frombuffer(b"etaoinshrdlucmfwypvbgkqjxz", dtype=np.uint8)
#: Words of an article: about as many as a wire report has.
_SHORTEST, _LONGEST = 150, 650
SOURCES = 50
#: Articles that come in on one day, all sources together; what is older than two months is no candidate for copies.
PER_DAY = 2000
END = datetime(2026, 1, 1, tzinfo=UTC)
#: What every page of a source has around its text: 24 KB of markup.
_TEMPLATE_PARTS = 400
#: Three sources in four have a notice of so many words below every story.
_NOTICE_WORDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One article."""

    number: int
    source: str
    url: str
    title: str
    text: str
    at: datetime


@cache
def _words() -> tuple[list[str], np.ndarray]:
    chance = np.random.default_rng(1)
    lengths = np.clip(chance.poisson(6, _VOCABULARY), 2, 14)
    words = [_LETTERS[chance.integers(0, len(_LETTERS), length)].tobytes().decode() for length in lengths]
    weights = 1.0 / (np.arange(_VOCABULARY) + _SHIFT)
    return words, np.cumsum(weights / weights.sum())


def article(number: int, *, total: int) -> Made:
    """The article of a number, of so many: the last one comes at `END`."""
    words, cumulative = _words()
    chance = np.random.default_rng(number)
    drawn = np.searchsorted(cumulative, chance.random(chance.integers(_SHORTEST, _LONGEST)))
    chosen = [words[index] for index in drawn.tolist() if index < _VOCABULARY]
    paragraphs = (" ".join(chosen[start : start + 40]).capitalize() + "." for start in range(8, len(chosen), 40))
    source = f"site{number % SOURCES}"
    return Made(
        number=number,
        source=source,
        url=f"https://{source}.example/{number}",
        title=" ".join(chosen[:8]).capitalize(),
        text="\n\n".join([*paragraphs, *_notice(source)]),
        at=END - timedelta(days=(total - number) / PER_DAY),
    )


def edited(made: Made, number: int) -> Made:
    """A copy on another site: one word in fifty changed, a notice in front."""
    words = made.text.split(" ")
    words[::50] = ["changed"] * len(words[::50])
    source = f"site{(made.number + 1) % SOURCES}"
    text = "This story was first published elsewhere.\n\n" + " ".join(words)
    return Made(number=number, source=source, url=f"https://{source}.example/{number}", title=made.title, text=text, at=END)


@cache
def _notice(source: str) -> tuple[str, ...]:
    words, _ = _words()
    number = int(source.removeprefix("site"))
    chosen = np.random.default_rng(number).integers(0, 5_000, _NOTICE_WORDS).tolist()
    return (" ".join(words[index] for index in chosen).capitalize() + ".",) if number % 4 else ()


@cache
def _template(source: str) -> tuple[bytes, bytes]:
    words, _ = _words()
    chance = np.random.default_rng(int(source.removeprefix("site")))
    names = (words[index] for index in chance.integers(0, 20_000, _TEMPLATE_PARTS).tolist())
    whole = "".join(f'<li class="item"><a href="/section/{name}">{name}</a></li>\n' for name in names).encode()
    return whole[: len(whole) // 2], whole[len(whole) // 2 :]


def body(made: Made) -> bytes:
    """The page as a server would send it."""
    head, tail = _template(made.source)
    paragraphs = "".join(f"<p>{paragraph}</p>\n" for paragraph in made.text.split("\n\n"))
    return b"<html><body><ul>" + head + f"</ul><h1>{made.title}</h1>{paragraphs}<ul>".encode() + tail + b"</ul></body></html>"
