"""Near-duplicates: what is joined, why, what is not, and what a person cuts."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from visiting import NOON, Site, cleaned, rows, url

from model.errors import NotFound, StorageError
from model.outcome import Duplicate, Stored
from storage import candidates, likeness, open_store, upgrade
from storage.candidates import WINDOW
from storage.clusters import stars
from storage.prepared import Prepared
from storage.shingles import overlap, sample, shingles, step_of
from storage.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAY = timedelta(days=1)


def prose(seed: int, words: int = 200) -> str:
    """A text of invented words in paragraphs, like no other seed's."""
    chance = random.Random(seed)
    made = ["".join(chance.choices("abdegiklmnoprstu", k=chance.randint(3, 8))) for _ in range(words)]
    return "\n\n".join(" ".join(made[start : start + 40]).capitalize() + "." for start in range(0, words, 40))


def edited(text: str, share: float, seed: int = 1) -> str:
    chance = random.Random(seed)
    return " ".join(f"edit{number}" if chance.random() < share else word for number, word in enumerate(text.split(" ")))


CHINESE = "".join(chr(0x4E00 + number) for number in random.Random(7).sample(range(3000), 400))


@pytest.fixture
def sites(store: Store) -> tuple[Site, Site]:
    return Site(store), Site(store, "rival")


def relations(store: Store) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT article_id, relation FROM cluster_members WHERE relation <> 'first' ORDER BY article_id")


WIRE = prose(1)
TOUCHED = WIRE.replace(WIRE.split()[100], "corrected")


@pytest.mark.parametrize(
    ("copy", "hours", "relation"),
    [
        (WIRE.upper(), 1, "same page"),
        (TOUCHED, 1, "same page"),
        (TOUCHED, 48, "re-published"),
        (edited(WIRE, 0.05), 1, "updated copy"),
        (WIRE + "\n\n" + prose(2, 120), 1, "contains"),
        ("\n\n".join(WIRE.split("\n\n")[:3]), 1, "contained"),
        ("\n\n".join(WIRE.split("\n\n")[::-1]), 1, "updated copy"),
    ],
)
def test_copies_on_one_site_are_joined_and_say_why(sites: tuple[Site, Site], copy: str, hours: int, relation: str) -> None:
    daily, _ = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    outcome = daily.save(url("b"), cleaned(text=copy, published=NOON + hours * DAY / 24))
    assert outcome == Duplicate(url=url("b"), article_id=2, original_id=1)
    assert relations(daily.store) == [(2, relation)]
    assert [article.id for article in daily.store.articles()] == [1]


@pytest.mark.parametrize("copy", [WIRE, edited(WIRE, 0.05), WIRE.partition("\n\n")[2]])
def test_copies_on_other_sites_are_syndicated_and_the_earliest_is_the_first_publisher(
    sites: tuple[Site, Site], copy: str
) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=copy, published=NOON))
    rival.save("https://rival.example/x", cleaned(text=WIRE, published=NOON - DAY, title="First"))
    assert relations(daily.store) == [(1, "syndicated")]
    query = "SELECT id, title, source, url, articles, sources FROM clusters"
    assert rows(daily.store, query) == [(2, "First", "rival", "https://rival.example/x", 2, 2)]


def test_members_say_how_much_they_share(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    rival.save("https://rival.example/x", cleaned(text=WIRE + "\n\n" + prose(2, 40), published=NOON + DAY))
    (member,) = rows(
        daily.store,
        "SELECT similarity, containment, shared_shingles FROM cluster_members WHERE cluster_id = 1 AND article_id = 2",
    )
    assert member == (pytest.approx(197 / 237), 1.0, 197)


def test_chinese_is_compared_by_characters(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=CHINESE, published=NOON))
    rival.save("https://rival.example/x", cleaned(text="新闻 " + CHINESE[:180] + "更新" + CHINESE[200:], published=NOON + DAY))
    rival.save("https://rival.example/y", cleaned(text=CHINESE[::-1], published=NOON + DAY))
    assert relations(daily.store) == [(2, "syndicated")]


