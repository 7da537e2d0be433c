"""A listener: uvicorn on one port, with the bounds that an open port needs.

Bounds: request head (line and headers), time to send a whole request, connections. Bodies are bounded by the
edge. Reaches into uvicorn's httptools protocol, so uvicorn is pinned and tests hold every bound.
"""

import asyncio
import resource
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hongyan.model.errors import Misconfigured
from hongyan.model.submission import Answer
from hongyan.model.tally import Tally

_SWEEP_S = 1.0
_SPARE_FILES = 256
"""file handles kept for the database, carriers and callbacks"""


class Bounds:
    """What a caller may take of us."""

    def __init__(
        self, *, head_bytes: int, deadline_s: float, connections: int, too_large: Callable[[str], Answer], tally: Tally
    ) -> None:
        self.head_bytes, self.deadline_s = head_bytes, deadline_s
        self.connections = min(connections, _files_allowed() - _SPARE_FILES)
        self.too_large, self.tally = too_large, tally


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with bounds. A subclass with `bounds` set is made for each listener."""

    bounds: Bounds
    began_at: float | None = None
    """loop time at which an unfinished request began"""
    head_seen = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn types it
        """Take a connection unless there are too many."""
        super().connection_made(transport)
        self.began_at = self.loop.time()
        if len(self.connections) > self.bounds.connections:
            self.bounds.tally.add("connections_refused", "connections")
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, watching the size of the head."""
        if self.transport.is_closing():
            return
        if self.began_at is None:
            self.began_at = self.loop.time()
        if self.head_seen >= 0:
            self.head_seen += len(data)
        super().data_received(data)
        if self.head_seen > self.bounds.head_bytes:
            self._refuse()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.line: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        """Collect the request line, which may be megabytes in many pieces."""
        self.line.append(url)

    def on_headers_complete(self) -> None:
        """Begin to answer: from here on the body's bound counts.

        uvicorn's URL parser counts in 16 bits, so it gets the path alone.
        """
        self.head_seen = -1
        target, _, query = b"".join(self.line).partition(b"?")
        self.url = target
        super().on_headers_complete()
        self.scope["query_string"] = query.partition(b"#")[0]

    def on_message_complete(self) -> None:
        """Note that the caller has sent everything."""
        self.began_at = None
        self.head_seen = 0
        super().on_message_complete()

    def overdue(self, now: float) -> None:
        """Close when a request has been under way for too long."""
        if self.began_at is not None and now - self.began_at > self.bounds.deadline_s:
            self.bounds.tally.add("connections_refused", "deadline")
            self.transport.abort()

    def _refuse(self) -> None:
        self.bounds.tally.add("connections_refused", "head")
        path = b"".join(getattr(self, "line", ()))[:2000].partition(b"?")[0].decode("latin-1")
        answer = self.bounds.too_large(path)
        head = [f"HTTP/1.1 {answer.status} ", "\r\n", f"content-length: {len(answer.body)}\r\nconnection: close\r\n"]
        head += [f"{name}: {value}\r\n" for name, value in answer.headers]
        self.transport.write("".join((*head, "\r\n")).encode("latin-1") + answer.body)
        self.transport.close()


class Listener:
    """One port being served."""

    def __init__(self, app: Any, bound_socket: socket.socket, bounds: Bounds, *, keep_alive_s: int) -> None:
        self._bounds = bounds
        protocol = type("Protocol", (BoundedProtocol,), {"bounds": bounds})
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=keep_alive_s,
            timeout_graceful_shutdown=5,
            backlog=2048,
        )
        self._socket = bound_socket
        self._server = uvicorn.Server(config)
        self._tasks: list[asyncio.Task[None]] = []
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def start(self) -> None:
        """Begin to listen; when this returns, connections are taken."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._serve()), loop.create_task(self._sweep())]
        while not self._server.started:
            if self._tasks[0].done():
                self._tasks[0].result()
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        """Take no more connections, answer what was asked, close."""
        self._server.should_exit = True
        serving, sweeping = self._tasks
        await serving
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)

    async def _serve(self) -> None:
        # not `serve()`: signals are the program's business, not a listener's
        await self._server._serve(sockets=[self._socket])  # noqa: SLF001 - see the module's docstring

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(_SWEEP_S, self._bounds.deadline_s / 4))
            now = asyncio.get_running_loop().time()
            for connection in list(self._server.server_state.connections):
                if isinstance(connection, BoundedProtocol):
                    connection.overdue(now)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the port; 0 picks a free one. Raises Misconfigured when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # the protocol: asyncio sets NODELAY by it
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as error:
        held.close()
        reason = error.strerror or str(error)
        raise Misconfigured(f"{host}:{port}", f"cannot be listened on: {reason}.", "another port") from None
    held.setblocking(False)
    return held


def _files_allowed() -> int:
    """Raise the soft limit of open files to the hard one; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft
