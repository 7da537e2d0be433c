"""What an SMSC says over SMPP 3.4: log-ins, answers, receipts and replies, in every shape that is seen."""

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from random import Random
from typing import Any

from hongyan.carriers import Piece
from hongyan.model.clock import utc
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
from hongyan.text.air import LATIN1
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire import Malformed, smpp
from hongyan.wire.smpp import quick, receipts, statuses, tlvs
from hongyan.wire.smpp.receipts import RECEIPT_CLASS

CODES = {
    No.THROTTLED: statuses.RTHROTTLED,
    No.QUEUE_FULL: statuses.RMSGQFUL,
    No.BAD_NUMBER: statuses.RINVDSTADR,
    No.DOWN: statuses.RSYSERR,
    No.NOT_LOGGED_IN: statuses.RINVBNDSTS,
    No.LOGGED_IN_ALREADY: statuses.RALYBND,
    No.WRONG_ACCOUNT: statuses.RINVSYSID,
    No.WRONG_PASSWORD: statuses.RINVPASWD,
}
_INTERMEDIATE_CLASS, _HEADER_CLASS, _BINARY = 0x20, 0x40, 4
_TEXTS = frozenset({0, 1, 3})
_GIVE_AGAIN = frozenset({statuses.RTHROTTLED, statuses.RMSGQFUL, statuses.RSYSERR, statuses.RX_T_APPN})
_WISHES = {1: Wish.FINAL, 2: Wish.FAILURE}
_NO_QUERY, _NO_CANCEL, _NO_REPLACE = 0x67, 0x11, 0x13
_ERRORS = {"DELIVRD": "000", "EXPIRED": "027", "UNDELIV": "001"}
_GSM_NETWORK = 3
_ID_DIGITS: dict[str, Callable[[int], str]] = {
    "hex": "{:x}".format,
    "decimal": str,
    "upper": "{:X}".format,
    "padded": "{:020x}".format,
}
RECEIPT_IDS = ("same", *_ID_DIGITS)


def _minting(now_ms: int, chance: Random) -> Mint:  # noqa: ARG001 - one shape for all
    # they begin where no earlier start can have come to
    ids = count(now_ms << 14)
    return lambda _, __: next(ids)


