"""A receiver of callbacks in a process of its own: takes everything, counts the receipts in it.

    python bench/receiver.py --ready-file F

GET /count says how many. A POST counts its receipts (`"state"` in JSON), any other GET (Kannel's dlr-url) is one.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import cast

import uvloop

_TAKEN = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\ncontent-type: text/plain\r\n\r\nsuccess"


class Receiving(asyncio.Protocol):
    """One connection."""

    counted = 0

    def __init__(self) -> None:
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        out = []
        while True:
            head, found, after = data.partition(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if not found or len(after) < length:
                break
            body, data = after[:length], after[length:]
            if head.startswith(b"GET /count "):
                said = b"%d" % Receiving.counted
                out.append(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(said), said))
                continue
            Receiving.counted += body.count(b'"state"') if body else 1
            out.append(_TAKEN)
        self.rest = data
        if out:
            self.transport.write(b"".join(out))


async def receive(ready: Path) -> None:
    """Listen on a free port until SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(Receiving, "127.0.0.1", 0)
    beside = ready.with_suffix(".new")
    beside.write_text(json.dumps({"port": server.sockets[0].getsockname()[1]}))
    beside.rename(ready)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready-file", type=Path, required=True)
    uvloop.run(receive(parser.parse_args().ready_file))
