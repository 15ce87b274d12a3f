"""Articles that a feed carries inside it travel with their link."""

from __future__ import annotations

import json

import pytest
from pages import served

from crawler.enclosed import LONGEST
from crawler.feeds import read_feed

RSS = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>{}</item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/>{}</entry></feed>'
LINK = "<link>http://news.example/a</link>"
XHTML = "<div xmlns='http://www.w3.org/1999/xhtml'><p>X &amp; y</p></div>"
LONG = "&lt;p&gt;A paragraph of the story itself.&lt;/p&gt; " * 60


def content(feed: str, kind: str = "application/xml") -> str | None:
    (link,) = read_feed(served(feed.encode(), kind))
    return link.content


@pytest.mark.parametrize(
    ("feed", "body"),
    [
        (RSS.format(LINK), None),
        (RSS.format(f"{LINK}<description>A teaser.</description>"), None),
        (RSS.format(f"{LINK}<content:encoded><![CDATA[<p>All &amp; <b>it]]></content:encoded>"), "<p>All &amp; <b>it"),
        (RSS.format(f"{LINK}<description>{LONG}</description>"), "<p>A paragraph of the story itself.</p> " * 60),
        (RSS.format(f"{LINK}<description>{LONG}</description><content:encoded>&lt;p&gt;Short.</content:encoded>"), "<p>Short."),
        (ATOM.format("<content type='html'>&lt;p&gt;Whole.&lt;/p&gt;</content>"), "<p>Whole.</p>"),
        (ATOM.format("<content type='text'>1 &lt; 2\n\nThree.</content>"), "<p>1 &lt; 2</p><p>Three.</p>"),
        (ATOM.format("<content type='image/png'>aGVsbG8=</content>"), None),
        (ATOM.format("<content src='http://news.example/b'/>"), None),
        (ATOM.format(f"<content type='xhtml'>{XHTML}</content>"), "<p>X &amp; y</p>"),
    ],
)  # fmt: skip
def test_bodies_of_xml_feeds(feed: str, body: str | None) -> None:
    found = content(feed)
    assert (found.strip() if found else found) == (body.strip() if body else body)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, None),
        ({"content_html": "<p>Whole.</p>"}, "<p>Whole.</p>"),
        ({"content_text": "One & two.\r\n\r\nThree."}, "<p>One &amp; two.</p><p>Three.</p>"),
        ({"content_html": 7}, None),
    ],
)
def test_bodies_of_json_feeds(fields: dict[str, object], body: str | None) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "http://news.example/a"} | fields]}
    assert content(json.dumps(feed), "application/feed+json") == body


def test_a_body_without_end_is_left_out_rather_than_cut() -> None:
    assert content(ATOM.format(f"<content type='html'>{'x' * (LONGEST + 1)}</content>")) is None


def test_a_link_does_not_print_its_body() -> None:
    (link,) = read_feed(served(ATOM.format("<content type='html'>the whole story</content>").encode()))
    assert "whole story" not in repr(link)
