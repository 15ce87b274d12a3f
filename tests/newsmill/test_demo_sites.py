"""The sample sites are built, served and described as they say."""

from __future__ import annotations

import gzip
import http.client
import importlib.util
import json
import re
import tomllib
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from protego import Protego

from newsmill.demo import sites
from newsmill.demo.server import SampleSites
from newsmill.demo.sites import SampleSite, expected, load_sites, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILDER = Path(__file__).parents[2] / "fixtures" / "build_sites.py"
SITES = load_sites()
FEEDS = ("feed.atom", "rss/all.xml", "rss/allArticle.xml", "actualites.rdf", "feed.json")

every_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.lesson)


@pytest.fixture(scope="module")
def served() -> Iterator[SampleSites]:
    with SampleSites() as served:
        yield served


def get(origin: str, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    try:
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def builder() -> Any:
    spec = importlib.util.spec_from_file_location("build_sites", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def addresses(site: SampleSite) -> list[str]:
    """Every address of an article: its own, copies, prints."""
    return [url for one in site.articles for url in (one.url, *one.copies, *one.reposts, *one.prints)]


@every_site
def test_public_is_what_the_builder_makes(site: SampleSite) -> None:
    build = builder()
    assert build.written(site) == build.build(site)


@every_site
def test_a_site_has_what_issue_2_asks_of_it(site: SampleSite) -> None:
    wanted = expected(site)
    assert len(wanted.articles) >= 12
    assert wanted.duplicates
    assert wanted.disallowed
    assert {200, 404} <= set(wanted.strays.values())
    assert len({article.text for article in wanted.articles.values()}) == len(wanted.articles)


@every_site
def test_every_article_is_linked_from_an_endpoint(site: SampleSite, served: SampleSites) -> None:
    origin = served.origins[site.lesson]
    endpoints = [output["path"] for output in site.settings["outputs"] if output["path"] not in ("404.html", "robots.txt")]
    pages = [get(origin, f"/{path.replace('@', '?')}")[2].decode(site.charset, "replace") for path in endpoints]
    linked = unescape("\n".join(pages)).replace(origin, "")
    missing = [url for url in (*addresses(site), *expected(site).strays) if not re.search(re.escape(url) + r"(?![\w/-])", linked)]
    assert missing == []


@every_site
def test_every_page_holds_its_text(site: SampleSite, served: SampleSites) -> None:
    for article in site.articles:
        answers = [get(served.origins[site.lesson], url) for url in (article.url, *article.pages)]
        shown = unescape(re.sub(r"<[^>]*>", "", b"".join(body for _, _, body in answers).decode(site.charset)))
        assert {status for status, _, _ in answers} == {200}
        for line in article.text.split("\n"):
            assert all(cell in shown for cell in line.split(" | ")), (article.slug, line)


@every_site
def test_strays_answer_as_described(site: SampleSite, served: SampleSites) -> None:
    asked = {stray.url: get(served.origins[site.lesson], stray.url)[0] for stray in site.strays}
    assert asked == expected(site).strays


@pytest.mark.parametrize("feed", FEEDS, ids=FEEDS)
def test_a_feed_names_a_story_twice_and_a_page_that_is_gone(feed: str, served: SampleSites) -> None:
    site = next(site for site in SITES if any(output["path"] == feed for output in site.settings["outputs"]))
    origin = served.origins[site.lesson]
    told = unescape(get(origin, f"/{feed}")[2].decode("euc-kr" if site.lesson == "euc-kr" else "utf8"))
    gone = next(url for url, status in expected(site).strays.items() if status == 404)
    assert origin + gone in told
    for article in (one for one in site.articles if one.tracked):
        assert all(origin + url in told for url in (article.url, *article.tracked))
        assert get(origin, article.tracked[0])[2] == get(origin, article.url)[2]
    assert any(article.tracked for article in site.articles)


@every_site
def test_robots_closes_just_what_is_said_to_be_closed(site: SampleSite, served: SampleSites) -> None:
    origin = served.origins[site.lesson]
    robots = Protego.parse(get(origin, "/robots.txt")[2].decode())
    wanted = expected(site)
    closed = {url for url in addresses(site) if not robots.can_fetch(origin + url, "newsmill")}
    assert closed == wanted.disallowed
    assert all(get(origin, urlsplit(sitemap).path)[0] == 200 for sitemap in robots.sitemaps)


@every_site
def test_the_config_entry_names_pages_that_exist(site: SampleSite, served: SampleSites) -> None:
    source = next(source for source in served.sources() if source.name == site.lesson)
    for url in (source.url, *source.feeds, *source.sitemaps, *source.sections):
        assert url.startswith(served.origins[site.lesson])
        assert get(served.origins[site.lesson], url.removeprefix(served.origins[site.lesson]))[0] == 200


@every_site
def test_an_unchanged_page_is_not_sent_again(site: SampleSite, served: SampleSites) -> None:
    origin, target = served.origins[site.lesson], site.articles[0].url
    _, headers, _ = get(origin, target)
    for validator, condition in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")):
        assert (validator in headers) == (validator in site.validators)
        if validator in headers:
            assert get(origin, target, **{condition: headers[validator]})[0] == 304
            assert get(origin, target, **{condition: '"other"'})[0] == 200


@every_site
def test_pages_are_plausible_and_not_huge(site: SampleSite) -> None:
    sizes = {path.name: path.stat().st_size for path in (site.folder / "public").rglob("*") if path.is_file()}
    assert max(sizes.values()) < 40_000
    assert sum(sizes.values()) < 700_000


def test_wire_stories_carry_one_text_on_two_sites() -> None:
    by_name = {f"{site.lesson}/{one.slug}": one for site in SITES for one in site.articles}
    wires = [one for one in by_name.values() if one.text_from]
    assert wires
    assert all(by_name[one.text_from].text == one.text and by_name[one.text_from].url != one.url for one in wires)


def test_the_wheel_carries_the_sites_where_they_are_looked_for() -> None:
    root = Path(__file__).parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf8"))
    carried = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    installed = Path(sites.__file__).with_name("sites_data")
    assert root / carried["fixtures/sites"] == installed
    assert sites.sites_folder() == (installed if installed.is_dir() else root / "fixtures" / "sites")


def test_marks_are_taken_away() -> None:
    marked = "## Head\n\n- one\n- [two](/2)\n\n> “said”\n\n| a | b |\n| 1 | 2 |\n\n**Bold** and 3 > 2 - 1"
    assert plain(marked) == "Head\n\none\ntwo\n\n“said”\n\na | b\n1 | 2\n\nBold and 3 > 2 - 1"


def test_bytes_are_in_the_charset_the_site_names(served: SampleSites) -> None:
    for site in SITES:
        body = get(served.origins[site.lesson], site.articles[0].url)[2]
        assert site.title in unescape(body.decode(site.charset))
        if site.charset not in ("utf-8", "windows-1252"):
            with pytest.raises(UnicodeDecodeError):
                body.decode("utf8")


def test_compression_only_where_it_is_asked_for(served: SampleSites) -> None:
    site = next(site for site in SITES if site.compressed)
    origin, target = served.origins[site.lesson], site.articles[0].url
    _, headers, packed = get(origin, target, Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == get(origin, target)[2]


def test_a_gzipped_sitemap_names_its_own_site(served: SampleSites) -> None:
    origin = served.origins["div-soup"]
    assert origin.encode() in gzip.decompress(get(origin, "/sitemap/all.xml.gz")[2])


def test_structured_claims_are_valid_json(served: SampleSites) -> None:
    site = next(site for site in SITES if site.lesson == "semantic-html5")
    for article in site.articles:
        page = get(served.origins[site.lesson], article.url)[2].decode()
        claims = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])
        assert claims["headline"] == article.title
        assert [author["name"] for author in claims["author"]] == list(article.authors)


def test_the_charset_is_said_in_the_header_or_in_the_page_or_nowhere(served: SampleSites) -> None:
    said = {}
    for site in SITES:
        for article in site.articles:
            _, headers, body = get(served.origins[site.lesson], article.url)
            said[article.url] = ("charset=" in headers["content-type"].lower(), b"charset=" in body[:600])
    korean, russian = (next(site for site in SITES if site.lesson == lesson) for lesson in ("euc-kr", "live-local"))
    assert {said[one.url] for one in korean.articles} == {(True, False), (False, True)}
    assert [said[one.url] for one in russian.articles].count((False, False)) == 2


def test_a_redirect_leads_to_the_story(served: SampleSites) -> None:
    status, headers, _ = get(served.origins["semantic-html5"], "/go/bridge")
    assert (status, headers["location"]) == (302, "/2026/10/05/swing-bridge-reopens")


def test_answers_take_their_time_where_asked_to() -> None:
    with SampleSites(delay=0.05) as served:
        get(served.origins["div-soup"], "/robots.txt")
        assert served.log[-1].ended - served.log[-1].started >= 0.05


def test_every_request_is_remembered() -> None:
    with SampleSites() as served:
        get(served.origins["div-soup"], "/nowhere?x=1")
        hit = served.log[-1]
        assert (hit.site, hit.path, hit.status) == ("div-soup", "/nowhere?x=1", 404)
        assert hit.started <= hit.ended


def test_leaving_hangs_up_connections_that_are_kept_alive() -> None:
    with SampleSites() as served:
        connection = http.client.HTTPConnection(urlsplit(served.origins["div-soup"]).netloc, timeout=10)
        connection.request("GET", "/robots.txt")
        connection.getresponse().read()
    with pytest.raises(OSError, match=r"."):
        http.client.HTTPConnection(urlsplit(f"//{connection.host}:{connection.port}").netloc, timeout=1).connect()
    connection.close()


def test_ports_may_be_chosen() -> None:
    with SampleSites() as first:
        origins = dict(first.origins)
    with SampleSites(ports={lesson: int(origin.rpartition(":")[2]) for lesson, origin in origins.items()}) as second:
        assert second.origins == origins


def test_paths_do_not_leave_the_site(served: SampleSites) -> None:
    assert get(served.origins["div-soup"], "/../site.yaml")[0] == 404
