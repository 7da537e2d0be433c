"""The short way: requests to the vendors' paths are answered below ASGI, in one write.

What ASGI costs a request (a scope, two queues' worth of events, two writes) is more than our own edge costs. Only the
edge's exact paths go this way; everything else, and everything when the setting `below_asgi` is off, goes through ASGI.
"""

from collections.abc import Awaitable, Sequence
from http import HTTPStatus
from typing import NamedTuple, Protocol

from hongyan.model.submission import Answer

Headers = Sequence[tuple[bytes, bytes]]


class Shortcut(Protocol):
    """What answers below ASGI: the edge."""

    body_limit: int

    def takes(self, path: str) -> bool:
        """Return whether requests to this path may come the short way."""
        ...

    def answer(
        self, method: str, path: str, query: bytes, headers: Headers, body: bytes | None, peer: str
    ) -> Awaitable[Answer]:
        """Return the answer; `body` is None when it was over the limit. Never raises."""
        ...


class Asked(NamedTuple):
    """One request that has arrived whole."""

    method: str
    path: str
    query: bytes
    headers: Headers
    keep_alive: bool
    chunks: list[bytes]

    def body(self) -> bytes:
        """Return the body."""
        chunks = self.chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def written(answer: Answer, fixed: bytes, method: str, *, keep_alive: bool) -> bytes:
    """Return an answer as it goes over the wire. `fixed`: header lines that every answer has."""
    status, body, headers = answer
    head = _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"
    # not kept: most answers have a request id among their headers, so no two are alike
    for name, value in headers:
        head += f"{name}: {value}\r\n"
    return b"%b%bcontent-length: %d\r\n%b\r\n%b" % (
        head.encode("latin-1"),
        fixed,
        len(body),
        b"" if keep_alive else b"connection: close\r\n",
        b"" if method == "HEAD" else body,
    )


_STATUS_LINES = {int(one): f"HTTP/1.1 {one.value} {one.phrase}\r\n" for one in HTTPStatus}
