"""Logs for those who run a daemon: structlog's only door."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import structlog

from model.outcome import Failed, Skipped

if TYPE_CHECKING:
    from model.errors import PageError
    from model.outcome import Outcome
    from model.source import Endpoint
    from newsmill.progress import Tally
    from storage.values import PollSaved


def set_up(*, as_json: bool) -> None:
    """Log to standard error: one JSON object a line, or readable lines for people."""
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _one_line,
            structlog.processors.format_exc_info,
            render,
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def logger() -> structlog.typing.FilteringBoundLogger:
    """Where to log to."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return log


def _one_line(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ANN401 - structlog's signature
    """Control characters that a page or a server put into a value cannot forge lines or colours."""
    return {key: _plain(value) if isinstance(value, str) else value for key, value in event.items()}


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


class LogObserver:
    """Tells a run to the log."""

    def __init__(self) -> None:
        self._log = logger()

    def polled(self, source: str, endpoint: Endpoint, saved: PollSaved, error: PageError | None) -> None:
        """An endpoint was visited."""
        if error is not None:
            self._log.warning("endpoint failed", source=source, url=endpoint.url, error=error.code, detail=error.detail)
        elif saved.new or saved.changed:
            self._log.info("links found", source=source, url=endpoint.url, new=saved.new, changed=saved.changed)

    def visited(self, source: str, outcome: Outcome) -> None:
        """A page was visited."""
        kind = type(outcome).__name__.lower()
        match outcome:
            case Failed():
                self._log.warning("page failed", source=source, url=outcome.url, error=outcome.error, detail=outcome.detail)
            case Skipped():
                self._log.info("page skipped", source=source, url=outcome.url, reason=outcome.reason, detail=outcome.detail)
            case _:
                self._log.info("page", source=source, url=outcome.url, outcome=kind)

    def waiting(self, source: str, pages: int) -> None:
        """So many pages are due."""
        self._log.info("pages due", source=source, pages=pages)

    def finished(self, source: str, tally: Tally) -> None:
        """The source is done for now."""
        self._log.info(
            "source done", source=source, **{key: value for key, value in tally.plain().items() if value and key != "reasons"}
        )