def test_a_round_up_is_related_to_its_pieces_and_joins_none_of_them(sites: tuple[Site, Site]) -> None:
    daily, _ = sites
    pieces = [prose(seed) for seed in (1, 2, 3)]
    for number, piece in enumerate(pieces):
        daily.save(url(str(number)), cleaned(text=piece, published=NOON))
    assert isinstance(daily.save(url("all"), cleaned(text="\n\n".join(pieces), published=NOON + DAY)), Stored)
    assert len(list(daily.store.articles())) == 4
    query = "SELECT other_id, relation, one_story FROM related WHERE article_id = 4 ORDER BY other_id"
    assert [(other, relation, bool(one)) for other, relation, one in rows(daily.store, query)] == [
        (number, "contains", False) for number in (1, 2, 3)
    ]


def test_the_same_closing_paragraphs_do_not_make_two_articles_one(sites: tuple[Site, Site]) -> None:
    daily, _ = sites
    closing = prose(99, 80)
    for number in range(4):
        assert isinstance(daily.save(url(str(number)), cleaned(text=f"{prose(number, 160)}\n\n{closing}")), Stored)
    assert rows(daily.store, "SELECT * FROM related") == []


def test_a_chain_of_edits_does_not_make_strangers_one(sites: tuple[Site, Site]) -> None:
    daily, _ = sites
    paragraphs = prose(5, 400).split("\n\n")
    for day in range(6):
        text = "\n\n".join(paragraphs[day : day + 5])
        daily.save(url(str(day)), cleaned(text=text, published=NOON + day * DAY))
    clusters = rows(daily.store, "SELECT cluster_id, article_id FROM cluster_members ORDER BY article_id")
    assert clusters == [(1, 1), (1, 2), (3, 3), (3, 4), (5, 5), (5, 6)]


def test_a_text_that_changes_changes_its_cluster(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.03), published=NOON + DAY))
    rival.save("https://rival.example/y", cleaned(text=edited(WIRE, 0.03, 2), published=NOON + 2 * DAY))
    assert relations(daily.store) == [(2, "syndicated"), (3, "syndicated")]
    daily.save(url("a"), cleaned(text=prose(3), published=NOON), at=NOON + DAY)
    assert relations(daily.store) == [(3, "updated copy")]
    daily.save(url("a"), cleaned(text=WIRE, published=NOON), at=NOON + 2 * DAY)
    assert relations(daily.store) == [(2, "syndicated"), (3, "syndicated")]


def test_another_date_can_name_another_first_publisher(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.03), published=NOON + DAY))
    daily.save(url("a"), cleaned(text=WIRE, published=NOON + 2 * DAY), at=NOON + DAY)
    assert relations(daily.store) == [(1, "syndicated")]


def test_only_the_last_days_are_compared_but_equal_texts_always(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    later = NOON + WINDOW + DAY
    rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.03), published=later), at=later)
    assert rows(daily.store, "SELECT * FROM clusters") == []
    rival.save("https://rival.example/y", cleaned(text=WIRE, published=later), at=later)
    assert relations(daily.store) == [(3, "syndicated")]


def cut_and_members(store: Store) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT cluster_id, article_id FROM cluster_members ORDER BY article_id")


def test_a_cut_holds_through_revisions_until_it_is_taken_back(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    store = daily.store
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.03), published=NOON + DAY))
    store.cut(2, 1, NOON)
    store.cut(1, 2, NOON)
    assert cut_and_members(store) == []
    rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.02), published=NOON + DAY), at=NOON + DAY)
    assert cut_and_members(store) == []
    assert [
        (a, o, bool(joins))
        for a, o, joins in rows(store, "SELECT article_id, other_id, one_story FROM related ORDER BY article_id")
    ] == [
        (1, 2, False),
        (2, 1, False),
    ]
    store.mend(1, 2)
    assert cut_and_members(store) == [(1, 1), (1, 2)]


