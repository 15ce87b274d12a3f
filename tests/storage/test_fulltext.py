from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from visiting import NOON, OTHER, STORY, Site, cleaned, rows, story, url

from storage import open_store, upgrade
from storage.query import parse, term, to_fts5, to_tsquery
from storage.snippet import snippet
from storage.tokens import count_words, tokens
from storage.visits import save_visit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage import Store

TEXTS = {
    "lighthouse": ("Lighthouse opens", STORY),
    "birds": ("Count of winter birds", OTHER),
    "tokyo": ("東京都の新しい条例", "東京都は金曜日、新しい環境条例を発表した。都知事は記者会見で説明した。"),
    "kyoto": ("京都の祭り", "京都では祭りが始まった。観光客が集まっている。"),
    "seoul": ("서울시 새 정책 발표", "대통령이 서울에서 새 정책을 발표했다. 정부는 내년부터 시행할 예정이라고 밝혔다."),
    "cafe": ("Le café rouvre", "Le café de la gare rouvre lundi après l\u2019été, dit Éloïse Straße-Müller."),
    "hindi": ("हिन्दी समाचार", "हिन्दी में समाचार पढ़ें और दिल्ली की ख़बरें देखें।"),
    "thai": ("ข่าววันนี้", "รัฐบาลไทยประกาศนโยบายใหม่เมื่อวันศุกร์"),
    "arabic": ("أخبار اليوم", "أعلنت الحكومة سياسة جديدة يوم الجمعة"),
    "mixed": ("iPhone15の価格", "新型iPhone15は3.5%値上げ。COVID-19 e-mail foo_bar don't U.S. 2026-11-22"),
}


@pytest.fixture
def filled(store: Store) -> Store:
    site = Site(store)
    for number, (name, (title, text)) in enumerate(TEXTS.items()):
        published = NOON + timedelta(days=number)
        site.save(url(name), cleaned(title=title, text=text, published=published, language="en" if number < 2 else "xx"))
    return store


def found(store: Store, query: str, **filters: Any) -> set[str]:
    return {hit.url.rpartition("/")[2] for hit in store.search(query, **filters)}


#: Query -> the articles it finds.
QUERIES: list[tuple[str, set[str]]] = [
    ("lighthouse", {"lighthouse"}),
    ("LIGHTHOUSE opens", {"lighthouse"}),
    ("lighthouse seabirds", set()),
    ("lighthouse AND seabirds", set()),
    ("lighthouse OR seabirds", {"lighthouse", "birds"}),
    ("lighthouse OR seabirds winter", {"lighthouse", "birds"}),
    ("(lighthouse OR seabirds) winter", {"birds"}),
    ('"old lighthouse"', {"lighthouse"}),
    ('"lighthouse old"', set()),
    ('"opens the harbour"', set()),
    ("light*", {"lighthouse"}),
    ('"old light"*', {"lighthouse"}),
    ("light", set()),
    ("th* NOT lighthouse", {"birds"}),
    ("th* -lighthouse", {"birds"}),
    ("NOT lighthouse", set()),
    ("than NOT (lighthouse OR seabirds)", set()),
    ("東京", {"tokyo"}),
    ("京都", {"tokyo", "kyoto"}),
    ("東京都", {"tokyo"}),
    ("京", {"tokyo", "kyoto"}),
    ("都", {"tokyo", "kyoto"}),
    ("表", {"tokyo"}),
    ("条例 環境", {"tokyo"}),
    ('"新しい環境条例"', {"tokyo"}),
    ("環境新しい", set()),
    ("대통령", {"seoul"}),
    ("정책", {"seoul"}),
    ("서울", {"seoul"}),
    ("cafe", {"cafe"}),
    ("CAFÉ eloise strasse", {"cafe"}),
    ("हिन्दी", {"hindi"}),
    ("दिल्ली", {"hindi"}),
    ("รัฐบาล", {"thai"}),
    ("الحكومة", {"arabic"}),
    ("iphone15", {"mixed"}),
    ("\uff49\uff30hone15", {"mixed"}),
    ("値上げ", {"mixed"}),
    ("covid-19", {"mixed"}),
    ('"3.5"', {"mixed"}),
    ("foo_bar", {"mixed"}),
    ("don't", {"mixed"}),
    ("2026-11-22", {"mixed"}),
]


