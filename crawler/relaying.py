"""Which headers pass between a server and the browser that shows its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.page import Page

#: Never handed to the browser: what described the bytes on the wire, and what we send on our own terms.
WIRE_HEADERS: Final = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
    }
)
#: Headers of a script's request that are passed on; a script may add its own, which data often needs.
_NOT_PASSED: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "host",
        "if-modified-since",
        "if-none-match",
        "range",
        "user-agent",
    }
)
#: What is said of a document besides its own policy: no frames, pictures, workers; no forms, pop-ups, downloads (the sandbox).
_POLICY: Final = (
    "sandbox allow-scripts allow-same-origin; connect-src http: https:; font-src 'none'; frame-src 'none'; img-src 'none'; "
    "manifest-src 'none'; media-src 'none'; object-src 'none'; worker-src 'none'"
)


def passed(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Of the headers of a script's request, those that the server gets to see."""
    return tuple((name, value) for name, value in headers.items() if _is_passed(name, value))


def headers_of(page: Page, *, document: bool) -> dict[str, str]:
    """A fetched page's headers as the browser gets them; to those of a document our own policy is added."""
    headers: dict[str, str] = {}
    for name, value in page.headers:
        if name not in WIRE_HEADERS:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    cookies = [_without_domain(value) for name, value in page.headers if name == "set-cookie"]
    if cookies:
        headers["set-cookie"] = "\n".join(cookies)  # as playwright has several of one name
    if document:
        own = headers.get("content-security-policy")
        headers["content-security-policy"] = f"{own}, {_POLICY}" if own else _POLICY
    return headers


def _is_passed(name: str, value: str) -> bool:
    return name not in _NOT_PASSED and not name.startswith((":", "sec-", "proxy-")) and value.isprintable() and value.isascii()


def _without_domain(cookie: str) -> str:
    """A Set-Cookie header for its own host alone."""
    return ";".join(part for part in cookie.split(";") if not part.strip().lower().startswith("domain"))