def test_two_members_that_are_cut_apart_do_not_share_a_cluster(sites: tuple[Site, Site]) -> None:
    daily, rival = sites
    daily.save(url("a"), cleaned(text=WIRE, published=NOON))
    for number, name in enumerate(("x", "y", "z")):
        text = edited(WIRE, 0.02, number)
        rival.save(f"https://rival.example/{name}", cleaned(text=text, published=NOON + (1 + number) * DAY))
    daily.store.cut(2, 3, NOON)
    assert cut_and_members(daily.store) == [(1, 1), (1, 2), (1, 4)]
    rival.save("https://rival.example/w", cleaned(text=WIRE, published=NOON - DAY))
    assert (5, 2) in cut_and_members(daily.store)
    assert (5, 3) not in cut_and_members(daily.store)


def test_what_cannot_be_cut(sites: tuple[Site, Site]) -> None:
    daily, _ = sites
    daily.save(url("a"))
    with pytest.raises(NotFound, match="no article 9"):
        daily.store.cut(1, 9, NOON)
    with pytest.raises(StorageError, match="from itself"):
        daily.store.cut(1, 1, NOON)
    daily.save(url("b"), cleaned(text=prose(1)))
    with pytest.raises(NotFound, match="were not cut"):
        daily.store.mend(1, 2)


def test_sixty_copies_are_one_row_though_the_earliest_comes_last(store: Store) -> None:
    site = Site(store)
    for number in range(60):
        site.save(url(f"{number:03}"), cleaned(text=f"{WIRE}\n\nPage {number}", published=NOON - number * DAY / 24))
    assert rows(store, "SELECT id, articles FROM clusters") == [(60, 60)]


def plain_order(connection: Connection) -> list[Any]:
    query = """SELECT o.url, a.url, m.relation, m.shared_shingles FROM cluster_members m
        JOIN article a ON a.id = m.article_id JOIN article o ON o.id = m.cluster_id ORDER BY 1, 2"""
    return [tuple(row) for row in connection.execute(sql(query))]


FAMILY = [
    ("a", WIRE, 3),
    ("b", edited(WIRE, 0.04, 2), 1),
    ("c", WIRE + "\n\n" + prose(2, 100), None),
    ("d", WIRE + "\n\n" + prose(2, 300), 2),
    ("e", prose(2, 300), 5),
    ("f", edited(prose(2, 300), 0.05), 4),
    ("g", WIRE, 4),
    ("h", prose(8), 0),
]


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(FAMILY))), late=st.integers(0, len(FAMILY) - 1), cut=st.booleans())
def test_clusters_do_not_depend_on_the_order(sqlite_url: str, order: list[int], late: int, *, cut: bool) -> None:
    """Nor on whether a text came at once or by a revision, nor a cut on when it was made."""

    def built(order: list[int], late: int | None) -> list[Any]:
        store = Store(fresh.address, readonly=False)
        with store:
            with store.writing() as connection:
                for table in ("cut", "likeness", "shingle", "signature", "revision", "article", "page_fetch", "event", "page"):
                    connection.execute(sql(f"DELETE FROM {table}"))
                connection.execute(sql("INSERT INTO article_search (article_search) VALUES ('delete-all')"))
            sites = (Site(store), Site(store, "rival"))
            for index in order:
                name, text, day = FAMILY[index]
                published = NOON + day * DAY if day is not None else None
                site = sites[index % 2]
                address = url(name, f"{site.name}.example")
                if index == late:
                    site.save(address, cleaned(text=prose(77), published=published), at=NOON - DAY)
                site.save(address, cleaned(text=text, published=published))
            if cut:
                ids = {row[1]: row[0] for row in rows(store, "SELECT id, url FROM article")}
                store.cut(ids[url("a")], ids[url("b", "rival.example")], NOON)
            with store.reading() as connection:
                return plain_order(connection)

    with open_store(sqlite_url) as fresh:
        assert built(list(order), late) == built(list(range(len(FAMILY))), None)


@given(
    likes=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])),
    apart=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])),
)
def test_stars(likes: set[tuple[int, int]], apart: set[tuple[int, int]]) -> None:
    def both(pairs: set[tuple[int, int]]) -> dict[int, set[int]]:
        return {n: {a + b - n for a, b in pairs if n in (a, b)} for n in range(8)}

    places = stars(range(8), both(likes), both(apart))
    assert set(places) == set(range(8))
    for article, origin in places.items():
        if origin is not None:
            assert places[origin] is None
            assert origin < article
            assert (origin, article) in likes
    for one, other in apart:
        assert (places[one] if places[one] is not None else one) != (places[other] if places[other] is not None else other)


