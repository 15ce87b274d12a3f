"""Saves stories until it is killed; prints how many it was told are written. Run by test_writer.py."""

from __future__ import annotations

import sys
from collections import deque
from datetime import timedelta
from itertools import count

from visiting import NOON, Site, cleaned, story, url

from model.memory import SiteMemory
from storage import Writer, open_store


def main() -> None:
    with open_store(sys.argv[1]) as store, Writer(store) as writer:
        site = Site(store)
        done = len(list(store.articles(duplicates=True)))
        pending = deque()
        for number in count(done):
            result = cleaned(title=f"Story {number}", text=story(number))
            visit = site.visit(url(str(number)), result, at=NOON + timedelta(seconds=number), memory=SiteMemory(pages=number + 1))
            pending.append((number, writer.save_visit(visit)))
            if number == done or len(pending) > 20:  # the first is waited for, however many share a transaction afterwards
                finished, future = pending.popleft()
                future.result()
                sys.stdout.write(f"{finished + 1}\n")
                sys.stdout.flush()


main()
