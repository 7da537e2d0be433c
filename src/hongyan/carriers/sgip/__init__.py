"""SGIP 1.2 carriers: China Unicom's gateways.

We dial to submit, and only while there is something to submit; the gateway dials us to report and to bring replies
(`listening`). The id of a message is our own sequence of twelve octets, kept as twenty-four hexadecimal digits.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from msgspec.structs import replace

from hongyan.carriers.china.building import peer_of
from hongyan.carriers.china.contents import alphabet_of
from hongyan.carriers.china.outgoing import timestamp
from hongyan.carriers.china.settings import checked
from hongyan.carriers.link_settings import timers
from hongyan.carriers.links import Wired
from hongyan.carriers.preview import Reading
from hongyan.carriers.sgip.listening import Callers, TwoWay
from hongyan.carriers.sgip.sequences import minting
from hongyan.carriers.sgip.settings import PORT, SETTINGS
from hongyan.carriers.sgip.wording import SgipWording, result_words
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig
from hongyan.session import Key, Refusal, Speech
from hongyan.session.dial import Dialer
from hongyan.session.link import Link
from hongyan.session.tongues import SGIP
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed, sgip
from hongyan.wire.anatomy import sgip_submit

_PATIENT = frozenset({1, 4})
"""log-ins refused so are refused again"""

_SUBMIT_RESP = sgip.SubmitResp.command.to_bytes(4, "big")


def _verdict(link: Link, answer: Any) -> Refusal | None:  # noqa: ARG001 - a contract's shape
    if answer.__class__ is not sgip.BindResp:
        raise Malformed(f"a {answer.name} answers the Bind")
    return Refusal(*result_words(answer.result), answer.result in _PATIENT) if answer.result else None


def _decode(frame: bytes) -> sgip.Pdu:
    """Read a frame; what comes with every message first."""
    if frame[4:8] == _SUBMIT_RESP:
        sequence, result = sgip.read_submit_resp(frame)
        return sgip.SubmitResp(sgip.sequence_of(sequence), result)
    return sgip.decode(frame)


_REFUSALS: dict[int, type[sgip.DeliverResp | sgip.ReportResp]] = {
    sgip.Deliver.command: sgip.DeliverResp,
    sgip.Report.command: sgip.ReportResp,
}


def _refusal_of(wrong: Malformed) -> bytes | None:
    answer = _REFUSALS.get(wrong.command or 0)
    if answer is None or wrong.status is None:
        return None
    return sgip.encode(answer(sgip.sequence_of(wrong.sequence.to_bytes(12, "big")), wrong.status))


def sgip_carrier(config: CarrierConfig, clock: Clock, random: Random, process: int = 0) -> Wired:
    """Build a carrier from what is declared. `process`: this one's number among those of the node. Misconfigured."""
    where = f"carrier {config.name}"
    chosen = checked(where, "SGIP", SETTINGS, config.settings)
    peer = peer_of(config.name, where, chosen, PORT)
    mint = minting(chosen["node"], clock, process)

    def log_in(link: Link | None, key: Key) -> bytes:  # noqa: ARG001 - a contract's shape
        assert isinstance(key, bytes)
        return sgip.encode(sgip.Bind(sgip.sequence_of(key), 1, chosen["login_name"], config.password))

    try:
        wording = SgipWording(config.name, chosen)
        log_in(None, bytes(12))
    except Malformed as wrong:
        raise Misconfigured(where, f"the settings do not fit their fields: {wrong}") from None
    speech = Speech(
        tongue=SGIP,
        decode=_decode,
        refusal_of=_refusal_of,
        timers=timers(chosen),
        window=chosen["window"],
        pace_per_s=chosen["link_pace"],
        mint=mint,
    )
    calling = replace(speech, log_in=log_in, verdict=_verdict)

    def dialers(owner: Wired, transcript: Transcript) -> Sequence[Dialer]:
        return [peer.dialer(calling, owner, transcript, clock, random, on_demand=True)]

    called = replace(speech, timers=replace(speech.timers, quiet_s=chosen["listen_quiet_s"]))
    callers = Callers(where, chosen, config.password, called)
    reading = Reading(
        sgip_submit,
        alphabet_of,
        coding="message_coding",
        udhi=("tp_udhi", 1),
        key=lambda place: sgip.Sequence(chosen["node"], timestamp(clock), place).octets(),
    )
    return TwoWay(config.name, wording, chosen=chosen, callers=callers, clock=clock, dialers=dialers, reading=reading)
