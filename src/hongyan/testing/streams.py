"""Server-sent events with the standard library: one stream, read event by event. Raises `Unreachable`."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hongyan.testing.http import Reply, Unreachable

SILENT_S = 30.0
"""our streams say something at least every ten seconds"""


class Event(NamedTuple):
    """One event."""

    kind: str
    data: Any
    id: str


class Refusal(Exception):  # noqa: N818 - what the reader thinks: it was refused
    """The server answers with something else than a stream."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status}")
        self.reply = reply


@contextmanager
def stream(url: str, headers: Mapping[str, str], last_id: str = "") -> Iterator[Iterator[Event]]:
    """Open a stream; `last_id` goes on behind an event. Raises Unreachable, also when it is cut, and Refusal."""
    asked = dict(headers) | {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
    parts = urlsplit(url)
    ours = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if ours else []))
    where = f"{parts.scheme}://{parts.netloc}"
    try:
        with opener.open(urllib.request.Request(url, headers=asked), timeout=SILENT_S) as response:  # noqa: S310 - the client's own address
            yield _events(response)
    except urllib.error.HTTPError as error:
        with error:
            raise Refusal(Reply(error.code, error.read(), {}, url)) from None
    except (urllib.error.URLError, HTTPException, TimeoutError, OSError) as error:
        why = getattr(error, "reason", None) or error
        raise Unreachable(f"{where} does not answer: {why}") from None


def _events(lines: Any) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line:
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            yield Event(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id", ""))
            fields = {}
