"""What a cleaning process does: it takes pages from a socket, one at a time, and answers with what they are cleaned to.

It may die or be ended at any moment; `newsmill.workers` is the other end. It keeps the memories of the sites it cleaned
for last, so that they do not travel with each page, and imports nothing of the database.
"""

from __future__ import annotations

import gc
import pickle
import resource
import signal
import struct
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, TypeAlias

from model.errors import CleanCrashed, PageError
from model.memory import PackedMemory, SiteMemory, added, pack_memory, unpack_memory

if TYPE_CHECKING:
    import socket

    from model.article import Cleaned
    from model.page import Page
    from model.source import Rules

#: Length of what follows, in both directions.
LENGTH: Final = struct.Struct("<Q")
#: Sites whose memories a process keeps, those asked for last; a full memory takes some 5 MB.
MOST_SITES: Final = 48
#: A page makes some hundred thousand objects and hardly a circle: looking for those as often as Python does costs 3 %.
_COLLECTED: Final = (100_000, 20, 100)
#: What ends a process whose page has used up its CPU time. It ends one whose other end died, too.
OUT_OF_TIME: Final = signal.SIGPROF


class Job(NamedTuple):
    """A page to be cleaned."""

    page: Page
    #: Name of the source.
    source: str
    rules: Rules
    language: str | None
    #: The site's memory; or which of the two the process holds for the source: the one it used last (0), or the one it
    #: learned from that (1).
    memory: PackedMemory | int
    #: The memory is to come back whole, not what the page adds to it.
    whole: bool
    #: The verdicts are to come back; else they are only counted. They are half of an answer, and hardly ever asked for.
    explained: bool


class Taught(NamedTuple):
    """A page cleaned, and what it teaches about its site."""

    cleaned: Cleaned
    #: None for a page that teaches nothing; else its lesson packed, or the whole memory with it.
    lesson: bytes | PackedMemory | None


class Learned(NamedTuple):
    """A page cleaned, and the site's memory with that page in it."""

    cleaned: Cleaned
    memory: PackedMemory


#: What came of a page; or why nothing did.
Answer: TypeAlias = "Taught | PageError | MemoryError"


def preload() -> None:
    """Read what every page needs, once for all processes that are forked from this one."""
    from cleaners import lexicon, opinion, page

    lexicon.lexicon("en")
    lexicon.lexicon(None)
    opinion.second_opinion("<html><body><p>Some words to begin with.</p></body></html>")
    page.clean("<html><body><p>Some words to begin with, and a few more of them.</p></body></html>")


def serve(connection: socket.socket, memory: int, timeout: float) -> None:
    """Runs in the process, until the other end closes.

    Args:
        connection: where pages come from and answers go.
        memory: most bytes of address space.
        timeout: seconds of CPU a page has, so that a busy machine costs no page.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a keyboard's interrupt is for the process that decides what to finish
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    gc.set_threshold(*_COLLECTED)
    desk = Desk()
    with connection, connection.makefile("rb") as incoming:
        while (job := _received(incoming)) is not None:
            signal.setitimer(signal.ITIMER_PROF, timeout)
            answer = pickle.dumps(desk.answer(job), pickle.HIGHEST_PROTOCOL)
            signal.setitimer(signal.ITIMER_PROF, 0)
            connection.sendall(LENGTH.pack(len(answer)) + answer)


def _received(incoming: BinaryIO) -> Job | None:
    head = incoming.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    body = incoming.read(*LENGTH.unpack(head))
    job: Job = pickle.loads(body)  # noqa: S301 - from our own process
    return job


class Desk:
    """Where pages are cleaned, with the memories at hand."""

    def __init__(self) -> None:
        #: Source -> the memory used last, and the one learned from it.
        self._held: OrderedDict[str, tuple[SiteMemory, SiteMemory]] = OrderedDict()

    def answer(self, job: Job) -> Answer:
        """Clean a page and learn from it."""
        from cleaners import lesson
        from newsmill.whole import clean_whole

        try:
            memory = unpack_memory(job.memory) if isinstance(job.memory, PackedMemory) else self._held[job.source][job.memory]
            cleaned = clean_whole(job.page, rules=job.rules, memory=memory, language=job.language)
            taught = lesson(memory, cleaned)
            learned = memory if taught is None else added(memory, [taught])
        except (PageError, MemoryError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - the border of the process: whatever a parser throws at a page is that page's outcome
            return CleanCrashed(job.page.url, f"{type(error).__name__}: {error}")
        self._held[job.source] = (memory, learned)
        self._held.move_to_end(job.source)
        if len(self._held) > MOST_SITES:
            self._held.popitem(last=False)
        told = cleaned if job.explained else replace(cleaned, verdicts=(), counted=cleaned.counts)
        return Taught(cleaned=told, lesson=_step(taught, learned, whole=job.whole))


def _step(taught: SiteMemory | None, learned: SiteMemory, *, whole: bool) -> bytes | PackedMemory | None:
    """What goes back of the memory: see `Taught.lesson`."""
    if taught is None:
        return None
    return pack_memory(learned) if whole else pack_memory(taught).body
