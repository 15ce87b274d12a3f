"""Which articles have much the same text: signatures written, candidates found and compared.

Candidates share sampled shingles and were first seen lately (`storage.candidates`); articles with equal texts always are.
Each is compared by all shingles of both texts. What comes out depends on the articles alone, not on which came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, delete, insert, or_, select

from storage.candidates import MOST, Signed, candidates, earliest_first
from storage.prepared import Prepared
from storage.shingles import ALGORITHM, Hashes, Overlap, overlap, sample, shingles, step_of
from storage.sources import CHUNK
from storage.tables import article as article_table
from storage.tables import cut as cut_table
from storage.tables import likeness as likeness_table
from storage.tables import revision as revision_table
from storage.tables import shingle as shingle_table
from storage.tables import signature as signature_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

#: At least so much of the shorter text stands in the other one: unrelated articles of one site and topic share below .3
#: (1,681 news pages, all pairs), real copies above .6 with few between.
CONTAINED = 0.6
#: Two articles are one story when they share at least so much of the longer one; else one is a part of the other.
ONE_STORY = 0.5
#: Fewer shingles (about twenty words) are shared by chance, unless the texts are equal.
_LEAST_SHARED = 16
_EQUALS = Prepared(
    select(article_table.c.id)
    .where(article_table.c.text_hash == bindparam("hash"), article_table.c.id != bindparam("id"))
    .order_by(*earliest_first(article_table))
    .limit(MOST)
)
# Made once, as in `storage.visits`.
_TEXTS = select(article_table.c.id, revision_table.c.text).join(
    revision_table,
    and_(revision_table.c.article_id == article_table.c.id, revision_table.c.number == article_table.c.revision),
)
_NEW_SIGNATURE = Prepared(insert(signature_table))
_NEW_SHINGLES: Final = {
    "sqlite": "INSERT INTO shingle (hash, article_id) VALUES (?, ?)",
    "postgresql": "INSERT INTO shingle (hash, article_id) VALUES (%s, %s)",
}


def compare(connection: Connection, article: Signed, *, new: bool) -> frozenset[int]:
    """Sign an article's current text, and write which other articles it is like.

    Args:
        connection: an open transaction.
        article: the article as it is stored now.
        new: it was not there before, so nothing of it is to be forgotten.

    Returns:
        The articles it is like now, and those it was like before.
    """
    hashes = shingles(article.text)
    before = frozenset[int]() if new else _forget(connection, article.id)
    equals = _equals(connection, article) if len(hashes) else []
    # Those that had much the same text are asked again.
    others = dict.fromkeys([*candidates(connection, article, hashes), *sorted(before)]) if len(hashes) else {}
    alike = {other: Overlap(shared=len(hashes), ours=len(hashes), theirs=len(hashes)) for other in equals}
    for other, text in _texts(connection, list(others)):
        measured = overlap(hashes, shingles(text))
        if other not in alike and is_like(measured):
            alike[other] = measured
    _write(connection, article.id, alike)
    _sign(connection, article.id, hashes)
    return before | alike.keys()


def relate(connection: Connection, pairs: Collection[tuple[int, int]]) -> int:
    """Compare pairs that no search for candidates brought together, and write which are alike; how many are."""
    table, texts = likeness_table.c, dict(_texts(connection, sorted({article for pair in pairs for article in pair})))
    related = 0
    for one, other in sorted(pairs):
        there = select(table.shared).where(table.article_id == one, table.other_id == other)
        if connection.scalar(there) is not None:
            continue
        measured = overlap(shingles(texts[one]), shingles(texts[other]))
        if is_like(measured):
            _write(connection, one, {other: measured})
            related += 1
    return related


def is_like(measured: Overlap) -> bool:
    """Whether two texts have so much in common that one was copied from the other.

    >>> is_like(Overlap(shared=70, ours=100, theirs=300)), is_like(Overlap(shared=30, ours=100, theirs=100))
    (True, False)
    """
    return measured.shared >= _LEAST_SHARED and measured.containment >= CONTAINED


def joins(measured: Overlap) -> bool:
    """Whether two texts that are alike are one story.

    >>> joins(Overlap(shared=70, ours=100, theirs=120)), joins(Overlap(shared=70, ours=100, theirs=300))
    (True, False)
    """
    return measured.coverage >= ONE_STORY


def _forget(connection: Connection, article_id: int) -> frozenset[int]:
    """Take out all that is known of an article's text; the articles it was like."""
    table = likeness_table.c
    before = frozenset(connection.scalars(select(table.other_id).where(table.article_id == article_id)))
    if before:
        connection.execute(delete(likeness_table).where(or_(table.article_id == article_id, table.other_id == article_id)))
    if connection.execute(delete(signature_table).where(signature_table.c.article_id == article_id)).rowcount:
        connection.execute(delete(shingle_table).where(shingle_table.c.article_id == article_id))
    return before


def _sign(connection: Connection, article_id: int, hashes: Hashes) -> None:
    row = {"article_id": article_id, "algorithm": ALGORITHM, "shingles": len(hashes), "step": step_of(len(hashes))}
    _NEW_SIGNATURE.run(connection, row)
    if len(hashes):
        # Numbers as they are, forty of each article: SQLAlchemy would look at each of them (.1 ms of a save).
        connection.exec_driver_sql(_NEW_SHINGLES[connection.dialect.name], [(value, article_id) for value in sample(hashes)])


def _equals(connection: Connection, article: Signed) -> list[int]:
    """Articles with the same text, however long ago."""
    return [row.id for row in _EQUALS.all(connection, {"hash": article.text_hash, "id": article.id})]


def _texts(connection: Connection, ids: list[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(ids), CHUNK):
        query = _TEXTS.where(article_table.c.id.in_(ids[start : start + CHUNK]))
        yield from map(tuple, connection.execute(query).all())


def _write(connection: Connection, article_id: int, alike: dict[int, Overlap]) -> None:
    """Each pair both ways round."""
    if not alike:
        return
    apart = cut_from(connection, article_id)
    rows = []
    for other, measured in alike.items():
        facts = {
            "shared": measured.shared,
            "similarity": measured.similarity,
            "containment": measured.containment,
            "joins": joins(measured) and other not in apart,
        }
        sizes = {"shingles": measured.ours, "other_shingles": measured.theirs}
        turned = {"shingles": measured.theirs, "other_shingles": measured.ours}
        rows += [
            {"article_id": article_id, "other_id": other, **sizes, **facts},
            {"article_id": other, "other_id": article_id, **turned, **facts},
        ]
    connection.execute(insert(likeness_table), rows)


def cut_from(connection: Connection, article_id: int) -> frozenset[int]:
    """The articles that a person cut from this one."""
    table = cut_table.c
    rows = connection.execute(select(cut_table).where(or_(table.article_id == article_id, table.other_id == article_id)))
    return frozenset(int(row.other_id if row.article_id == article_id else row.article_id) for row in rows)


def unsigned(connection: Connection) -> list[int]:
    """Articles that were never signed by the algorithm of this version, by rising id."""
    a, s = article_table.c, signature_table.c
    signed = select(s.article_id).where(s.article_id == a.id, s.algorithm == ALGORITHM).exists()
    return list(connection.scalars(select(a.id).where(~signed).order_by(a.id)))
