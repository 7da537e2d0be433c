"""Gateways of the three Chinese protocols that do as a test tells them: a raw server whose answers are functions.

`Script` has what differs between protocols; ears, messages and waiting are those of `hostile_smsc`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, NamedTuple

from carriers.hostile_smsc import CarrierEars, until
from hongyan.carriers.cmpp import cmpp_carrier
from hongyan.carriers.links import Wired
from hongyan.carriers.sgip import sgip_carrier
from hongyan.carriers.smgp import smgp_carrier
from hongyan.model.clock import Clock, SystemClock
from hongyan.model.world import CarrierConfig
from hongyan.wire import cmpp, frames, sgip, smgp

SECRET = "888888"
QUICK = {"host": "127.0.0.1", "again_first_s": 0.02, "again_longest_s": 0.05, "drain_s": 0.3}
NODE = 3_025_000_001


class Script(NamedTuple):
    """What a test must know of a protocol to play its gateway."""

    name: str
    least: int
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    log_in: type[Any]
    submit: type[Any]
    welcome: Callable[[Any, int], Any]
    taken: Callable[[Any, int], Any]
    """(submit, number of it) -> its answer; what `id_of` says is its id"""
    refused: Callable[[Any, int], Any]
    id_of: Callable[[Any, int], str]
    report: Callable[..., Any]
    """(sequence, submit, number of it, code)"""
    reply: Callable[..., Any]
    """(sequence, from, to, octets, coding, with header)"""
    polite: dict[type[Any], Callable[[Any], Any]]
    acknowledgements: tuple[type[Any], ...]
    goodbye: type[Any]
    build: Callable[..., Wired]
    settings: dict[str, Any]
    delivered: str
    failed: str
    pending: str
    throttle: int


def cmpp_script(version: int) -> Script:
    def welcome(pdu: cmpp.Connect, status: int) -> cmpp.ConnectResp:
        proof = cmpp.authenticator_ismg(0, pdu.authenticator_source, SECRET, version)
        return cmpp.ConnectResp(pdu.sequence, status, proof, version)

    def report(sequence: int, submit: cmpp.Submit, number: int, code: str) -> cmpp.Deliver:
        phone = submit.dest_terminal_ids[0]
        block = cmpp.Report(CMPP_IDS + number, code, "2611220930", "2611220931", phone, 7)
        return cmpp.Deliver(
            sequence,
            5_000 + sequence,
            submit.src_id,
            src_terminal_id=phone,
            registered_delivery=1,
            msg_content=cmpp.encode_report(block, version),
        )

    def reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> cmpp.Deliver:
        return cmpp.Deliver(
            sequence,
            6_000 + sequence,
            to,
            tp_udhi=int(header),
            msg_fmt=coding,
            src_terminal_id=sender,
            msg_content=octets,
        )

    return Script(
        name=f"cmpp{version:x}",
        least=cmpp.HEADER,
        decode=lambda frame: cmpp.decode(frame, version),
        encode=lambda pdu: cmpp.encode(pdu, version),
        log_in=cmpp.Connect,
        submit=cmpp.Submit,
        welcome=welcome,
        taken=lambda submit, number: cmpp.SubmitResp(submit.sequence, CMPP_IDS + number),
        refused=lambda submit, result: cmpp.SubmitResp(submit.sequence, 0, result),
        id_of=lambda _, number: str(CMPP_IDS + number),
        report=report,
        reply=reply,
        polite={
            cmpp.ActiveTest: lambda pdu: cmpp.ActiveTestResp(pdu.sequence),
            cmpp.Terminate: lambda pdu: cmpp.TerminateResp(pdu.sequence),
        },
        acknowledgements=(cmpp.DeliverResp,),
        goodbye=cmpp.Terminate,
        build=cmpp_carrier,
        settings={"sp_id": "900001", "version": f"{version >> 4}.{version & 15}", "service_id": "TEST"},
        delivered="DELIVRD",
        failed="MK:0001",
        pending="ACCEPTD",
        throttle=8,
    )


CMPP_IDS = 0xBB25E40027750000
"""of November: the highest bit is set"""
SMGP_IDS = bytes.fromhex("01000020ff3a20000a00")
"""with NULs, blanks, a colon and a line's end"""


