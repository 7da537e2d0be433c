"""Logs: one line an event as JSON or text, on standard error; secrets and phone numbers are masked on the way.

Nothing is logged per message: what became of one is asked with `hongyan show`.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

MASK = "***"
_SECRET_NAMES = re.compile(r"secret|password|token|authorization|master_?key|appcode|appkey$|api_?key", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9A-Za-z.:_-])(\+?[0-9]{3,6})[0-9]{4}([0-9]{4})(?![0-9A-Za-z.:_-])")
_URL_PASSWORD = re.compile(r"(://[^/:@\s]*:)[^@/\s]+@")
_BEARER = re.compile(r"\b(Bearer|APPCODE|Basic) +\S+")
_IDS = frozenset({"message_id", "request_id", "submission", "id", "provider_id", "at", "ts", "timestamp"})
"""fields whose digits are no phone numbers"""


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
        processors=[*shared, renderer],
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
