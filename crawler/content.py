"""Which kinds of content each kind of request takes."""

from __future__ import annotations

from typing import Final

from model.page import Want

#: What is sent as Accept.
ACCEPT: Final = {
    Want.PAGE: "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.1",
    Want.FEED: "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    Want.SITEMAP: "application/xml,text/xml,text/plain;q=0.8,*/*;q=0.5",
    Want.ROBOTS: "text/plain,*/*;q=0.5",
    Want.PART: "*/*",
}

#: Types that can hold an article's page. Old sites serve XHTML as XML; "" is a server that says nothing.
_PAGE_TYPES: Final = {
    "",
    "application/vnd.wap.xhtml+xml",
    "application/xhtml+xml",
    "application/xml",
    "text/html",
    "text/plain",
    "text/xml",
}
#: Never a feed or sitemap, however lenient one is (those come as text/html, application/octet-stream, application/gzip ...).
_NEVER_LISTS: Final = ("audio/", "font/", "image/", "video/", "application/pdf")
#: First bytes of what is served as text now and then and is not: file name extensions lie, and so do types made from them.
_BINARY: Final = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"RIFF", "RIFF"),
    (b"\x00\x00\x00", "binary"),
)
#: UTF-32 big endian begins with three bytes that look binary.
_UTF32_BE: Final = b"\x00\x00\xfe\xff"


def unwanted_type(want: Want, content_type: str) -> str | None:
    """What is wrong with a declared media type (lower case, without parameters); None when it is taken."""
    match want:
        case Want.PAGE:
            wanted = content_type in _PAGE_TYPES
        case Want.FEED | Want.SITEMAP:
            wanted = not content_type.startswith(_NEVER_LISTS)
        case Want.ROBOTS | Want.PART:
            wanted = True
    return None if wanted else f"content type {content_type[:60]}"


def unwanted_bytes(want: Want, body: bytes) -> str | None:
    """What is wrong with a page's first bytes, whatever its type says; None when nothing is."""
    if want is not Want.PAGE or body.startswith(_UTF32_BE):
        return None
    return next((f"the body is {name}" for magic, name in _BINARY if body.startswith(magic)), None)