def _smgp_id(number: int) -> bytes:
    return SMGP_IDS[:-1] + bytes((number & 0xFF,))


def _smgp_welcome(pdu: smgp.Login, status: int) -> smgp.LoginResp:
    return smgp.LoginResp(pdu.sequence, status, smgp.authenticator_server(status, pdu.authenticator_client, SECRET))


def _smgp_report(sequence: int, submit: smgp.Submit, number: int, code: str) -> smgp.Deliver:
    stat, _, err = code.partition("/")
    block = smgp.Report(_smgp_id(number), "001", "001", "2611220930", "2611220931", stat, err or "000")
    phone = submit.dest_term_ids[0]
    return smgp.Deliver(
        sequence, bytes(9) + bytes((sequence,)), 1, 0, "20261122093100", phone, "10690", smgp.encode_report(block)
    )


def _smgp_reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> smgp.Deliver:
    return smgp.Deliver(
        sequence,
        b"\1" * 9 + bytes((sequence,)),
        0,
        coding,
        "20261122093100",
        sender,
        to,
        octets,
        tlvs=((smgp.TP_UDHI, b"\1"),) if header else (),
    )


SMGP = Script(
    name="smgp",
    least=smgp.HEADER,
    decode=smgp.decode,
    encode=smgp.encode,
    log_in=smgp.Login,
    submit=smgp.Submit,
    welcome=_smgp_welcome,
    taken=lambda submit, number: smgp.SubmitResp(submit.sequence, _smgp_id(number)),
    refused=lambda submit, status: smgp.SubmitResp(submit.sequence, bytes(10), status),
    id_of=lambda _, number: _smgp_id(number).hex(),
    report=_smgp_report,
    reply=_smgp_reply,
    polite={
        smgp.ActiveTest: lambda pdu: smgp.ActiveTestResp(pdu.sequence),
        smgp.Exit: lambda pdu: smgp.ExitResp(pdu.sequence),
    },
    acknowledgements=(smgp.DeliverResp,),
    goodbye=smgp.Exit,
    build=smgp_carrier,
    settings={"client_id": "333", "service_id": "TEST"},
    delivered="DELIVRD",
    failed="UNDELIV/003",
    pending="ACCEPTD",
    throttle=1,
)


def _sgip_report(sequence: int, submit: sgip.Submit, _number: int, code: str) -> sgip.Report:
    state, _, error = code.partition(":")
    return sgip.Report(
        sgip.Sequence(1_000_000, 1, sequence), submit.sequence, 0, submit.user_numbers[0], int(state), int(error or 0)
    )


def _sgip_reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> sgip.Deliver:
    return sgip.Deliver(sgip.Sequence(1_000_000, 2, sequence), sender, to, 0, int(header), coding, octets)


SGIP = Script(
    name="sgip",
    least=sgip.HEADER,
    decode=sgip.decode,
    encode=sgip.encode,
    log_in=sgip.Bind,
    submit=sgip.Submit,
    welcome=lambda pdu, result: sgip.BindResp(pdu.sequence, result),
    taken=lambda submit, _: sgip.SubmitResp(submit.sequence),
    refused=lambda submit, result: sgip.SubmitResp(submit.sequence, result),
    id_of=lambda submit, _: submit.sequence.hex(),
    report=_sgip_report,
    reply=_sgip_reply,
    polite={sgip.Unbind: lambda pdu: sgip.UnbindResp(pdu.sequence)},
    acknowledgements=(sgip.ReportResp, sgip.DeliverResp),
    goodbye=sgip.Unbind,
    build=sgip_carrier,
    settings={"login_name": "333", "node": NODE, "listen_host": "127.0.0.1", "listen_port": 0},
    delivered="0",
    failed="2:25",
    pending="1",
    throttle=88,
)
CMPP2, CMPP3 = cmpp_script(cmpp.V20), cmpp_script(cmpp.V30)
ALL = (CMPP2, CMPP3, SMGP, SGIP)


