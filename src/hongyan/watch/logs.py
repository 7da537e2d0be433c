"""Logs: one line an event as JSON or text, on standard error; secrets and phone numbers are masked on the way.

Nothing is logged per message: what became of one is asked with `hongyan show`.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog

MASK = "***"
_SECRET_NAMES = re.compile(r"secret|password|token|authorization|master_?key|appcode|appkey$|api_?key", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9A-Za-z.:_-])(\+?[0-9]{3,6})[0-9]{4}([0-9]{4})(?![0-9A-Za-z.:_-])")
_URL_PASSWORD = re.compile(r"(://[^/:@\s]*:)[^@/\s]+@")
_BEARER = re.compile(r"\b(Bearer|APPCODE|Basic) +\S+")
_IDS = frozenset({"message_id", "request_id", "submission", "id", "provider_id", "at", "ts", "timestamp"})
"""fields whose digits are no phone numbers"""


SAID_MOST, SAID_WITHIN_S = 20, 10.0
"""so often an event is told in so many seconds"""
_EVENTS_MOST = 1_000


def masked(text: str) -> str:
    """Return a text without the middle of phone numbers, and without passwords in it."""
    text = _URL_PASSWORD.sub(rf"\1{MASK}@", text)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    return _NUMBER.sub(r"\1****\2", text)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every value of an event: a structlog processor."""
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


class Sparing:
    """Leaves out what is said too often, so that peers who mean harm cannot fill a disk: a structlog processor.

    The first of an event after such a time says how many were left out.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: dict[Any, tuple[float, int]] = {}

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Return the event, or drop it."""
        left_out = self.left_out(event.get("event"))
        if left_out is None:
            raise structlog.DropEvent
        if left_out:
            event["left_out"] = left_out
        return event

    def left_out(self, text: Any) -> int | None:
        """Return how many of an event were left out before this one; None: this one is left out too."""
        now = self._now()
        since, times = self._said.get(text, (now, 0))
        before = 0
        if now - since >= SAID_WITHIN_S:
            before, since, times = max(0, times - SAID_MOST), now, 0
        if len(self._said) >= _EVENTS_MOST:
            self._said.clear()
        self._said[text] = since, times + 1
        return before if times < SAID_MOST else None


def configure(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging to say the same things in the same way."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    target = stream or sys.stderr
    if form == "json":
        renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=target.isatty())
    structlog.configure(
        processors=[Sparing(), *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    sparing = Sparing()
    handler.addFilter(lambda record: sparing.left_out(record.msg) is not None)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name):
        return MASK if value else value
    if isinstance(value, str):
        return value if name in _IDS else masked(value)
    if isinstance(value, Mapping):
        return {key: _redacted(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(name, one) for one in value]
    return value
