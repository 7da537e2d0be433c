"""SMPP 3.4 carriers: links of `session/`, octets of `wire/smpp/`, and each SMSC's own ways as settings.

`settings` declares those ways, `outbound` words messages, `rulings` reads refusals, `inbound` receipts and replies,
`ids` the many spellings of an id. This file puts them together.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from hongyan.carriers.declared import chosen
from hongyan.carriers.link_settings import again, hosts, timers
from hongyan.carriers.links import Wired
from hongyan.carriers.pieces import Said
from hongyan.carriers.rulings import Rulings
from hongyan.carriers.shaping import Shaping
from hongyan.carriers.smpp.ids import Ids
from hongyan.carriers.smpp.inbound import Inbound
from hongyan.carriers.smpp.outbound import Outbound
from hongyan.carriers.smpp.rulings import rulings
from hongyan.carriers.smpp.settings import PORT, SETTINGS, TLS_PORT
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig
from hongyan.session import Key, Refusal, Speech
from hongyan.session.dial import Dialer
from hongyan.session.link import Link
from hongyan.session.tls import client_tls
from hongyan.session.tongues import SMPP
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed, smpp
from hongyan.wire.smpp import statuses

_BINDS: dict[str, type[smpp.Bind]] = {
    "transceiver": smpp.BindTransceiver,
    "transmitter": smpp.BindTransmitter,
    "receiver": smpp.BindReceiver,
}
_BOUND = smpp.BindTransceiverResp | smpp.BindTransmitterResp | smpp.BindReceiverResp
_PATIENT = frozenset({0x05, 0x0D, 0x0E, 0x0F, 0x15, 0x53})
"""refusals of a bind that trying again soon does not better (SMPP 3.4 §5.1.3)"""


class _Wording:
    """Fits `links.Wording`."""

    def __init__(self, outbound: Outbound, inbound: Inbound, rulings: Rulings, ids: Ids) -> None:
        self.parts, self.frame = outbound.parts, outbound.frame
        self.brought = inbound.brought
        self._rulings, self._ids = rulings, ids

    def taken(self, answer: Any, message: Message) -> str | None:
        """Return the id in a submit_sm_resp that went well."""
        if answer.__class__ is smpp.SubmitSmResp and not answer.status:
            return self._ids.answered(answer.message_id, message.to)
        return None

    def refused(self, answer: Any) -> Said:
        """Return what any other answer means; generic_nack is one."""
        if not answer.status:
            return self._rulings.unreadable(f"{answer.name} without an error")
        return self._rulings.said(answer.status)


def smpp_carrier(config: CarrierConfig, clock: Clock, random: Random) -> Wired:
    """Build a carrier from what is declared. Raises Misconfigured."""
    where = f"carrier {config.name}"
    settings = chosen(where, "SMPP", SETTINGS, config.settings)
    shaping, ids = Shaping(settings), Ids(settings["receipt_ids"])
    outbound = Outbound(config.name, settings, shaping, clock)
    wording = _Wording(
        outbound,
        Inbound(config.name, settings, shaping, ids),
        rulings(config.name, settings["statuses"], settings["throttle_pause_ms"]),
        ids,
    )
    log_in = _log_in(where, config.password, settings)
    peers = hosts(where, settings, TLS_PORT if settings["tls"] else PORT)
    tls = None
    if settings["tls"]:
        tls = client_tls(
            where,
            ca=settings["tls_ca"],
            certificate=settings["tls_certificate"],
            key=settings["tls_key"],
            trust_all=settings["tls_trust_all"],
        )

    def speech(bind: str, owner: Wired) -> Speech:
        return Speech(
            tongue=SMPP,
            decode=smpp.decode,
            refusal_of=smpp.refusal_of,
            timers=timers(settings),
            window=settings["window"],
            pace_per_s=settings["link_pace"],
            log_in=lambda _, key: log_in(bind, key),
            verdict=_verdict,
            late=owner.late,
        )

    def dialers(owner: Wired, transcript: Transcript) -> Sequence[Dialer]:
        return [
            Dialer(
                speech(bind, owner),
                owner,
                name=name,
                hosts=peers,
                clock=clock,
                random=random,
                links=links,
                again=again(settings),
                tls=tls,
                server_name=settings["tls_name"] or None,
                transcript=transcript,
            )
            for bind, name, links in _places(config.name, settings)
        ]

    carrier = Wired(
        config.name,
        wording,
        clock=clock,
        dialers=dialers,
        sends=lambda link: not link.name.startswith(f"{config.name}/rx"),
        pause_ms=settings["throttle_pause_ms"],
        reading=outbound.reading(),
    )
    carrier.repeatable = settings["repeatable"]
    return carrier


def _places(name: str, settings: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return (bind, name, links) of each kind of link."""
    bind, links = settings["bind"], settings["links"]
    if bind == "both":
        return [("transmitter", f"{name}/tx", links), ("receiver", f"{name}/rx", settings["receiver_links"])]
    suffix = "/rx" if bind == "receiver" else ""
    return [(bind, f"{name}{suffix}", links)]


def _log_in(where: str, password: str, settings: dict[str, Any]) -> Any:
    """Return (bind, key) -> the frame of the bind. Raises Misconfigured when it cannot be written."""
    limits = {"password": settings["password_octets"], "system_id": settings["system_id_octets"]}

    def frame(bind: str, key: Key) -> bytes:
        assert isinstance(key, int)
        pdu = _BINDS[bind](
            key,
            settings["system_id"],
            password,
            settings["system_type"],
            settings["interface_version"],
            address_range=settings["address_range"],
        )
        return smpp.encode(pdu, limits)

    try:
        frame("transceiver", 1)
    except Malformed as wrong:
        wider = next((f"{name}_octets, if the carrier takes more." for name in limits if f".{name}:" in str(wrong)), "")
        raise Misconfigured(where, f"the log-in cannot be written: {wrong}.", wider) from None
    return frame


def _verdict(link: Link, answer: Any) -> Refusal | None:  # noqa: ARG001 - a contract's shape
    status = answer.status
    if not status:
        return None if isinstance(answer, _BOUND) else Refusal("NO-BIND", f"{answer.name} answers the bind", False)
    return Refusal(statuses.status_name(status), statuses.status_sentence(status), status in _PATIENT)
