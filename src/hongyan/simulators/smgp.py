"""What an SMGW says over SMGP 3.0."""

from collections.abc import Callable
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
    Report,
    Shape,
    Spoken,
    Submitted,
    Voice,
    Wish,
)
from hongyan.simulators.cmpp import minute
from hongyan.text.air import ASCII, GBK
from hongyan.text.parts import UCS2
from hongyan.wire import Malformed, smgp

CODES = {
    No.THROTTLED: 1,
    No.QUEUE_FULL: 1,
    No.BAD_NUMBER: 47,
    No.DOWN: 58,
    No.NOT_LOGGED_IN: 21,
    No.LOGGED_IN_ALREADY: 2,
    No.WRONG_ACCOUNT: 21,
    No.WRONG_PASSWORD: 21,
}
_BUSY, _VERSION, _WRONG_VERSION = 1, 0x30, 22
_TO_SEND, _TO_RECEIVE = 0, 1
_ERRS = {"DELIVRD": "000", "EXPIRED": "001", "UNDELIV": "010"}


class SmgpVoice:
    """One link's Chinese Telecom."""

    least, most = smgp.HEADER, smgp.LARGEST

    def __init__(self, shape: Shape) -> None:
        self._proves_nothing = shape.bad_authenticator

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a PDU says."""
        pdu = smgp.decode(frame)
        heard = _HEARD.get(type(pdu))
        return None if heard is None else heard(pdu)

    def complaint(self, error: Malformed) -> bytes:
        """Return what answers octets that could not be read: only a Submit has an answer with room for why."""
        if error.command != smgp.Submit.command or error.status is None:
            return b""
        return smgp.write_submit_resp(error.sequence, bytes(10), error.status)

    def welcome(self, login: Login, password: str) -> bytes:
        """Return the Login_Resp, with our own proof."""
        pdu: smgp.Login = login.origin
        proof = bytes(16)
        if not self._proves_nothing:
            proof = smgp.authenticator_server(0, pdu.authenticator_client, password)
        return smgp.encode(smgp.LoginResp(pdu.sequence, 0, proof))

    def turn_away(self, login: Login, status: int) -> bytes:
        """Return the Login_Resp of a log-in that failed."""
        return smgp.encode(smgp.LoginResp(login.origin.sequence, status))

    def accept(self, message: Submitted, id_: int) -> bytes:
        """Return the Submit_Resp."""
        return smgp.write_submit_resp(message.origin.sequence, _octets(id_), 0)

    def refuse(self, message: Submitted, status: int) -> bytes:
        """Return the Submit_Resp of a message that was not taken."""
        return smgp.write_submit_resp(message.origin.sequence, bytes(10), status)

    def give(self, key: int, given: Given) -> bytes:
        """Return a Deliver."""
        when = beijing(given.done_at).strftime("%Y%m%d%H%M%S")
        if isinstance(given, Report):
            submit: smgp.Submit = given.message.origin
            return smgp.encode(
                smgp.Deliver(
                    key,
                    _octets(given.id),
                    is_report=1,
                    recv_time=when,
                    src_term_id=given.number,
                    dest_term_id=submit.src_term_id,
                    msg_content=_report(given),
                )
            )
        return smgp.encode(
            smgp.Deliver(
                key,
                _octets(given.id),
                msg_format=given.coding,
                recv_time=when,
                src_term_id=given.sender,
                dest_term_id=given.to,
                msg_content=given.octets,
                tlvs=smgp.part_tlvs(given.octets[4], given.octets[5]) if given.has_header else (),
            )
        )

    def log_in(self, key: int, account: str, password: str) -> bytes:  # noqa: ARG002 - one shape for all
        """Return nothing: an SMGW waits to be called."""
        return b""

    def say_goodbye(self, key: int) -> bytes:
        """Return an Exit."""
        return smgp.encode(smgp.Exit(key))

    def ask_alive(self, key: int) -> bytes:
        """Return an Active_Test."""
        return smgp.encode(smgp.ActiveTest(key))


def _octets(id_: int) -> bytes:
    """Return a MsgID: its decimal digits, two an octet."""
    return bytes.fromhex(f"{id_:020d}")


def _report(report: Report) -> bytes:
    stat = "ACCEPTD" if report.ending is None else report.ending.code
    return smgp.encode_report(
        smgp.Report(
            _octets(report.id),
            "001",
            "001" if stat == "DELIVRD" else "000",
            minute(report.taken_at // 60_000),
            minute(report.done_at // 60_000),
            stat,
            _ERRS.get(stat, "000"),
        )
    )


def _message(pdu: smgp.Submit) -> Submitted:
    total, number = smgp.octet_of(pdu.tlvs, smgp.PK_TOTAL), smgp.octet_of(pdu.tlvs, smgp.PK_NUMBER)
    return Submitted(
        pdu.dest_term_ids,
        pdu.src_term_id,
        pdu.msg_content,
        pdu.msg_format,
        Wish.FINAL if pdu.need_report else Wish.NONE,
        has_header=bool(smgp.octet_of(pdu.tlvs, smgp.TP_UDHI)),
        piece=Piece(0, total, number) if total > 1 else None,
        origin=pdu,
    )


def _login(pdu: smgp.Login) -> Login:
    def proves(password: str) -> bool:
        return smgp.authenticator_client(pdu.client_id, password, pdu.timestamp) == pdu.authenticator_client

    return Login(
        pdu.client_id,
        proves,
        sends=pdu.login_mode != _TO_RECEIVE,
        receives=pdu.login_mode != _TO_SEND,
        wrong=0 if pdu.client_version <= _VERSION else _WRONG_VERSION,
        origin=pdu,
    )


_HEARD: dict[type[Any], Callable[[Any], Heard | None]] = {
    smgp.Submit: _message,
    smgp.DeliverResp: lambda pdu: Acknowledged(pdu.sequence, pdu.status == _BUSY),
    smgp.ActiveTest: lambda pdu: KeepAlive(smgp.encode(smgp.ActiveTestResp(pdu.sequence))),
    smgp.Login: _login,
    smgp.Exit: lambda pdu: Goodbye(smgp.encode(smgp.ExitResp(pdu.sequence))),
    smgp.ExitResp: lambda _: GoodbyeAnswer(),
}
"""PDU -> what it says; the others need no answer."""


class _Ids:
    """Makes MsgIDs as the document would have it: six digits of gateway, MMDDHHMM, six that count."""

    def __init__(self, chance: Random) -> None:
        self._gateway = 100_600 + chance.randrange(99) + 1000 * chance.randrange(800)
        self._minute = -1
        self._next = 0

    def __call__(self, count: int, now_ms: int) -> int:
        minutes = now_ms // 60_000
        if minutes != self._minute:
            self._minute = minutes
            self._next = (self._gateway * 10**8 + int(beijing(now_ms).strftime("%m%d%H%M"))) * 10**6
        found, self._next = self._next, self._next + count
        return found


def _minting(now_ms: int, chance: Random) -> Mint:  # noqa: ARG001 - one shape for all
    return _Ids(chance)


def _voice(shape: Shape, now_ms: int) -> Voice:  # noqa: ARG001 - one shape for all
    return SmgpVoice(shape)


SMGP = Spoken(
    name="smgp",
    title="SMGP 3.0",
    port=8890,
    account="hongyan",
    password="secret",  # noqa: S106 - a rehearsal's, printed at the start
    codes=CODES,
    voice=_voice,
    minting=_minting,
    alphabets={0: ASCII, 8: UCS2, 15: GBK},
    ids_run_on=False,
)
