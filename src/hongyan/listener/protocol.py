"""HTTP on one connection: uvicorn's httptools protocol with bounds, and with the short way of direct.py.

Bounds: the request head (line and headers), the time to send a whole request, connections, bodies on the short
way. Requests on one connection are answered in the order they came, whichever way they go.
"""

import asyncio
import re
import resource
from collections import deque
from collections.abc import Callable
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hongyan.listener.direct import Asked, Shortcut, written
from hongyan.model.errors import Misconfigured
from hongyan.model.submission import CUT, NO_ANSWER, Answer
from hongyan.model.tally import Tally

_SPARE_FILES = 256
"""file handles kept for the database, carriers and callbacks"""
_LINGER_S = 2.0
_PIPELINED_MOST = 16
"""requests of one connection that wait before it is read no further"""
_UPGRADE = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n|$)", re.IGNORECASE)


class Bounds:
    """What a caller may take of us."""

    def __init__(
        self, *, head_bytes: int, deadline_s: float, connections: int, too_large: Callable[[str], Answer], tally: Tally
    ) -> None:
        self.head_bytes, self.deadline_s = head_bytes, deadline_s
        self.connections = min(connections, allowed_connections())
        self.too_large, self.tally = too_large, tally


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A subclass with the first three fields set is made for each listener."""

    bounds: Bounds
    shortcut: Shortcut | None
    keep_alive_s: float

    began_at: float | None = None
    """loop time at which an unfinished request began"""
    idle_since: float | None = None
    """loop time since which nothing was asked, after an answer on the short way"""
    head_seen = 0
    """bytes of an unfinished head; -1 while a body is read"""
    asked: Asked | None = None
    """a request on the short way whose body is still coming"""
    body_seen = 0
    under_way = False
    answering: asyncio.Task[None]
    """the task of the request that is under way, or of the last one"""
    ending = False
    """the program ends: close after what is owed"""
    lingers_until: float | None = None
    """loop time until which a refused caller may go on sending into the void"""
    ignoring = False
    """what comes now is not read: the connection closes after the answers it still has to give"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn types it
        """Take a connection unless there are too many."""
        super().connection_made(transport)
        self.began_at = self.loop.time()
        self.waiting: deque[Asked] = deque()
        self.line: list[bytes] = []
        if len(self.connections) > self.bounds.connections:
            self.bounds.tally.add("connections_refused", "connections")
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, watching the size of the head."""
        if self.transport.is_closing() or self.ignoring:
            return
        if self.began_at is None:
            self.began_at = self.loop.time()
        self.idle_since = None
        if self.head_seen >= 0:
            self.head_seen += len(data)
            if b"h2c" in data:
                data = _without_upgrade(data)
        super().data_received(data)
        if self.head_seen > self.bounds.head_bytes:
            self._refuse()

    # --- what the parser finds
    def on_message_begin(self) -> None:
        """Begin a request. What only ASGI needs is made when that way is chosen."""
        self.headers = []
        self.expect_100_continue = False
        self.line = []

    def on_url(self, url: bytes) -> None:
        """Collect the request line, which may be megabytes in many pieces."""
        self.line.append(url)

    def on_headers_complete(self) -> None:
        """Choose the way. From here on the body's bound counts."""
        if self.ignoring:
            return
        self.head_seen = -1
        target, _, query = b"".join(self.line).partition(b"?")
        query = query.partition(b"#")[0]
        path = target.decode("latin-1")
        if "%" in path:
            path = unquote(path)
        if self.shortcut is not None and self.shortcut.takes(path) and not self.parser.should_upgrade():
            self._begin_direct(path, query)
        elif self.under_way or self.waiting:
            self.ignoring = True  # ASGI cannot queue behind the short way: close after what is owed
        else:
            headers, expect_100_continue = self.headers, self.expect_100_continue
            super().on_message_begin()
            self.headers = self.scope["headers"] = headers
            self.expect_100_continue = expect_100_continue
            self.url = target  # uvicorn's URL parser counts in 16 bits, so it gets the path alone
            super().on_headers_complete()
            self.scope["query_string"] = query
            self.scope["extensions"] = {CUT: {"close": self.transport.close}}

    def on_body(self, body: bytes) -> None:
        """Collect, within the bound."""
        if self.asked is None:
            if not self.ignoring:
                super().on_body(body)
            return
        self.body_seen += len(body)
        if self.shortcut is not None and self.body_seen > self.shortcut.body_limit:
            self._end_direct(too_large=True)
        else:
            self.asked.chunks.append(body)

    def on_message_complete(self) -> None:
        """Note that the caller has sent everything."""
        self.began_at = None
        self.head_seen = 0
        if self.asked is not None:
            self._end_direct(too_large=False)
        elif not self.ignoring:
            super().on_message_complete()

    # --- the short way
    def _begin_direct(self, path: str, query: bytes) -> None:
        keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        method = self.parser.get_method().decode("ascii")
        self.asked, self.body_seen = Asked(method, path, query, self.headers, keep_alive, []), 0
        if self.shortcut is not None and _announced(self.headers) > self.shortcut.body_limit:
            self._end_direct(too_large=True)
        elif self.expect_100_continue and not self.under_way and self._asgi_is_idle():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _end_direct(self, *, too_large: bool) -> None:
        asked, self.asked = self.asked, None
        assert asked is not None
        if too_large:
            self.ignoring = True
            asked = asked._replace(keep_alive=False, chunks=[_OVER])
        self.waiting.append(asked)
        if len(self.waiting) > _PIPELINED_MOST:
            self.flow.pause_reading()
        self._answer_next()

    def _asgi_is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def on_response_complete(self) -> None:
        """Go on after an answer that went through ASGI."""
        super().on_response_complete()
        self._answer_next()

    def _answer_next(self) -> None:
        if self.waiting and not self.under_way and self._asgi_is_idle() and not self.transport.is_closing():
            self.under_way = True
            self._unset_keepalive_if_required()
            self.answering = self.loop.create_task(self._answer(self.waiting.popleft()))
            self.tasks.add(self.answering)

    async def _answer(self, asked: Asked) -> None:
        assert self.shortcut is not None
        task = self.answering
        try:
            body = None if asked.chunks and asked.chunks[0] is _OVER else asked.body()
            peer = self.client[0] if self.client else ""
            answer = await self.shortcut.answer(asked.method, asked.path, asked.query, asked.headers, body, peer)
            self.under_way = False
            if self.transport.is_closing():
                return
            if answer is NO_ANSWER:
                self.waiting.clear()
                self.transport.close()
                return
            if self.flow.write_paused:
                await self.flow.drain()
            self._say(asked, answer)
        finally:
            self.tasks.discard(task)  # here, as a callback of the task would cost another turn of the loop

    def _say(self, asked: Asked, answer: Answer) -> None:
        last = not asked.keep_alive or ((self.ignoring or self.ending) and not self.waiting)
        fixed = _fixed(self.server_state.default_headers)
        self.transport.write(written(answer, fixed, asked.method, keep_alive=not last))
        self.server_state.total_requests += 1
        if last:
            self._close_kindly()
            return
        self.flow.resume_reading()
        if self.waiting:
            self._answer_next()
        else:
            self.idle_since = self.loop.time()

    # --- endings
    def shutdown(self) -> None:
        """Close at once when nothing is owed, else after it was given."""
        if self.under_way or self.waiting:
            self.ending = True
        else:
            super().shutdown()

    def look(self, now: float) -> None:
        """Close when a request has been on its way, or nothing asked, for too long."""
        if self.lingers_until is not None:
            if now > self.lingers_until:
                self.transport.close()
        elif self.began_at is not None and now - self.began_at > self.bounds.deadline_s:
            self.bounds.tally.add("connections_refused", "deadline")
            self.transport.abort()
        elif self.idle_since is not None and now - self.idle_since > self.keep_alive_s:
            self.transport.close()

    def _refuse(self) -> None:
        self.bounds.tally.add("connections_refused", "head")
        path = b"".join(self.line)[:2000].partition(b"?")[0].decode("latin-1")
        self.transport.write(written(self.bounds.too_large(path), b"", "", keep_alive=False))
        self.ignoring = True
        self._close_kindly()

    def _close_kindly(self) -> None:
        """Close; while the caller still sends, drop that for a moment first, or a reset would eat our answer."""
        if self.ignoring and self.transport.can_write_eof():
            self.transport.write_eof()
            self.lingers_until = self.loop.time() + _LINGER_S
        else:
            self.transport.close()


