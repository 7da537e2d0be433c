"""The ways in beside the HTTP listener of this process: customers over SMPP, and fronts."""

import errno
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

from hongyan.accept.pieces import Pieces
from hongyan.assemble.core import CALLS
from hongyan.assemble.road import Road
from hongyan.dialects.smpp import SmppServer
from hongyan.listener.crew import Crew
from hongyan.model.errors import Misconfigured
from hongyan.model.ids import IdMint
from hongyan.report.cancel import Cancelling
from hongyan.report.pull import Pull
from hongyan.session.tls import server_tls
from hongyan.settings import Settings
from hongyan.store.relay.door import Door


async def smpp(
    stack: AsyncExitStack, settings: Settings, road: Road, ids: IdMint, *, demo: bool
) -> dict[str, tuple[str, int]]:
    """Listen for customers who bind over SMPP, where the settings say so; return the addresses."""
    ports = {"smpp": settings.smpp_port, "smpp-tls": settings.smpp_tls_port}
    if all(port < 0 for port in ports.values()):
        return {}
    part = road.reception
    server = SmppServer(
        part.desk,
        Pieces(road.store, road.clock, ids.mint),
        Pull(road.store, road.clock),
        Cancelling(road.store, road.current, road.clock, ids.mint, road.pusher.wake),
        road.doors,
        road.clock,
        road.current,
        road.tally,
        road.chance,
    )
    stack.push_async_callback(server.close)
    road.current.on_change(server.world_changed)
    server.chores.start()
    addresses = {}
    for name, port in ports.items():
        if port >= 0:
            tls = None
            if name == "smpp-tls":
                tls = server_tls("smpp_tls_cert", certificate=settings.smpp_tls_cert, key=settings.smpp_tls_key)
            try:
                addresses[name] = settings.smpp_host, await server.listen(settings.smpp_host, port, tls)
            except OSError as error:
                if demo and error.errno == errno.EADDRINUSE:  # a second dev on this machine
                    addresses[name] = settings.smpp_host, await server.listen(settings.smpp_host, 0, tls)
                    continue
                where = f"{settings.smpp_host}:{port}"
                raise Misconfigured(where, f"cannot listen ({error.strerror or error}).", "another smpp_port") from None
    return addresses


async def crew(
    stack: AsyncExitStack, settings: Settings, road: Road, listening: socket, node: int, *, demo: bool
) -> Crew:
    """Return the fronts, not yet started, once the core is there for them."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="hongyan-")))  # a socket's path must be short
    core = folder / "core"
    told: dict[str, Callable[..., Awaitable[Any]]] = {name: getattr(road.core, name) for name in CALLS}
    door = Door(road.store, road.outlet, road.clock, settings.lease_ms, road.tally, told)
    await door.open(core)
    road.resetting.entrances.append(door)
    stack.push_async_callback(door.close)
    start = {"settings": settings.model_dump(mode="json"), "node": node, "demo": demo}
    return Crew(settings.fronts, listening, core, start)
