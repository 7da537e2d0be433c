"""Opens a page of an ASGI app in memory."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message


class Visited(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str


Visit = Callable[..., Awaitable[Visited]]


def visitor(app: ASGIApp) -> Visit:
    """Return a coroutine function that asks for a path."""

    async def visit(path: str, headers: dict[str, str] | None = None, *, method: str = "GET") -> Visited:
        where, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in ({"host": "127.0.0.1:8050"} | (headers or {})).items()
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8050),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)
        start = sent[0]
        answered = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Visited(start["status"], answered, body.decode())

    return visit
