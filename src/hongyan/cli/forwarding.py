"""Handing one callback on to a program here: the same octets, the same time, redirects as the server follows them."""

import base64
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

MOST_ANSWER = 65_536
MOST_REDIRECTS = 3
_SAME_POST = {301, 302, 307, 308}
_HEADERS = (("User-Agent", "hongyan"), ("Accept", "*/*"), ("Accept-Encoding", "identity"))


class Handed(NamedTuple):
    """What a program answered. `status` 0: nothing, and `why` says the reason."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    why: str
    took_ms: int

    def told(self) -> dict[str, Any]:
        """Return it as the server wants to hear it."""
        headers = [(name[:200], value[:2000]) for name, value in self.headers[:100]]
        body = base64.b64encode(self.body).decode()
        return {"status": self.status, "headers": headers, "body": body, "why": self.why[:200]}


def hand_on(call: Mapping[str, Any]) -> Handed:
    """Post a callback to where it says."""
    began = time.monotonic()
    try:
        status, headers, body = _followed(call, began + call["timeout_s"])
        why = ""
    except TimeoutError:
        status, headers, body, why = 0, [], b"", f"no answer within {call['timeout_s']:g} s"
    except (OSError, HTTPException, ValueError) as error:
        status, headers, body, why = 0, [], b"", f"{type(error).__name__}: {error}"
    return Handed(status, headers, body, why, round((time.monotonic() - began) * 1000))


def _followed(call: Mapping[str, Any], until: float) -> tuple[int, list[tuple[str, str]], bytes]:
    url, body = call["url"], base64.b64decode(call["body"])
    for _ in range(MOST_REDIRECTS + 1):
        status, headers, answer = _posted(url, call["headers"], body, until)
        location = next((value for name, value in headers if name.lower() == "location"), None)
        if status not in _SAME_POST or not location:
            return status, headers, answer
        url = urljoin(url, location)
    raise ValueError(f"more than {MOST_REDIRECTS} redirects")


def _posted(
    url: str, headers: list[tuple[str, str]], body: bytes, until: float
) -> tuple[int, list[tuple[str, str]], bytes]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=max(0.001, until - time.monotonic()))
    try:
        connection.putrequest(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), skip_accept_encoding=True
        )
        for name, value in (*_HEADERS, *headers, ("Content-Length", str(len(body)))):
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read(MOST_ANSWER)
    finally:
        connection.close()
