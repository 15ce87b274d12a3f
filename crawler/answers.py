"""What an answer means: a page, a redirect to somewhere, or an error. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler import targets
from crawler.content import unwanted_bytes
from crawler.politeness import retry_after
from model.errors import BadRedirect, BadStatus, InvalidAddress, UnwantedType
from model.page import NotModified, Page
from model.times import now

if TYPE_CHECKING:
    from crawler.chain import Chain
    from crawler.targets import Target
    from crawler.wire import Answer, Head

GOOD: Final = frozenset({200, 203})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED: Final = 304


def next_target(base: Target, head: Head) -> Target:
    """Where a redirect leads.

    Raises:
        BadStatus: it names no place.
        BadRedirect: not an address that may be asked.
    """
    # Headers come as Latin-1; a Location outside ASCII means UTF-8, as browsers read it.
    location = head.header("location").encode("latin-1").decode("utf-8", errors="replace")
    if not location:
        raise BadStatus(base.url, f"HTTP {head.status} without Location", status=head.status)
    try:
        return targets.join(base, location)
    except InvalidAddress as error:
        raise BadRedirect(base.url, f"redirected to {location[:200]}: {error.detail}") from error


def judged(chain: Chain, answer: Answer, spent: float) -> Page | NotModified:
    """What a last answer is.

    Raises:
        BadStatus: neither a page nor an expected 304.
        UnwantedType: the bytes are not those of a page.
    """
    url, head = chain.asked[-1], answer.head
    if head.status == _NOT_MODIFIED and chain.request.validators:
        return NotModified(url=url, chain=chain.asked, fetched_at=now(), elapsed=spent, headers=head.headers)
    if answer.body is None:
        raise BadStatus(url, status=head.status, retry_after=wait_asked(head))
    reason = unwanted_bytes(chain.request.want, answer.body)
    if reason:
        raise UnwantedType(url, reason)
    return Page(
        url=url,
        chain=chain.asked,
        status=head.status,
        headers=head.headers,
        body=answer.body,
        fetched_at=now(),
        elapsed=spent,
        moved_to=chain.moved_to,
    )


def wait_asked(head: Head) -> float | None:
    """Seconds that an answer asks to be left alone for."""
    return retry_after(head.header("retry-after"), now=now())


def sendable(validator: str) -> bool:
    """Whether a validator fits into a header line; what came out of a database may have been anything."""
    return validator.isprintable() and all(ord(character) <= 0xFF for character in validator)  # noqa: PLR2004 - Latin-1
