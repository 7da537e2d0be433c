"""What an SMG says over SGIP 1.2: an id is the sequence that the SP gave, and receipts go to where the SP listens."""

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from hongyan.model.clock import beijing
from hongyan.model.message import State
from hongyan.simulators import (
    Acknowledged,
    Given,
    Goodbye,
    GoodbyeAnswer,
    Heard,
    Login,
    LoginAnswer,
    Mint,
    No,
    Report,
    Shape,
    Spoken,
    Submitted,
    Voice,
    Wish,
)
from hongyan.text.air import ASCII, GBK
from hongyan.text.parts import UCS2
from hongyan.wire import Malformed, sgip

CODES = {
    No.THROTTLED: 88,
    No.QUEUE_FULL: 33,
    No.BAD_NUMBER: 6,
    No.DOWN: 32,
    No.NOT_LOGGED_IN: 1,
    No.LOGGED_IN_ALREADY: 2,
    No.WRONG_ACCOUNT: 1,
    No.WRONG_PASSWORD: 1,
}
NODE = 3_010_000_001
_WRONG_TYPE, _GIVE_AGAIN = 4, frozenset({11, 33, 88})
_LOGIN_TYPES, _TO_SP = frozenset({1, 11}), 2
_WISHES = {0: Wish.FAILURE, 1: Wish.FINAL}
_DELIVERED, _WAITING, _FAILED = 0, 1, 2
_ERRORS = {"EXPIRED": 25, "UNDELIV": 29}


class SgipVoice:
    """One link's Chinese Unicom."""

    least, most = sgip.HEADER, sgip.LARGEST

    def __init__(self, now_ms: int) -> None:
        self._time = int(beijing(now_ms).strftime("%m%d%H%M%S"))

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a PDU says."""
        pdu = sgip.decode(frame)
        heard = _HEARD.get(type(pdu))
        return None if heard is None else heard(pdu)

    def complaint(self, error: Malformed) -> bytes:  # noqa: ARG002 - one shape for all
        """Return nothing: a syntax error closes the link (SGIP 1.2, communication)."""
        return b""

    def welcome(self, login: Login, password: str) -> bytes:  # noqa: ARG002 - SGIP proves nothing in return
        """Return the Bind_Resp."""
        return sgip.encode(sgip.BindResp(login.origin.sequence))

    def turn_away(self, login: Login, status: int) -> bytes:
        """Return the Bind_Resp of a log-in that failed."""
        return sgip.encode(sgip.BindResp(login.origin.sequence, status))

    def accept(self, message: Submitted, id_: int) -> bytes:  # noqa: ARG002 - SGIP gives none
        """Return the Submit_Resp."""
        return sgip.encode(sgip.SubmitResp(message.origin.sequence))

    def refuse(self, message: Submitted, status: int) -> bytes:
        """Return the Submit_Resp of a message that was not taken."""
        return sgip.encode(sgip.SubmitResp(message.origin.sequence, status))

    def give(self, key: int, given: Given) -> bytes:
        """Return a Report or a Deliver."""
        sequence = self._sequence(key)
        if isinstance(given, Report):
            about: sgip.Sequence = given.message.origin.sequence
            if given.stray:
                about = about._replace(counter=about.counter ^ 0x8000_0000)
            stat = None if given.ending is None else given.ending
            state = _WAITING if stat is None else _DELIVERED if stat.state is State.DELIVERED else _FAILED
            error = _ERRORS.get(stat.code, 0) if stat is not None else 0
            return sgip.encode(sgip.Report(sequence, about, user_number=given.number, state=state, error_code=error))
        return sgip.encode(
            sgip.Deliver(
                sequence,
                given.sender,
                given.to,
                tp_udhi=int(given.has_header),
                message_coding=given.coding,
                message_content=given.octets,
            )
        )

    def log_in(self, key: int, account: str, password: str) -> bytes:
        """Return the Bind of a gateway that calls an SP."""
        return sgip.encode(sgip.Bind(self._sequence(key), _TO_SP, account, password))

    def say_goodbye(self, key: int) -> bytes:
        """Return an Unbind."""
        return sgip.encode(sgip.Unbind(self._sequence(key)))

    def ask_alive(self, key: int) -> bytes:  # noqa: ARG002 - one shape for all
        """Return nothing: SGIP has no keep-alive."""
        return b""

    def _sequence(self, key: int) -> sgip.Sequence:
        return sgip.Sequence(NODE, self._time, key)


def _message(pdu: sgip.Submit) -> Submitted:
    return Submitted(
        pdu.user_numbers,
        pdu.sp_number,
        pdu.message_content,
        pdu.message_coding,
        _WISHES.get(pdu.report_flag, Wish.NONE),
        has_header=bool(pdu.tp_udhi),
        origin=pdu,
    )


def _login(pdu: sgip.Bind) -> Login:
    return Login(
        pdu.login_name,
        lambda password: pdu.login_password == password,
        wrong=0 if pdu.login_type in _LOGIN_TYPES else _WRONG_TYPE,
        origin=pdu,
    )


def _acknowledged(pdu: sgip.ReportResp | sgip.DeliverResp) -> Acknowledged:
    return Acknowledged(pdu.sequence.counter, pdu.result in _GIVE_AGAIN)


_HEARD: dict[type[Any], Callable[[Any], Heard | None]] = {
    sgip.Submit: _message,
    sgip.ReportResp: _acknowledged,
    sgip.DeliverResp: _acknowledged,
    sgip.Bind: _login,
    sgip.BindResp: lambda pdu: LoginAnswer(pdu.result == 0),
    sgip.Unbind: lambda pdu: Goodbye(sgip.encode(sgip.UnbindResp(pdu.sequence))),
    sgip.UnbindResp: lambda _: GoodbyeAnswer(),
}
"""PDU -> what it says; the others need no answer."""


def _minting(now_ms: int, chance: Random) -> Mint:  # noqa: ARG001 - one shape for all
    ids = count(1)
    return lambda _, __: next(ids)


def _voice(shape: Shape, now_ms: int) -> Voice:  # noqa: ARG001 - one shape for all
    return SgipVoice(now_ms)


SGIP = Spoken(
    name="sgip",
    title="SGIP 1.2",
    port=8801,
    account="hongyan",
    password="secret",  # noqa: S106 - a rehearsal's, printed at the start
    codes=CODES,
    voice=_voice,
    minting=_minting,
    alphabets={0: ASCII, 8: UCS2, 15: GBK},
    statuses_most=0xFF,
    ids_run_on=False,
)
