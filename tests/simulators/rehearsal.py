"""A listening gateway in this loop, and a client that reads and writes PDUs as they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

from hongyan.model.clock import SystemClock
from hongyan.simulators import Spoken
from hongyan.simulators.gateway import Gateway, Orders
from hongyan.wire import cmpp, frames, sgip, smgp, smpp

PATIENCE_S = 20
SECRET = "secret"
STAMP = 1122093015
_Pdu = TypeVar("_Pdu")


@asynccontextmanager
async def gateway(spoken: Spoken, **orders: Any) -> AsyncIterator[Gateway]:
    chosen = {"receipt_delay_ms": 20, **orders}
    found = Gateway(spoken, Orders(**chosen), clock=SystemClock(), chance=Random(1))
    await found.open()
    try:
        yield found
    finally:
        await found.close()


async def until(holds: Callable[[], bool], what: str = "") -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - counters of a running gateway wake nobody
            await asyncio.sleep(0.01)
    assert holds(), what


class Client:
    """One connection; what comes is read one PDU at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, decode: Callable[[bytes], Any], least: int
    ) -> None:
        self._reader, self._writer = reader, writer
        self._decode, self._least = decode, least
        self._rest = b""
        self._found: list[Any] = []

    def send(self, *octets: bytes) -> None:
        self._writer.write(b"".join(octets))

    async def pdu(self, kind: type[_Pdu]) -> _Pdu:
        """Return the next PDU, which must be of this kind."""
        if not self._found:
            async with asyncio.timeout(PATIENCE_S):
                while not self._found:
                    data = await self._reader.read(1 << 16)
                    assert data, "the gateway closed the link"
                    cut, taken = frames(self._rest + data, self._least, 1 << 17)
                    self._rest = (self._rest + data)[taken:]
                    self._found += [self._decode(frame) for frame in cut]
        found = self._found.pop(0)
        assert isinstance(found, kind), found
        return found

    async def octets(self) -> bytes:
        """Return everything until the gateway closes the link."""
        async with asyncio.timeout(PATIENCE_S):
            found = self._rest
            try:
                while data := await self._reader.read(1 << 16):
                    found += data
            except ConnectionResetError:
                return found + b"<reset>"
            return found

    async def raw(self, count: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.readexactly(count)

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def client(to: Gateway | int, decode: Callable[[bytes], Any], least: int) -> AsyncIterator[Client]:
    port = to if isinstance(to, int) else to.port
    found = Client(*await asyncio.open_connection("127.0.0.1", port), decode, least)
    try:
        yield found
    finally:
        found.close()


@asynccontextmanager
async def esme(
    to: Gateway | int, bind: type[smpp.Bind] = smpp.BindTransceiver, account: str = "hongyan", password: str = SECRET
) -> AsyncIterator[Client]:
    """An ESME that is bound."""
    async with client(to, smpp.decode, smpp.HEADER) as found:
        found.send(smpp.encode(bind(1, account, password)))
        assert (await found.pdu(smpp.BindResp)).status == 0
        yield found


@asynccontextmanager
async def sp_cmpp(to: Gateway | int, version: int = cmpp.V30) -> AsyncIterator[Client]:
    """An SP of China Mobile that is connected."""
    async with client(to, lambda frame: cmpp.decode(frame, version), cmpp.HEADER) as found:
        found.send(connect(version))
        answer = await found.pdu(cmpp.ConnectResp)
        assert answer.status == 0
        proof = cmpp.authenticator_source("900001", SECRET, STAMP)
        assert answer.authenticator_ismg == cmpp.authenticator_ismg(0, proof, SECRET, version)
        yield found


def connect(version: int, secret: str = SECRET) -> bytes:
    proof = cmpp.authenticator_source("900001", secret, STAMP)
    return cmpp.encode(cmpp.Connect(1, "900001", proof, version, STAMP))


@asynccontextmanager
async def sp_smgp(to: Gateway | int) -> AsyncIterator[Client]:
    """An SP of China Telecom that is logged in."""
    async with client(to, smgp.decode, smgp.HEADER) as found:
        proof = smgp.authenticator_client("hongyan", SECRET, STAMP)
        found.send(smgp.encode(smgp.Login(1, "hongyan", proof, 2, STAMP)))
        answer = await found.pdu(smgp.LoginResp)
        assert answer.status == 0
        assert answer.authenticator_server == smgp.authenticator_server(0, proof, SECRET)
        yield found


def sgip_key(counter: int) -> sgip.Sequence:
    return sgip.Sequence(3_025_000_001, STAMP, counter)


@asynccontextmanager
async def sp_sgip(to: Gateway | int) -> AsyncIterator[Client]:
    """An SP of China Unicom that is bound."""
    async with client(to, sgip.decode, sgip.HEADER) as found:
        found.send(sgip.encode(sgip.Bind(sgip_key(1), 1, "hongyan", SECRET)))
        assert (await found.pdu(sgip.BindResp)).result == 0
        yield found


def submit(sequence: int, to: str, text: bytes = b"hello", **more: Any) -> bytes:
    fields = {"source_addr": "10690001", "registered_delivery": 1, **more}
    return smpp.encode(smpp.SubmitSm(sequence, destination_addr=to, short_message=text, **fields))