def test_what_queries_find(filled: Store) -> None:
    for query, names in QUERIES:
        assert found(filled, query) == names, query


@pytest.mark.parametrize("version", ["0007", "0008"])
def test_an_older_database_finds_the_same_after_its_index_was_built_anew(filled: Store, database_url: str, version: str) -> None:
    from alembic import command

    from storage.migrations.steps import configuration
    from storage.views import drop_views

    with filled.writing() as connection:
        drop_views(connection)
        command.downgrade(configuration(connection), version)
    upgrade(database_url)
    for query, names in QUERIES:
        assert found(filled, query) == names, query
    Site(filled).save(url("birds"), cleaned(title="Changed", text=STORY), at=NOON + timedelta(days=20))
    assert found(filled, "seabirds") == set()


ATTACKS = (
    "", " ", '"', '""', '"""', "*", "**", "-", "--", "- -", "(", ")", "()", ")(", "(((((", "AND", "OR", "NOT",
    "AND AND", "OR OR lighthouse", "NOT NOT lighthouse", "NEAR(a b)", "title:lighthouse", "{title body}: x",
    "^lighthouse", "a + b", "'", "';--", "\\", "a\\'b", "a:*b", "a & | ! b", "<->", "!", "a <2> b", "'a' 'b'", "\x00",
    "a\x00b", "\ud800", "lighthouse\ud800", "%s %(x)s :name ?", "\U0001d54f \U0001f642 \ufdfd", "İstanbul", "ß", "́",
    "\u200b", "\uff41*", "東*", "-東", '"東" "京"*', "a AND", "AND a", "a OR", "OR a", "a NOT", '"unclosed',
    "(" * 5000, "a " * 5000, "OR " * 500, "x" * 100_000,
)  # fmt: skip


def test_no_query_is_an_error(filled: Store) -> None:
    for query in ATTACKS:
        assert isinstance(filled.search(query), tuple), query


PIECES = ['"', "(", ")", "*", "-", " ", "AND", "OR", "NOT", "a", "京都", "'", "\\", ":", "é"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(
        st.sampled_from(['"', "(", ")", "*", "-", " ", "AND", "OR", "NOT", "a", "京都", "'", "\\", ":", "é"])
        | st.text(max_size=3)
    ).map("".join)
)
@example(query="a -(b)")
def test_no_mixture_of_operators_is_an_error(filled: Store, query: str) -> None:
    assert isinstance(filled.search(query), tuple)


def test_filters(filled: Store) -> None:
    assert found(filled, "the", language="en") == {"lighthouse", "birds"}
    assert found(filled, "the", language="fr") == set()
    assert found(filled, "the", source="daily") == {"lighthouse", "birds"}
    assert found(filled, "the", source="rival") == set()
    assert found(filled, "the", since=NOON + timedelta(days=1)) == {"birds"}
    assert found(filled, "the", until=NOON + timedelta(days=1)) == {"lighthouse"}
    assert len(filled.search("the", limit=1)) == 1
    assert filled.search("the", limit=0) == ()


def test_a_title_counts_more_than_the_text(store: Store) -> None:
    site = Site(store)
    site.save(url("text"), cleaned(title="Something else entirely", text=STORY))
    site.save(url("title"), cleaned(title="The lighthouse", text=STORY.replace("lighthouse", "building")))
    hits = store.search("lighthouse")
    assert [hit.url for hit in hits] == [url("title"), url("text")]
    assert hits[0].rank > hits[1].rank


def test_a_changed_text_is_found_by_its_new_words_only(store: Store) -> None:
    site = Site(store)
    site.save(url("a"))
    site.save(url("a"), cleaned(text=OTHER), at=NOON + timedelta(1))
    assert found(store, "harbour") == set()
    assert found(store, "seabirds lighthouse") == {"a"}


