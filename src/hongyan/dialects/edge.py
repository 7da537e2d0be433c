"""The edge: the ASGI application of the API listener. HTTP in, an `Exchange` to the right dialect, its answer out.

It reads bounded bodies, turns `Refused` into the vendor's words and anything else that is raised into one log
line and the vendor's own "system error". It is one of the four places that may catch `Exception`: a bug in one
request must not reach its caller as a stack trace, nor anybody else at all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from ipaddress import ip_network
from typing import Any

import structlog

from hongyan.accept import Desk
from hongyan.accept.faults import Rehearsed
from hongyan.dialects import Dialect, Handler
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.peers import behind
from hongyan.model.reason import Reason
from hongyan.model.submission import CUT, NO_ANSWER, Answer, Exchange
from hongyan.model.tally import Tally
from hongyan.model.world import Effect

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RawHeaders = Sequence[tuple[bytes, bytes]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOG = structlog.get_logger("hongyan.api")
_CLOSE = ((b"connection", b"close"),)
_IN_VENDORS_WORDS = {429: Reason.TOO_FAST, 500: Reason.INTERNAL, 503: Reason.UNAVAILABLE}
_NOT_FOUND = Answer(
    404,
    b'{"error":{"reason":"unknown-path","message_en":"Nothing answers at this path.",'
    b'"message_zh":"\xe6\xad\xa4\xe8\xb7\xaf\xe5\xbe\x84\xe4\xb8\x8d\xe5\xad\x98\xe5\x9c\xa8\xe3\x80\x82",'
    b'"docs":"/docs/reasons#unknown-path"}}',
)


class Edge:
    """The ASGI application."""

    def __init__(
        self,
        dialects: Sequence[Dialect],
        desk: Desk,
        clock: Clock,
        tally: Tally,
        *,
        body_limit: int,
        mounts: Mapping[str, Asgi],
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        self._endpoints: dict[str, tuple[Dialect, Handler]] = {
            path: (dialect, handler) for dialect in dialects for path, handler in dialect.endpoints.items()
        }
        self._prefixes = [(prefix, dialect) for dialect in dialects for prefix in dialect.prefixes]
        self._desk, self._clock, self._tally = desk, clock, tally
        self.body_limit = body_limit
        self._mounts = mounts
        self._proxies = [ip_network(one, strict=False) for one in trusted_proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        found = self._endpoints.get(path)
        if found is not None:
            await self._asgi(found[0], found[1], scope, receive, send)
            return
        mount = self._mounts.get("/" + path.split("/", 2)[1]) if path.startswith("/") else None
        if mount is not None:
            await mount(scope, receive, send)
            return
        dialect = next((one for prefix, one in self._prefixes if path.startswith(prefix)), None)
        if dialect is None:
            await _send(send, _NOT_FOUND)
            return
        await self._asgi(dialect, _unknown_path, scope, receive, send)

    def too_large(self, path: str) -> Answer:
        """Return the words for a request line or head over the limit, before there is a request."""
        found = self._endpoints.get(path)
        dialect = found[0] if found else next((one for at, one in self._prefixes if path.startswith(at)), None)
        if dialect is None:
            return _NOT_FOUND
        exchange = self._exchange(dialect, "", path, b"", (), "")
        refused = Refused(Reason.TOO_LARGE, most=self.body_limit)
        return self._refusal(dialect, exchange, refused)

    def takes(self, path: str) -> bool:
        """Return whether a path is one of the vendors' own; fits `listener.Shortcut`."""
        return path in self._endpoints

    async def answer(
        self, method: str, path: str, query: bytes, headers: RawHeaders, body: bytes | None, peer: str
    ) -> Answer:
        """Answer a request to a path that `takes` took; a body of None was over the limit."""
        dialect, handler = self._endpoints[path]
        return await self._answered(dialect, handler, self._exchange(dialect, method, path, query, headers, peer), body)

    async def _asgi(self, dialect: Dialect, handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        peer = client[0] if client else ""
        query, headers = scope["query_string"], scope["headers"]
        exchange = self._exchange(dialect, scope["method"], scope["path"], query, headers, peer)
        try:
            body = await _body(headers, receive, self.body_limit)
        except _Gone:
            return
        answer = await self._answered(dialect, handler, exchange, body)
        if answer is NO_ANSWER:
            await _cut(scope, receive)
        else:
            await _send(send, answer, _CLOSE if body is None else ())

    async def _answered(self, dialect: Dialect, handler: Handler, exchange: Exchange, body: bytes | None) -> Answer:
        outcome = "ok"
        try:
            if body is None:
                raise Refused(Reason.TOO_LARGE, most=self.body_limit)  # noqa: TRY301 - one path for all refusals
            exchange.body = body
            answer = await handler(exchange)
        except Rehearsed as rehearsed:
            outcome = Reason.REHEARSED
            answer = self._rehearsed(dialect, exchange, rehearsed)
        except Refused as refused:
            outcome = refused.reason
            answer = self._refusal(dialect, exchange, refused)
        except Exception:  # noqa: BLE001 - the request edge: see above
            outcome = Reason.INTERNAL
            _LOG.exception("request failed", request_id=exchange.request_id, dialect=dialect.name, path=exchange.path)
            answer = self._refusal(dialect, exchange, Refused(Reason.INTERNAL))
        if exchange.slow_s:
            await asyncio.sleep(exchange.slow_s)
        self._tally.add("api_requests", dialect.name, exchange.action, outcome)
        return answer

    def _rehearsed(self, dialect: Dialect, exchange: Exchange, rehearsed: Rehearsed) -> Answer:
        """Return what a rule wants: the vendor's words for statuses that it has words for, plain HTTP for others."""
        self._desk.record(exchange, rehearsed.refusal())
        rule = rehearsed.rule
        if rule.effect is Effect.CUT:
            return NO_ANSWER
        reason = _IN_VENDORS_WORDS.get(rule.status)
        if reason is None:
            return Answer(rule.status, f"rule {rule.name}\n".encode(), (("content-type", "text/plain;charset=UTF-8"),))
        return dialect.refusal(exchange, reason, {})

    def _refusal(self, dialect: Dialect, exchange: Exchange, refused: Refused) -> Answer:
        self._desk.record(exchange, refused)
        return dialect.refusal(exchange, refused.reason, refused.facts)

    def _exchange(
        self, dialect: Dialect, method: str, path: str, query: bytes, raw_headers: RawHeaders, peer: str
    ) -> Exchange:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers}
        if len(headers) != len(raw_headers):
            headers = _joined(raw_headers)
        if self._proxies and "x-forwarded-for" in headers:
            peer = behind(peer, headers["x-forwarded-for"], self._proxies)
        return Exchange(
            request_id=dialect.mint(),
            dialect=dialect.name,
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=b"",
            peer=peer,
            received_at=self._clock.now_ms(),
        )


def _joined(raw_headers: RawHeaders) -> dict[str, str]:
    """Return headers of which some were given more than once."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class _Gone(Exception):  # noqa: N818 - not an error: the caller went away before the request was whole
    """The caller is gone; nobody is there to answer."""


async def _unknown_path(exchange: Exchange) -> Answer:
    raise Refused(Reason.UNKNOWN_PATH, path=exchange.path[:200])


async def _body(headers: RawHeaders, receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None once it is over the limit."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            return None
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        chunk = message.get("body", b"")
        if chunk:
            size += len(chunk)
            if size > limit:
                return None
            chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, and wait until it is closed: then the server expects none."""
    scope["extensions"][CUT]["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, answer: Answer, extra: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", b"%d" % len(answer.body)))
    headers.extend(extra)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
