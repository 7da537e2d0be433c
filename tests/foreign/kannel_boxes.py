"""Kannel's two boxes on free ports with a gateway as their carrier, and an ear for what they tell over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from foreign_peers import program
from simulators.rehearsal import PATIENCE_S, until

CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-level = 3
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = simulated
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = hongyan
smsc-password = {password}
system-type = ""
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-level = 3

group = sendsms-user
username = user
password = pass
concatenation = true
max-messages = 10

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{ear}/mo?from=%p&to=%P&text=%b"
max-messages = 0
"""


class Kannel:
    """What is sent through it, and what it told."""

    def __init__(self, sendsms: int) -> None:
        self._sendsms, self.ear = sendsms, 0
        self.receipts: list[dict[str, str]] = []
        self.replies: list[dict[str, str]] = []

    async def send(self, to: str, **more: str | int) -> str:
        """Ask for one message with receipts; return what Kannel answered."""
        told = f"http://127.0.0.1:{self.ear}/dlr?type=%d&to=%p&said=%A"
        asked: dict[str, str | int] = {"username": "user", "password": "pass", "from": "10690001", "to": to}
        asked |= {"charset": "UTF-8", "dlr-mask": 3, "dlr-url": told, **more}
        reader, writer = await asyncio.open_connection("127.0.0.1", self._sendsms)
        writer.write(f"GET /cgi-bin/sendsms?{urlencode(asked)} HTTP/1.0\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE_S):
            answer = await reader.read()
        writer.close()
        return answer.decode("utf-8", "replace").partition("\r\n\r\n")[2]

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one call of Kannel's."""
        head = await reader.readuntil(b"\r\n\r\n")
        path = urlsplit(head.split(b" ")[1].decode())
        facts = {name: values[0] for name, values in parse_qs(path.query, encoding="latin-1").items()}
        (self.receipts if path.path == "/dlr" else self.replies).append(facts)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def kannel(folder: Path, smsc: int, password: str = "secret", text: str = CONFIGURATION) -> AsyncIterator[Kannel]:
    """Run both boxes; end them by their ids. `text`: what the configuration is made of."""
    admin, smsbox, sendsms = _free_ports(3)
    async with AsyncExitStack() as opened:
        found = Kannel(sendsms)
        server = await asyncio.start_server(found.hear, "127.0.0.1", 0)
        opened.callback(server.close)
        found.ear = ear = server.sockets[0].getsockname()[1]
        configuration = folder / "kannel.conf"
        configuration.write_text(
            text.format(admin=admin, smsbox=smsbox, sendsms=sendsms, smsc=smsc, ear=ear, password=password)
        )
        for box, port in (("bearerbox", smsbox), ("smsbox", sendsms)):
            await _begin(opened, folder, box, configuration)
            await _listening(port)
        yield found


async def _begin(opened: AsyncExitStack, folder: Path, box: str, configuration: Path) -> None:
    said = opened.enter_context((folder / f"{box}.txt").open("w"))
    process = await asyncio.create_subprocess_exec(
        program(box),
        "-v",
        "2",
        str(configuration),
        stdout=said,
        stderr=said,
        stdin=asyncio.subprocess.DEVNULL,
        cwd=folder,
    )
    opened.push_async_callback(_end, process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _listening(port: int) -> None:
    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    await until(answers)


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody has: Kannel cannot choose its own."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
