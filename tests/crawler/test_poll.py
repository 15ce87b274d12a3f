from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pages import NOW, Site, decode
from test_autodiscovery import index, rss, urlset

from crawler import walk
from crawler.poll import Polled, poll
from crawler.sitemaps import read_sitemap
from model.errors import BadStatus, DiscoveryError, Unreadable
from model.fingerprints import body_hash
from model.page import NotModified, Validators
from model.source import Endpoint, EndpointKind, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = "http://news.example/"
MAP = HOME + "map.xml"
SOURCE = Source(name="x", url=HOME)


def visit(
    site: Site,
    url: str,
    kind: EndpointKind,
    *,
    source: Source = SOURCE,
    validators: Mapping[str, Validators] | None = None,
    since: datetime | None = None,
) -> Polled | NotModified:
    endpoint = Endpoint(source="x", kind=kind, url=url)
    return asyncio.run(poll(endpoint, source, site, decode, validators=validators or {}, since=since))


def polled(site: Site, url: str, kind: EndpointKind = EndpointKind.SITEMAP, **known: object) -> Polled:
    answer = visit(site, url, kind, **known)  # type: ignore[arg-type] # passed through
    assert isinstance(answer, Polled)
    return answer


def names(answer: Polled) -> list[str]:
    return [link.url.removeprefix(HOME) for link in answer.links]


def test_a_feed_and_its_validators() -> None:
    site = Site({HOME + "feed": rss(1, 2, 1)}, etags={HOME + "feed": '"v1"'})
    first = polled(site, HOME + "feed", EndpointKind.FEED)
    assert names(first) == ["a/1", "a/2"]
    assert first.validators == {HOME + "feed": Validators(etag='"v1"', digest=body_hash(rss(1, 2, 1)))}
    assert isinstance(visit(site, HOME + "feed", EndpointKind.FEED, validators=first.validators), NotModified)


def test_a_sitemap_that_several_name_is_asked_for_once() -> None:
    parts = [f"{HOME}{number}.xml" for number in range(5)]
    everything = (
        b"<sitemapindex>" + b"".join(f"<sitemap><loc>{url}</loc></sitemap>".encode() for url in parts) + b"</sitemapindex>"
    )
    site = Site(dict.fromkeys([MAP, *parts], everything))
    polled(site, MAP)
    assert sorted(site.asked) == sorted([MAP, *parts])


OLD, NEW = HOME + "feed", "http://feeds.example/new"


def test_a_feed_that_moved_for_good_is_asked_where_it_is() -> None:
    site = Site({OLD: rss(1), NEW: rss(1)}, moved={OLD: NEW}, etags={NEW: '"v1"'})
    first = polled(site, OLD, EndpointKind.FEED)
    assert first.validators == {OLD: Validators(etag='"v1"', moved_to=NEW, digest=body_hash(rss(1)))}
    site.asked.clear()
    assert isinstance(visit(site, OLD, EndpointKind.FEED, validators=first.validators), NotModified)
    whole = polled(site, OLD, EndpointKind.FEED, validators={OLD: Validators(moved_to=NEW)})
    assert whole == first
    assert site.asked == [NEW, NEW]


@pytest.mark.parametrize("there", [BadStatus(NEW, status=404), b"<html><p>This name is for sale."])
def test_a_move_that_leads_nowhere_any_more_is_forgotten(there: bytes | BadStatus) -> None:
    site = Site({OLD: rss(1), NEW: there}, etags={OLD: '"old"'})
    again = polled(site, OLD, EndpointKind.FEED, validators={OLD: Validators(etag='"old"', moved_to=NEW)})
    assert site.asked == [NEW, OLD]
    assert names(again) == ["a/1"]
    assert again.validators == {OLD: Validators(etag='"old"', digest=body_hash(rss(1)))}


def test_what_a_feed_gave_once_and_gives_no_more_is_forgotten() -> None:
    assert polled(Site({OLD: rss(1)}), OLD, EndpointKind.FEED).validators == {OLD: Validators(digest=body_hash(rss(1)))}