@pytest.mark.parametrize("words", [19, 20, 40, 100, 700, 5000])
def test_samples_of_any_length_are_large_enough_and_lie_in_each_other(words: int) -> None:
    hashes = shingles(prose(1, words))
    assert len(hashes) == (words - 3 if words >= 20 else 0)
    assert len(sample(hashes)) >= min(len(hashes), 8)
    longer = shingles(prose(1, words) + " " + prose(2, 3000))
    coarse = {value for value in sample(hashes) if value % step_of(len(longer)) == 0}
    assert coarse <= set(sample(longer))
    assert overlap(hashes, longer).shared == len(hashes)


def test_shingles_are_those_of_databases_there_are_however_few_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The lighthouse of Żółw, 東京都, opens again: keepers, seabirds and 1,200 guests saw the lamp lit after forty years"
    once = sample(shingles(text))
    assert (len(once), once[0], once[-1]) == (19, 914347029586922522, -307219126419955937)
    monkeypatch.setattr("storage.shingles._MOST_REMEMBERED", 3)
    shingles.__wrapped__(prose(7, 30))  # new words: what was remembered goes
    assert sample(shingles.__wrapped__(text)) == once


def test_an_older_database_is_clustered_when_it_is_upgraded(database_url: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with open_store(database_url) as store:
        daily, rival = Site(store), Site(store, "rival")
        daily.save(url("a"), cleaned(text=WIRE, published=NOON))
        rival.save("https://rival.example/x", cleaned(text=edited(WIRE, 0.03), published=NOON + DAY))
        rival.save("https://rival.example/y", cleaned(text=WIRE, published=NOON + DAY))
        before = rows(store, "SELECT * FROM cluster_members ORDER BY article_id")
        with store.writing() as connection:
            drop_views(connection)
            command.downgrade(configuration(connection), "0001")
            assert connection.execute(sql("SELECT id, duplicate_of FROM article ORDER BY id")).all() == [
                (1, None),
                (2, None),
                (3, 1),
            ]
    upgrade(database_url)
    with open_store(database_url) as store:
        assert rows(store, "SELECT * FROM cluster_members ORDER BY article_id") == before
        assert len(before) == 3


def test_another_algorithm_signs_everything_again(database_url: str) -> None:
    with open_store(database_url) as store:
        Site(store).save(url("a"), cleaned(text=WIRE))
        whole = rows(store, "SELECT * FROM shingle ORDER BY hash")
        with store.writing() as connection:
            connection.execute(sql("UPDATE signature SET algorithm = 'older'"))
            connection.execute(sql("DELETE FROM shingle"))
    upgrade(database_url)
    with open_store(database_url) as store:
        assert rows(store, "SELECT * FROM shingle ORDER BY hash") == whole


@pytest.mark.parametrize("order", ["as published", "backwards", "mixed"])
@pytest.mark.parametrize("share", [0.0, 0.02], ids=["equal", "edited"])
def test_more_copies_than_are_compared_at_once_are_still_one_cluster(
    store: Store, share: float, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST", 3)
    monkeypatch.setattr(likeness, "_EQUALS", Prepared(likeness._EQUALS.statement.limit(3)))
    site, count = Site(store), 16
    numbers = list(range(count))
    if order == "backwards":
        numbers.reverse()
    elif order == "mixed":
        random.Random(5).shuffle(numbers)
    for number in numbers:
        text = edited(prose(1), share, seed=number)
        site.save(url(f"{number:02}"), cleaned(text=text, published=NOON + number * timedelta(minutes=1)))
    (only,) = store.articles()
    assert (only.url, only.duplicates) == (url("00"), count - 1)
    site.save(url("00"), cleaned(text=prose(2), published=NOON), at=NOON + DAY)
    assert [(article.url, article.duplicates) for article in store.articles()] in (
        [(url("00"), 0), (url("01"), count - 2)],
        [(url("01"), count - 2), (url("00"), 0)],
    )
    assert [finding for finding in store.check() if finding.wrong] == []