def test_articles_of_one_transaction_are_indexed_together(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        site = Site(store)
        visits = [site.visit(url(str(n)), cleaned(title=f"T{n}", text=story(n))) for n in range(6)]
        store.write(lambda connection: [save_visit(connection, visit) for visit in visits])
        assert rows(store, "SELECT count(DISTINCT segid) FROM article_search_idx") == [(1,)]
        assert [hit.title for hit in store.search("T3")] == ["T3"]


def test_a_text_that_comes_and_goes_in_one_transaction_is_not_found(store: Store) -> None:
    site = Site(store)
    texts = {3: "A heron was seen.", 4: "A stork was seen.", 5: "A crane was seen."}
    visits = [site.visit(url("a"), cleaned(text=text), at=NOON + timedelta(hours=hour)) for hour, text in texts.items()]
    store.write(lambda connection: [save_visit(connection, visit) for visit in visits])
    assert [len(store.search(word)) for word in ("heron", "stork", "crane")] == [0, 0, 1]


def test_words_of_a_transaction_that_failed_are_in_no_later_one(store: Store) -> None:
    site = Site(store)
    visit = site.visit(url("a"), cleaned(title="Lost", text=story(1)))

    def failing(connection: Connection) -> None:
        save_visit(connection, visit)
        raise LookupError("after the visit")

    with pytest.raises(LookupError):
        store.write(failing)
    site.save(url("b"), cleaned(title="Kept", text=story(2)))
    assert store.search("lost") == ()
    assert len(store.search("kept")) == 1


def test_copies_are_found_once(store: Store) -> None:
    site, rival = Site(store), Site(store, "rival")
    site.save(url("a"))
    rival.save("https://rival.example/a")
    assert len(store.search("lighthouse")) == 1


def test_a_huge_text_is_stored_and_found(store: Store) -> None:
    site = Site(store)
    site.save(url("latin"), cleaned(text=" ".join(f"word{n}" for n in range(20_000))))
    site.save(url("han"), cleaned(text="".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(100_000))))
    site.save(url("one"), cleaned(text="endless" * 100_000))
    assert found(store, "word77") == {"latin"}
    assert rows(store, "SELECT count(*) FROM article_search") == [(3,)]


def test_tokens() -> None:
    assert tokens("The Café-Bar, 東京都 U.S. 1,5") == ("the", "cafe", "bar", "東京", "京都", "都", "u", "s", "1", "5")
    assert tokens("ﬁne x² Ⅷ") == ("fine", "x2", "viii")
    assert tokens("\x00 ... —") == ()


def test_words_are_counted_as_people_do() -> None:
    assert count_words("Two words, 東京都 and don't") == 8
    assert count_words("") == 0


@pytest.mark.parametrize(
    ("query", "fts5", "tsquery"),
    [
        ("a b", '("a" AND "b")', "(('a') & ('b'))"),
        ("a OR b c", '("a" OR ("b" AND "c"))', "(('a') | (('b') & ('c')))"),
        ('"a b"', '"a b"', "('a' <-> 'b')"),
        ("a -b", '(("a") NOT ("b"))', "(('a') & !('b'))"),
        ("clim*", '"clim" *', "('clim':*)"),
        ("東", '"東" *', "('東':*)"),
        ('"東 x"', '"東 x"', "('東' <-> 'x')"),
    ],
)
def test_queries_in_the_databases_words(query: str, fts5: str, tsquery: str) -> None:
    tree = parse(query)
    assert tree is not None
    assert (to_fts5(tree), to_tsquery(tree)) == (fts5, tsquery)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("A short text with a word in it.", "word", "A short text with a **word** in it."),
        ("Ein Café\n\nund noch ein CAFE.", "cafe", "Ein **Café** und noch ein **CAFE**."),
        ("東京都は条例を発表した。", "条例", "東京都は**条例**を発表した。"),
        ("東京都", "京", "東**京**都"),
        ("No such thing.", "other", "No such thing."),
        ("", "word", ""),
        ("x " * 100 + "here it is " + "y " * 200, "here", "… " + "x " * 30 + "**here** it is " + "y " * 85 + " …"),
    ],
)
def test_snippets(text: str, word: str, expected: str) -> None:
    wanted = term(word)
    assert wanted is not None
    assert " ".join(snippet(text, [wanted]).split()) == " ".join(expected.split())


@given(text=st.text(), word=st.text(min_size=1))
def test_a_snippet_is_a_piece_of_the_text(text: str, word: str) -> None:
    wanted = term(word)
    piece = snippet(text, [wanted] if wanted else [])
    bare = piece.replace("**", "").removeprefix("… ").removesuffix(" …")
    assert bare.strip() in " ".join(text.split()).replace("**", "")