@pytest.mark.parametrize("kind", [EndpointKind.FEED, EndpointKind.SECTION])
def test_a_document_that_stayed_the_same_is_not_read_again_whatever_its_server_says(kind: EndpointKind) -> None:
    """By its body: there are no validators, or they change each time."""
    document = rss(1) if kind is EndpointKind.FEED else b"<a href='/2024/05/25/ferry'>Ferry</a>"
    site = Site({OLD: document})
    first = polled(site, OLD, kind)
    assert len(first.links) == 1
    site.etags[OLD] = '"new"'
    second = polled(site, OLD, kind, validators=first.validators)
    assert second.links == ()
    assert second.validators == {OLD: Validators(etag='"new"', digest=body_hash(document))}
    site.documents[OLD] = document.replace(b"</", b" </")
    site.etags[OLD] = '"newer"'
    assert len(polled(site, OLD, kind, validators=second.validators).links) == 1


def test_links_of_other_sites_are_left_out_unless_asked_for() -> None:
    body = rss(1).replace(b"</channel>", b"<item><link>http://other.example/a/2</link></item></channel>")
    site = Site({HOME + "feed": body})
    assert names(polled(site, HOME + "feed", EndpointKind.FEED)) == ["a/1"]
    wide = Source(name="x", url=HOME, include=("/a/",))
    assert names(polled(site, HOME + "feed", EndpointKind.FEED, source=wide)) == ["a/1", "http://other.example/a/2"]


def test_a_section() -> None:
    site = Site({HOME: b"<a href='/2024/05/25/ferry'>Ferry</a><a href='/sport'>Sport</a>", HOME + "empty": b"<p>"})
    assert names(polled(site, HOME, EndpointKind.SECTION)) == ["2024/05/25/ferry"]
    with pytest.raises(DiscoveryError, match="without article links"):
        visit(site, HOME + "empty", EndpointKind.SECTION)


def test_bytes_that_are_no_text_are_a_discovery_error() -> None:
    def refuse(body: bytes, content_type: str | None) -> str:
        raise Unreadable(HOME, "no text")

    endpoint = Endpoint(source="x", kind=EndpointKind.SECTION, url=HOME)
    with pytest.raises(DiscoveryError, match="no text"):
        asyncio.run(poll(endpoint, SOURCE, Site({HOME: b"\x00"}), refuse, validators={}, since=None))


@pytest.mark.parametrize("kind", list(EndpointKind))
def test_errors_of_the_root_are_raised(kind: EndpointKind) -> None:
    with pytest.raises(BadStatus):
        visit(Site({}), MAP, kind)
    with pytest.raises(DiscoveryError):
        visit(Site({MAP: b"words"}), MAP, kind)


def test_a_broken_child_does_not_stop_the_rest() -> None:
    etags = {MAP: '"m"', HOME + "c.xml": '"c"'}
    site = Site({MAP: index("a.xml", "b.xml", "c.xml"), HOME + "b.xml": b"words", HOME + "c.xml": urlset(3)}, etags=etags)
    answer = polled(site, MAP)
    assert names(answer) == ["a/3"]
    assert isinstance(answer.error, BadStatus)
    assert answer.validators == {MAP: Validators(), HOME + "c.xml": Validators(etag='"c"', digest=body_hash(urlset(3)))}, (
        "with a 304 of the root the broken ones would be forgotten"
    )


def test_nothing_changed_anywhere() -> None:
    documents = {MAP: index("a.xml", "b.xml"), HOME + "a.xml": urlset(1), HOME + "b.xml": urlset(2)}
    site = Site(documents, etags=dict.fromkeys(documents, '"1"'))
    first = polled(site, MAP)
    assert set(first.validators) == set(documents)
    assert isinstance(visit(site, MAP, EndpointKind.SITEMAP, validators=first.validators), NotModified)
    site.documents[HOME + "b.xml"], site.etags[HOME + "b.xml"] = urlset(2, 3), '"2"'
    second = polled(site, MAP, validators=first.validators)
    assert names(second) == ["a/2", "a/3"]
    assert second.validators[HOME + "b.xml"] == Validators(etag='"2"', digest=body_hash(urlset(2, 3)))
    assert second.validators[MAP] == Validators(etag='"1"')


