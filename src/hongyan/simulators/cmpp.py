"""What an ISMG says over CMPP: 2.0 to whoever logs in with it, 3.0 to all others."""

from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

from hongyan.carriers import Piece
from hongyan.model.clock import beijing
from hongyan.simulators import (
    Acknowledged,
    Given,
    Goodbye,
    GoodbyeAnswer,
    Heard,
    KeepAlive,
    Login,
    Mint,
    No,
    Other,
    Report,
    Shape,
    Spoken,
    Submitted,
    Voice,
    Wish,
)
from hongyan.text.air import ASCII, GBK
from hongyan.text.parts import UCS2
from hongyan.wire import Malformed, cmpp

CODES = {
    No.THROTTLED: 8,
    No.QUEUE_FULL: 8,
    No.BAD_NUMBER: 13,
    No.DOWN: 9,
    No.NOT_LOGGED_IN: 2,
    No.LOGGED_IN_ALREADY: 5,
    No.WRONG_ACCOUNT: 2,
    No.WRONG_PASSWORD: 3,
}
_VERSIONS = frozenset({cmpp.V20, cmpp.V21, cmpp.V30})
_TOO_HIGH = 4
_THROTTLED = 8


class CmppVoice:
    """One link's Chinese Mobile."""

    least, most = cmpp.HEADER, cmpp.LARGEST

    def __init__(self, shape: Shape) -> None:
        self._proves_nothing = shape.bad_authenticator
        self.version = cmpp.V30

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a PDU says."""
        pdu = cmpp.decode(frame, self.version)
        heard = _HEARD.get(type(pdu))
        return None if heard is None else heard(pdu, self.version)

    def complaint(self, error: Malformed) -> bytes:
        """Return what answers octets that could not be read: only a SUBMIT has an answer with room for why."""
        if error.command != cmpp.Submit.command or error.status is None:
            return b""
        return cmpp.write_submit_resp(error.sequence, 0, error.status, self.version)

    def welcome(self, login: Login, password: str) -> bytes:
        """Return the CONNECT_RESP, with our own proof; the link speaks the SP's version from here on."""
        pdu: cmpp.Connect = login.origin
        self.version = pdu.version
        proof = bytes(16)
        if not self._proves_nothing:
            proof = cmpp.authenticator_ismg(0, pdu.authenticator_source, password, pdu.version)
        return cmpp.encode(cmpp.ConnectResp(pdu.sequence, 0, proof, pdu.version), pdu.version)

    def turn_away(self, login: Login, status: int) -> bytes:
        """Return the CONNECT_RESP of a log-in that failed."""
        pdu: cmpp.Connect = login.origin
        return cmpp.encode(cmpp.ConnectResp(pdu.sequence, status), min(pdu.version, cmpp.V30))

    def accept(self, message: Submitted, id_: int) -> bytes:
        """Return the SUBMIT_RESP."""
        return cmpp.write_submit_resp(message.origin.sequence, id_, 0, self.version)

    def refuse(self, message: Submitted, status: int) -> bytes:
        """Return the SUBMIT_RESP of a message that was not taken."""
        return cmpp.write_submit_resp(message.origin.sequence, 0, status, self.version)

    def give(self, key: int, given: Given) -> bytes:
        """Return a DELIVER."""
        if isinstance(given, Report):
            return cmpp.encode(self._report(key, given), self.version)
        return cmpp.encode(
            cmpp.Deliver(
                key,
                given.id,
                given.to,
                tp_udhi=int(given.has_header),
                msg_fmt=given.coding,
                src_terminal_id=given.sender,
                msg_content=given.octets,
            ),
            self.version,
        )

    def log_in(self, key: int, account: str, password: str) -> bytes:  # noqa: ARG002 - one shape for all
        """Return nothing: an ISMG waits to be called."""
        return b""

    def say_goodbye(self, key: int) -> bytes:
        """Return a TERMINATE."""
        return cmpp.encode(cmpp.Terminate(key), self.version)

    def ask_alive(self, key: int) -> bytes:
        """Return an ACTIVE_TEST."""
        return cmpp.encode(cmpp.ActiveTest(key), self.version)

    def _report(self, key: int, report: Report) -> cmpp.Deliver:
        submit: cmpp.Submit = report.message.origin
        said = cmpp.Report(
            report.id,
            "ACCEPTD" if report.ending is None else report.ending.code,
            minute(report.taken_at // 60_000),
            minute(report.done_at // 60_000),
            report.number,
            key,
        )
        return cmpp.Deliver(
            key,
            report.id,
            submit.src_id,
            submit.service_id,
            src_terminal_id=report.number,
            registered_delivery=1,
            msg_content=cmpp.encode_report(said, cmpp.V20 if report.narrow else self.version),
        )


@lru_cache(maxsize=64)
def minute(minutes: int) -> str:
    """Return YYMMDDhhmm in China."""
    return beijing(minutes * 60_000).strftime("%y%m%d%H%M")


def _message(pdu: cmpp.Submit) -> Submitted:
    return Submitted(
        pdu.dest_terminal_ids,
        pdu.src_id,
        pdu.msg_content,
        pdu.msg_fmt,
        Wish.FINAL if pdu.registered_delivery == 1 else Wish.NONE,
        has_header=bool(pdu.tp_udhi),
        piece=Piece(0, pdu.pk_total, pdu.pk_number) if pdu.pk_total > 1 else None,
        origin=pdu,
    )


def _login(pdu: cmpp.Connect) -> Login:
    def proves(password: str) -> bool:
        return cmpp.authenticator_source(pdu.source_addr, password, pdu.timestamp) == pdu.authenticator_source

    return Login(pdu.source_addr, proves, wrong=0 if pdu.version in _VERSIONS else _TOO_HIGH, origin=pdu)


_HEARD: dict[type[Any], Callable[[Any, int], Heard | None]] = {
    cmpp.Submit: lambda pdu, _: _message(pdu),
    cmpp.DeliverResp: lambda pdu, _: Acknowledged(pdu.sequence, pdu.result == _THROTTLED),
    cmpp.ActiveTest: lambda pdu, version: KeepAlive(cmpp.encode(cmpp.ActiveTestResp(pdu.sequence), version)),
    cmpp.Connect: lambda pdu, _: _login(pdu),
    cmpp.Terminate: lambda pdu, version: Goodbye(cmpp.encode(cmpp.TerminateResp(pdu.sequence), version)),
    cmpp.TerminateResp: lambda _, __: GoodbyeAnswer(),
    cmpp.Cancel: lambda pdu, version: Other(cmpp.encode(cmpp.CancelResp(pdu.sequence, 1), version)),
    cmpp.Query: lambda pdu, version: Other(
        cmpp.encode(cmpp.QueryResp(pdu.sequence, pdu.time, pdu.query_type, pdu.query_code), version)
    ),
}
"""PDU -> what it says, on a link of a version; the others need no answer."""


class _Ids:
    """Makes Msg_Ids as the document would have it; what runs over a second's 65,536 counts up the gateway's code."""

    def __init__(self, chance: Random) -> None:
        self._gateway = chance.randrange(10_000, 1 << 21)
        self._second = -1
        self._next = 0

    def __call__(self, count: int, now_ms: int) -> int:
        second = now_ms // 1000
        if second != self._second:
            self._second, when = second, beijing(now_ms)
            at = (when.month, when.day, when.hour, when.minute, when.second)
            self._next = cmpp.make_msg_id(*at, self._gateway, 0)
        found, self._next = self._next, self._next + count
        return found


def _minting(now_ms: int, chance: Random) -> Mint:  # noqa: ARG001 - one shape for all
    return _Ids(chance)


def _voice(shape: Shape, now_ms: int) -> Voice:  # noqa: ARG001 - one shape for all
    return CmppVoice(shape)


CMPP = Spoken(
    name="cmpp",
    title="CMPP 2.0 and 3.0",
    port=7890,
    account="900001",
    password="secret",  # noqa: S106 - a rehearsal's, printed at the start
    codes=CODES,
    voice=_voice,
    minting=_minting,
    alphabets={0: ASCII, 8: UCS2, 15: GBK},
    statuses_most=0xFF,
)
