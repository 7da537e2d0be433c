"""Around every request to `/v1`: an exchange with its request id, a bounded body, safe headers, no trace on a bug."""

import secrets
from collections.abc import MutableMapping, Sequence
from ipaddress import ip_network
from typing import Any

import structlog

from hongyan.dialects.native.callers import DIALECT
from hongyan.dialects.native.refusals import refusal
from hongyan.model.clock import Clock
from hongyan.model.peers import behind
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange

_LOG = structlog.get_logger("hongyan.native")


class Envelope:
    """Around every request: an exchange with its id, a bounded body, and our own words when something breaks."""

    def __init__(self, app: Any, clock: Clock, body_limit: int, proxies: Sequence[str] = ()) -> None:
        self._app, self._clock, self._body_limit = app, clock, body_limit
        self._proxies = [ip_network(one, strict=False) for one in proxies]

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        exchange = self._exchange(scope)
        scope.setdefault("state", {})["exchange"] = exchange
        started = False

        async def send_on(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", exchange.request_id.encode()),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        body = await _body(receive, self._body_limit)
        if body is None:
            await refusal(exchange.request_id, Reason.TOO_LARGE, {"most": self._body_limit})(scope, receive, send_on)
            return
        exchange.body = body
        try:
            await self._app(scope, _once(body, receive), send_on)
        except Exception:  # noqa: BLE001 - the request edge: a bug must not reach the caller as a trace
            _LOG.exception("request failed", request_id=exchange.request_id, dialect=DIALECT, path=exchange.path)
            if not started:
                await refusal(exchange.request_id, Reason.INTERNAL, {})(scope, receive, send_on)

    def _exchange(self, scope: MutableMapping[str, Any]) -> Exchange:
        client = scope.get("client")
        peer = client[0] if client else ""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self._proxies and "x-forwarded-for" in headers:
            peer = behind(peer, headers["x-forwarded-for"], self._proxies)
        return Exchange(
            request_id=f"hy-{secrets.token_hex(12)}",
            dialect=DIALECT,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            headers=headers,
            body=b"",
            peer=peer,
            received_at=self._clock.now_ms(),
        )


async def _body(receive: Any, limit: int) -> bytes | None:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _once(body: bytes, receive: Any) -> Any:
    given = False

    async def receive_on() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_on
