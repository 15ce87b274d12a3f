"""What a site offers, as `newsmill discover` tells it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import yaml
from loopback import Reply, Site
from typer.testing import CliRunner

from model.errors import BadStatus, PageError
from newsmill.cli import app
from newsmill.config import Settings
from newsmill.surveying import Survey, survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import Hit

PASS = "open sesame"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site at two addresses that answers only those who know the word."""
    served = Site("127.0.0.1", "127.0.0.2")
    served.start()
    feed = f"<rss version='2.0'><channel><item><link>{served.url('/2026/11/22/story')}</link></item></channel></rss>"

    def answer(body: str, kind: str) -> None:
        def answering(hit: Hit) -> Reply:
            let_in = hit.headers.get("x-pass") == PASS
            return Reply(body=body.encode(), content_type=kind) if let_in else Reply(status=403)

        served.route("/feed.xml" if "xml" in kind else "/", answering)

    answer("<html><link rel=alternate type=application/rss+xml href=/feed.xml>", "text/html")
    answer(feed, "application/xml")
    yield served
    served.close()


def document(site: Site, **source: object) -> dict[str, object]:
    entry = {"name": "paper", "url": site.url("/"), "headers": {"X-Pass": PASS}} | source
    fetch = {"delay": "0s", "networks": ["127.0.0.0/8"]}
    return {"contact": "test@localhost", "fetch": fetch, "sources": [entry]}


def surveyed(site: Site, url: str = "", **source: object) -> Survey:
    return asyncio.run(survey(Settings.model_validate(document(site, **source)), url or site.url("/")))


def test_a_site_of_the_configuration_is_asked_as_its_source_asks_it(site: Site) -> None:
    found = surveyed(site)
    assert found.entry() == {"name": "paper", "url": site.url("/"), "feeds": [site.url("/feed.xml")]}
    assert {hit.headers.get("x-pass") for hit in site.log} == {PASS}
    assert PASS not in found.as_yaml()


def test_another_site_gets_nothing_of_it(site: Site) -> None:
    other = site.url("/", host="127.0.0.2")
    with pytest.raises(BadStatus, match="403"):
        surveyed(site, other)
    assert {hit.headers.get("x-pass") for hit in site.log} == {None}


def test_a_proxy_of_the_source_is_gone_through(site: Site) -> None:
    """There is none at that address, so nothing can be read, and the site itself is never asked."""
    with pytest.raises(PageError, match="proxy"):
        surveyed(site, proxy="http://127.0.0.9:9")
    assert not site.log


def test_the_command_prints_an_entry_that_can_be_pasted(site: Site, tmp_path: Path) -> None:
    long = "/feed.xml?" + "x" * 150
    site.page("/", f"<html><link rel=alternate type=application/rss+xml href='{long}'>".encode())
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(document(site)))
    done = CliRunner().invoke(app, ["discover", site.url("/"), "--config", str(tmp_path / "config.yaml")])
    assert (done.exit_code, yaml.safe_load(done.stdout)) == (
        0,
        [{"name": "paper", "url": site.url("/"), "feeds": [site.url(long)]}],
    )