class SmppVoice:
    """One link's English."""

    least, most = smpp.HEADER, smpp.LARGEST

    def __init__(self, shape: Shape) -> None:
        self._answer_id = _ID_DIGITS[shape.answer_ids]
        self._receipt_id = self._answer_id if shape.ids == "same" else _ID_DIGITS[shape.ids]
        self._has_text, self._has_tlvs = shape.parts != "tlvs", shape.parts != "text"

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a PDU says."""
        _, command, status, sequence = quick.header(frame)
        if command == quick.DELIVER_SM_RESP:
            return Acknowledged(sequence, status in _GIVE_AGAIN)
        pdu = smpp.decode(frame)
        heard = _HEARD.get(type(pdu))
        if heard is not None:
            return heard(pdu)
        return None if command & smpp.RESPONSE else Other(smpp.refusal(command, sequence, statuses.RINVCMDID))

    def complaint(self, error: Malformed) -> bytes:
        """Return what answers octets that could not be read."""
        return smpp.refusal_of(error) or b""

    def welcome(self, login: Login, password: str) -> bytes:  # noqa: ARG002 - SMPP proves nothing in return
        """Return the bind's response."""
        return _bound(login, 0)

    def turn_away(self, login: Login, status: int) -> bytes:
        """Return the bind's response with an error: a body is optional then, and most send none."""
        return _bound(login, status)

    def accept(self, message: Submitted, id_: int) -> bytes:
        """Return the submit's response."""
        if type(message.origin) is smpp.SubmitSm:
            return quick.submit_response(message.origin.sequence, self._answer_id(id_))
        response = message.origin.response
        return smpp.encode(response(message.origin.sequence, 0, self._answer_id(id_)))

    def refuse(self, message: Submitted, status: int) -> bytes:
        """Return the submit's response with an error and no body."""
        return smpp.refusal(message.origin.command, message.origin.sequence, status)

    def give(self, key: int, given: Given) -> bytes:
        """Return a deliver_sm."""
        if isinstance(given, Report):
            return smpp.encode(self._receipt(key, given))
        return smpp.encode(
            smpp.DeliverSm(
                key,
                source_addr_ton=1,
                source_addr_npi=1,
                source_addr=given.sender,
                destination_addr=given.to,
                esm_class=_HEADER_CLASS if given.has_header else 0,
                data_coding=given.coding,
                short_message=given.octets,
            )
        )

    def log_in(self, key: int, account: str, password: str) -> bytes:
        """Return an outbind (§4.1.7): an SMSC does not log in, it asks to be called."""
        return smpp.encode(smpp.Outbind(key, account, password))

    def say_goodbye(self, key: int) -> bytes:
        """Return an unbind."""
        return smpp.encode(smpp.Unbind(key))

    def ask_alive(self, key: int) -> bytes:
        """Return an enquire_link."""
        return smpp.encode(smpp.EnquireLink(key))

    def _receipt(self, key: int, report: Report) -> smpp.DeliverSm:
        pdu = report.message.origin
        stat = "ENROUTE" if report.ending is None else report.ending.code
        id_ = self._receipt_id(report.id)
        text = b""
        extra: tuple[smpp.Tlv, ...] = ()
        if self._has_text:
            begins = report.message.octets[:20].decode("latin-1") if _is_plain(report.message) else ""
            text = receipts.text_octets(
                id_,
                stat,
                submit_date=_minute(report.taken_at // 60_000),
                done_date=_minute(report.done_at // 60_000),
                err=_ERRORS.get(stat, "000"),
                text=begins,
            )
        if self._has_tlvs:
            network = None if stat in {"DELIVRD", "ENROUTE"} else tlvs.NetworkError(_GSM_NETWORK, int(_ERRORS[stat]))
            extra = receipts.receipt_tlvs(id_, stat, network)
        several = type(pdu) is smpp.SubmitMulti
        return smpp.DeliverSm(
            key,
            pdu.service_type,
            1 if several else pdu.dest_addr_ton,
            1 if several else pdu.dest_addr_npi,
            report.number,
            pdu.source_addr_ton,
            pdu.source_addr_npi,
            pdu.source_addr,
            _INTERMEDIATE_CLASS if report.ending is None else RECEIPT_CLASS,
            short_message=text,
            tlvs=extra,
        )


@lru_cache(maxsize=64)
def _minute(minutes: int) -> str:
    """Return YYMMDDhhmm in UTC."""
    return utc(minutes * 60_000).strftime("%y%m%d%H%M")


def _message(pdu: smpp.SubmitSm | smpp.SubmitMulti | smpp.DataSm, numbers: tuple[str, ...], octets: bytes) -> Submitted:
    piece = None
    if pdu.tlvs:
        octets = octets or tlvs.message_payload(pdu.tlvs) or b""
        sar = tlvs.sar(pdu.tlvs)
        piece = None if sar is None else Piece(*sar)
    wish = pdu.registered_delivery
    return Submitted(
        numbers,
        pdu.source_addr,
        octets,
        pdu.data_coding,
        _WISHES.get(wish & 3, Wish.NONE),
        bool(wish & 0x10),
        bool(pdu.esm_class & _HEADER_CLASS),
        piece,
        pdu,
    )


def _numbers(pdu: smpp.SubmitMulti) -> tuple[str, ...]:
    return tuple(one if isinstance(one, str) else one.address for one in pdu.dest_addresses)


def _is_plain(message: Submitted) -> bool:
    return message.coding in _TEXTS and not message.has_header


def _login(pdu: smpp.Bind) -> Login:
    return Login(
        pdu.system_id,
        lambda password: pdu.password == password,
        sends=not isinstance(pdu, smpp.BindReceiver),
        receives=not isinstance(pdu, smpp.BindTransmitter),
        origin=pdu,
    )


def _bound(login: Login, status: int) -> bytes:
    response = login.origin.response
    if status:
        return smpp.encode(response(login.origin.sequence, status))
    version = ((tlvs.SC_INTERFACE_VERSION, b"\x34"),)
    return smpp.encode(response(login.origin.sequence, 0, "hongyan", version))


_HEARD: dict[type[Any], Callable[[Any], Heard | None]] = {
    smpp.SubmitSm: lambda pdu: _message(pdu, (pdu.destination_addr,), pdu.short_message),
    smpp.SubmitMulti: lambda pdu: _message(pdu, _numbers(pdu), pdu.short_message),
    smpp.DataSm: lambda pdu: _message(pdu, (pdu.destination_addr,), b""),
    smpp.BindTransceiver: _login,
    smpp.BindReceiver: _login,
    smpp.BindTransmitter: _login,
    smpp.EnquireLink: lambda pdu: KeepAlive(quick.enquire_link_response(pdu.sequence)),
    smpp.Unbind: lambda pdu: Goodbye(smpp.encode(smpp.UnbindResp(pdu.sequence))),
    smpp.UnbindResp: lambda _: GoodbyeAnswer(),
    smpp.GenericNack: lambda pdu: Acknowledged(pdu.sequence, again=False),
    smpp.QuerySm: lambda pdu: Other(smpp.refusal(pdu.command, pdu.sequence, _NO_QUERY)),
    smpp.CancelSm: lambda pdu: Other(smpp.refusal(pdu.command, pdu.sequence, _NO_CANCEL)),
    smpp.ReplaceSm: lambda pdu: Other(smpp.refusal(pdu.command, pdu.sequence, _NO_REPLACE)),
}
"""PDU -> what it says; other requests are not known to us, other responses need no answer."""


def _voice(shape: Shape, now_ms: int) -> Voice:  # noqa: ARG001 - one shape for all
    return SmppVoice(shape)


SMPP = Spoken(
    name="smpp",
    title="SMPP 3.4",
    port=2775,
    account="hongyan",
    password="secret",  # noqa: S106 - a rehearsal's, printed at the start
    codes=CODES,
    voice=_voice,
    minting=_minting,
    alphabets={0: GSM7, 1: GSM7, 3: LATIN1, 8: UCS2},
    ids_run_on=False,
)