class Client:
    """One connection, as the gateway sees it."""

    def __init__(self, script: Script, writer: asyncio.StreamWriter) -> None:
        self.script, self.writer = script, writer
        self.log_ins: list[Any] = []
        self.submits: list[Any] = []
        self.others: list[Any] = []
        self.sequences = itertools.count(1)

    def say(self, *pdus: Any) -> None:
        self.writer.write(b"".join(map(self.script.encode, pdus)))

    def octets(self, octets: bytes) -> None:
        self.writer.write(octets)

    def report(self, submit: Any, number: int, code: str = "") -> None:
        self.say(self.script.report(next(self.sequences), submit, number, code or self.script.delivered))

    def reply(self, sender: str, to: str, octets: bytes, coding: int, *, header: bool = False) -> None:
        self.say(self.script.reply(next(self.sequences), sender, to, octets, coding, header))

    def acknowledged(self) -> list[int]:
        """Return the results of the acknowledgements that came."""
        return [
            getattr(pdu, "result", getattr(pdu, "status", 0))
            for pdu in self.others
            if isinstance(pdu, self.script.acknowledgements)
        ]

    def reset(self) -> None:
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()


class Gateway:
    """Answers by `on_log_in` and `on_submit`; everything else that comes is kept."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.clients: list[Client] = []
        self.heard: list[bytes] = []
        """every frame, in the order they came"""
        self.numbers = itertools.count(1)
        self.number_of: dict[Any, int] = {}
        """sequence of a submit -> how manieth it was"""
        self.on_log_in: Callable[[Client, Any], None] = lambda client, pdu: client.say(script.welcome(pdu, 0))
        self.on_submit: Callable[[Client, Any], None] = self.take
        self.on_other: Callable[[Client, Any], None] = self._polite
        self.port = 0

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def submits(self) -> list[Any]:
        return [submit for client in self.clients for submit in client.submits]

    @property
    def log_ins(self) -> list[Any]:
        return [pdu for client in self.clients for pdu in client.log_ins]

    def take(self, client: Client, submit: Any) -> None:
        client.say(self.script.taken(submit, self.number(submit)))

    def number(self, submit: Any) -> int:
        return self.number_of.setdefault(submit.sequence, len(self.number_of) + 1)

    def id_of(self, submit: Any) -> str:
        return self.script.id_of(submit, self.number(submit))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(self.script, writer)
        self.clients.append(client)
        rest = b""
        try:
            while octets := await reader.read(65536):
                found, taken = frames(rest + octets, self.script.least, 4096)
                rest = (rest + octets)[taken:]
                for frame in found:
                    self.hear(client, frame)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def hear(self, client: Client, frame: bytes) -> None:
        self.heard.append(frame)
        pdu = self.script.decode(frame)
        if isinstance(pdu, self.script.log_in):
            client.log_ins.append(pdu)
            self.on_log_in(client, pdu)
        elif isinstance(pdu, self.script.submit):
            client.submits.append(pdu)
            self.on_submit(client, pdu)
        else:
            client.others.append(pdu)
            self.on_other(client, pdu)

    def _polite(self, client: Client, pdu: Any) -> None:
        answer = self.script.polite.get(type(pdu))
        if answer is not None:
            client.say(answer(pdu))


def built(script: Script, port: int, *, clock: Clock | None = None, **settings: Any) -> Wired:
    given = QUICK | script.settings | {"port": port, "source": "10690"} | settings
    config = CarrierConfig(name="c", protocol="x", password=SECRET, settings=given)
    return script.build(config, clock or SystemClock(), Random(1))


@asynccontextmanager
async def listening(script: Script) -> AsyncIterator[Gateway]:
    """A gateway to which anything may connect."""
    gateway = Gateway(script)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()
        for client in gateway.clients:
            client.reset()
        await asyncio.sleep(0)


@asynccontextmanager
async def talking(
    gateway: Gateway, *, waits: bool = True, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[tuple[Wired, CarrierEars]]:
    """A carrier of that gateway, logged in where the protocol logs in by itself."""
    carrier, ears = built(gateway.script, gateway.port, clock=clock, **settings), CarrierEars()
    await carrier.open(ears)
    try:
        if waits and gateway.script is not SGIP:
            await until(lambda: open_links(carrier) == settings.get("links", 1))
        yield carrier, ears
    finally:
        await carrier.close()


def open_links(carrier: Wired) -> int:
    return sum(link.state == "open" for link in carrier.links())
