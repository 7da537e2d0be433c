"""Receivers of webhooks, good and bad: real sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Handle = Callable[["Receiver", asyncio.StreamWriter, bytes], Awaitable[bool]]


class Receiver:
    """A little HTTP server that remembers what it got and answers as its `handle` says."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.url = ""
        self.bodies: list[bytes] = []
        self.lines: list[str] = []
        self.connections = 0
        self.released = asyncio.Event()
        """what a slow handle waits for"""
        self.came = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def until(self, n: int) -> None:
        """Wait for n requests in all."""
        async with asyncio.timeout(10), self.came:
            await self.came.wait_for(lambda: len(self.bodies) >= n)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((int(x[15:]) for x in head.lower().split("\r\n") if x[:15] == "content-length:"), 0)
                body = await reader.readexactly(length)
                async with self.came:
                    self.lines.append(head.split("\r\n", 1)[0])
                    self.bodies.append(body)
                    self.came.notify_all()
                if not await self.handle(self, writer, body):
                    break
                await writer.drain()
        self._tasks.discard(task)
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


@asynccontextmanager
async def receiver(handle: Handle) -> AsyncIterator[Receiver]:
    """Serve on a free port of loopback."""
    made = Receiver(handle)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/dr"
    try:
        yield made
    finally:
        server.close()
        await made.close()
        await server.wait_closed()


def answering(text: bytes, status: int = 200, headers: bytes = b"") -> Handle:
    """Answer every request the same."""

    async def handle(_: Receiver, writer: asyncio.StreamWriter, _body: bytes) -> bool:
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(text), headers, text))
        return True

    return handle


async def never(of: Receiver, _writer: asyncio.StreamWriter, _body: bytes) -> bool:
    """Say nothing until released."""
    await of.released.wait()
    return False


async def hang_up(_of: Receiver, _writer: asyncio.StreamWriter, _body: bytes) -> bool:
    """Close without a word."""
    return False
