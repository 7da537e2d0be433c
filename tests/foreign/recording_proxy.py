"""A TCP proxy on loopback that keeps what one side says: what we put on a wire, for others to read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hongyan.wire import frames


class Recording:
    """Octets of callers, a stream a connection, in the order of the connections."""

    def __init__(self) -> None:
        self.port = 0
        self.streams: list[bytearray] = []

    def pdus(self, least: int, most: int) -> list[bytes]:
        """Return what callers said, PDU by PDU; nothing may be left over."""
        out: list[bytes] = []
        for stream in self.streams:
            found, taken = frames(bytes(stream), least, most)
            assert taken == len(stream), bytes(stream[taken:])
            out += found
        return out


@asynccontextmanager
async def recorded(port: int) -> AsyncIterator[Recording]:
    """Pass everything on to that port and back."""
    recording = Recording()
    passing: set[asyncio.Task[None]] = set()

    async def pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter, keep: bytearray | None) -> None:
        try:
            while octets := await source.read(1 << 16):
                if keep is not None:
                    keep += octets
                to.write(octets)
                await to.drain()
        except ConnectionError:
            pass
        finally:
            to.close()

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        stream = bytearray()
        recording.streams.append(stream)
        for task in (
            asyncio.create_task(pass_on(reader, back, stream)),
            asyncio.create_task(pass_on(there, writer, None)),
        ):
            passing.add(task)
            task.add_done_callback(passing.discard)

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    recording.port = server.sockets[0].getsockname()[1]
    try:
        yield recording
    finally:
        server.close()
        while passing:
            await asyncio.wait(passing, timeout=20)