def test_a_sitemap_that_stayed_the_same_is_not_read_again_whatever_its_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its body; its index is read each time, since its parts may change while it does not."""
    site = Site({MAP: index("a.xml", "b.xml"), HOME + "a.xml": urlset(1), HOME + "b.xml": urlset(2)})
    first = polled(site, MAP)
    assert names(first) == ["a/1", "a/2"]
    read: list[str] = []
    monkeypatch.setattr(walk, "read_sitemap", lambda page: (read.append(page.url), read_sitemap(page))[1])
    site.documents[HOME + "b.xml"], site.etags[HOME + "a.xml"] = urlset(2, 3), '"new"'
    second = polled(site, MAP, validators=first.validators)
    assert names(second) == ["a/2", "a/3"]
    assert second.validators[HOME + "a.xml"] == Validators(etag='"new"', digest=body_hash(urlset(1)))
    assert read == [MAP, HOME + "b.xml"]


def test_a_sitemap_without_validators_that_stayed_the_same_is_no_news() -> None:
    site = Site({MAP: urlset(1)})
    first = polled(site, MAP)
    assert first.validators == {MAP: Validators(digest=body_hash(urlset(1)))}
    assert isinstance(visit(site, MAP, EndpointKind.SITEMAP, validators=first.validators), NotModified)
    site.documents[MAP] = urlset(1, 2)
    assert names(polled(site, MAP, validators=first.validators)) == ["a/1", "a/2"]


def test_an_index_inside_an_index_hides_nothing_by_staying_the_same() -> None:
    documents = {MAP: index("inner.xml"), HOME + "inner.xml": index("a.xml"), HOME + "a.xml": urlset(1)}
    site = Site(documents, etags={MAP: '"1"', HOME + "inner.xml": '"1"'})
    first = polled(site, MAP)
    site.documents[HOME + "a.xml"] = urlset(1, 2)
    assert names(polled(site, MAP, validators=first.validators)) == ["a/1", "a/2"]
    site.documents[MAP] = index("inner.xml", "b.xml")
    site.documents |= {HOME + "b.xml": urlset(3), HOME + "a.xml": urlset(4)}
    site.etags[MAP] = '"2"'
    assert set(names(polled(site, MAP, validators=first.validators))) == {"a/3", "a/4"}


def test_children_that_are_older_than_the_last_visit_are_not_read() -> None:
    old, new = (
        f"<sitemap><loc>{HOME}{n}.xml</loc><lastmod>{d}</lastmod></sitemap>"
        for n, d in (("old", "2024-05-01"), ("new", "2024-05-30"))
    )
    site = Site(
        {MAP: f"<sitemapindex>{old}{new}</sitemapindex>".encode(), HOME + "old.xml": urlset(1), HOME + "new.xml": urlset(2)}
    )
    assert names(polled(site, MAP, since=datetime(2024, 5, 30, 18, tzinfo=UTC))) == ["a/2"]
    assert HOME + "old.xml" not in site.asked
    assert names(polled(site, MAP, since=NOW - timedelta(days=90))) == ["a/2", "a/1"]


def test_an_index_without_end_ends() -> None:
    class Endless(dict[str, bytes]):
        def get(self, key: str, _default: object = None) -> bytes:  # type: ignore[override]
            return index(f"{len(key)}x{key.rpartition('/')[2]}", "map.xml", key.rpartition("/")[2])

    site = Site(Endless())  # type: ignore[arg-type]
    assert names(polled(site, MAP)) == []
    assert len(site.asked) == len(set(site.asked)) == walk.MAX_DEPTH + 1


def test_a_wide_index_is_cut() -> None:
    site = Site({MAP: index(*(f"{n}.xml" for n in range(500)))} | {f"{HOME}{n}.xml": urlset(n) for n in range(500)})
    assert len(polled(site, MAP).links) == walk.MAX_DOCUMENTS - 1
    assert len(site.asked) == walk.MAX_DOCUMENTS


def test_children_of_other_sites_and_other_pages_are_not_read() -> None:
    entries = b"<sitemap><loc>http://evil.example/a.xml</loc></sitemap><sitemap><loc>http://news.example/author-sitemap.xml</loc></sitemap>"
    site = Site({MAP: b"<sitemapindex>" + entries + b"</sitemapindex>"})
    assert names(polled(site, MAP)) == []
    assert site.asked == [MAP]


def test_pages_that_are_no_articles_are_left_out_of_a_sitemap() -> None:
    paths = ("", "tag/ferry", "about-us", "report.pdf", "ferry")
    site = Site({MAP: ("<urlset>" + "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in paths) + "</urlset>").encode()})
    assert names(polled(site, MAP)) == ["ferry"]
