"""Recall and precision of near-duplicates, newsmill's and datasketch's, on copies made from real articles at run time."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.dedup.variants import Family, family, originals, texts
from model.article import Article, Cleaned, PageKind
from model.source import Link, Source
from storage import open_store, upgrade
from storage.shingles import shingles
from storage.values import PageStatus, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
#: datasketch's own example: 128 permutations, threshold 0.5.
PERMUTATIONS, THRESHOLD = 128, 0.5

Pairs = set[tuple[int, int]]


def newsmill_pairs(pool: list[str]) -> tuple[Pairs, Pairs]:
    """Pairs that the database relates, and those of them it takes for one story; texts are saved through the real road."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"{folder}/dedup.db"
        upgrade(database)
        with open_store(database) as store:
            store.save_sources([Source(name="bench", url="https://bench.example/")], NOW)
            run = store.begin_run("bench", NOW)
            ids = store.add_pages("bench", [Link(url=f"https://bench.example/{n}") for n in range(len(pool))], NOW)
            for page_id, text in zip(ids, pool, strict=True):
                article = Article(title="A title", text=text, published=NOW)
                cleaned = Cleaned(article=article, verdicts=(), kind=PageKind.ARTICLE, doubt=0.0, engine_version="bench")
                store.save_visit(Visit(page_id=page_id, run_id=run, at=NOW, result=cleaned, status=PageStatus.STORED))
            with store.reading() as connection:
                query = "SELECT article_id - 1, other_id - 1, one_story FROM related WHERE article_id < other_id"
                found = [tuple(row) for row in connection.exec_driver_sql(query)]
    return {(a, b) for a, b, _ in found}, {(a, b) for a, b, one in found if one}


def datasketch_pairs(pool: list[str]) -> tuple[Pairs, Pairs]:
    """Pairs that MinHashLSH finds over the same shingles."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    found: Pairs = set()
    for number, text in enumerate(pool):
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([value.tobytes() for value in shingles(text)])
        found |= {(other, number) for other in index.query(signature)}
        index.insert(number, signature)
    return found, found


def measure(families: list[Family], find: Callable[[list[str]], tuple[Pairs, Pairs]]) -> None:
    """Find the pairs among all texts of all families and print how many are right."""
    pool: list[str] = []
    home: list[int] = []
    kinds: list[str] = []
    for number, one in enumerate(families):
        for kind, text in {"": one.original, **one.copies, **one.strangers}.items():
            pool.append(text)
            home.append(number)
            kinds.append(kind)
    began = time.process_time()
    found, joined = find(pool)
    seconds = time.process_time() - began
    recall, stories, wrong = Counter[str](), Counter[str](), Counter[str]()
    for a, b in found:
        if home[a] != home[b]:
            wrong["texts of different articles"] += 1
        elif not kinds[a]:
            recall[kinds[b]] += 1
            stories[kinds[b]] += (a, b) in joined
        if set(families[0].strangers) == {kinds[a], kinds[b]} and home[a] == home[b]:
            wrong["halves of one article without a sentence in common"] += 1
    print(f"{'copy':<45} recall  as one story")
    for kind in families[0].copies:
        print(f"{kind:<45} {recall[kind] / len(families):6.3f}  {stories[kind] / len(families):6.3f}")
    right = sum(recall[kind] for kind in families[0].copies)
    print(f"precision {right / max(1, right + wrong.total()):.4f}; wrong pairs: {dict(wrong) or 'none'}")
    print(f"{seconds / len(pool) * 1000:.2f} ms CPU a text, {len(pool)} texts\n")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=FIXTURES, help="folder of sets with gold.jsonl; the fixtures by default")
    parser.add_argument("--articles", type=int, default=300, help="at most so many originals")
    wanted = parser.parse_args()
    chance = random.Random(1)
    found = originals(texts(wanted.corpus))
    chance.shuffle(found)
    half = min(wanted.articles, len(found) // 2)
    families = [family(text, donor, chance) for text, donor in zip(found[:half], reversed(found), strict=False)]
    print(f"{half} originals, no two of which share sentences; as many others lend what is added\n")
    print("newsmill (the database saves every text; times are of whole saves)")
    measure(families, newsmill_pairs)
    if find_spec("datasketch") is None:
        print("datasketch is not installed: pip install 'newsmill[bench]'")
        return
    print(f"datasketch MinHashLSH ({PERMUTATIONS} permutations, threshold {THRESHOLD}, the same shingles)")
    measure(families, datasketch_pairs)


if __name__ == "__main__":
    main()
