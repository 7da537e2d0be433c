"""A listener: uvicorn on one port, with the bounds that an open port needs and a short way for the vendors' paths.

`protocol.py` is what speaks HTTP, `direct.py` the short way. Both reach into uvicorn's httptools protocol, so uvicorn
is pinned and tests hold every bound.
"""

import asyncio
import socket
from typing import Any

import uvicorn

from hongyan.listener.direct import Shortcut
from hongyan.listener.protocol import BoundedProtocol, Bounds
from hongyan.model.errors import Misconfigured

__all__ = ["Bounds", "Listener", "Shortcut", "bound", "url_of"]

_SWEEP_S = 1.0


class Listener:
    """One port being served."""

    def __init__(
        self,
        app: Any,
        bound_socket: socket.socket,
        bounds: Bounds,
        *,
        keep_alive_s: int,
        shortcut: Shortcut | None = None,
    ) -> None:
        self._bounds = bounds
        known = {"bounds": bounds, "shortcut": shortcut, "keep_alive_s": keep_alive_s}
        config = uvicorn.Config(
            app,
            http=type("Protocol", (BoundedProtocol,), known),
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
        self.url = url_of(bound_socket)

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
                    connection.look(now)


_ALL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not bound


def url_of(held: socket.socket) -> str:
    """Return the address that a bound socket is reached at: from this machine, when it listens on all."""
    host, port = held.getsockname()[:2]
    host = _ALL.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the port; 0 picks a free one. Raises Misconfigured when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named because asyncio sets NODELAY by it
    held = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as error:
        held.close()
        reason = error.strerror or str(error)
        raise Misconfigured(f"{host}:{port}", f"cannot be listened on: {reason}.", "another port") from None
    held.setblocking(False)
    return held