_OVER = b"over the limit"
"""stands in the place of a body that was too large; told apart by identity"""
_LAST_FIXED: list[tuple[list[tuple[bytes, bytes]], bytes]] = [([], b"")]


def _announced(headers: list[tuple[bytes, bytes]]) -> int:
    """Return the length that a head announces; the parser has refused lengths that are not numbers."""
    for name, value in headers:
        if name == b"content-length":
            return int(value[:20])
    return 0


def _fixed(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Return uvicorn's default header lines (the date), joined anew only when it has put another list in place."""
    known, lines = _LAST_FIXED[0]
    if known is not headers:
        lines = b"".join(b"%b: %b\r\n" % one for one in headers)
        _LAST_FIXED[0] = headers, lines
    return lines


def allowed_connections() -> int:
    """Return how many connections the limit of open files leaves, after raising it as far as it goes.

    Raises Misconfigured when it leaves none.
    """
    files = _files_allowed()
    if files <= _SPARE_FILES:
        raise Misconfigured(
            "open files",
            f"at most {files}, and {_SPARE_FILES} of them are for the database, carriers and callbacks.",
            "ulimit -n 16384",
        )
    return files - _SPARE_FILES


def _files_allowed() -> int:
    """Raise the soft limit of open files to the hard one; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft


def _without_upgrade(data: bytes) -> bytes:
    """Return a request without its offer to go on in HTTP/2, as Java's own client makes it with every request.

    We may pass over the offer; the parser would take it for the end of the request, and the body for something else.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"", head) + end + body
