"""CMPP 2.0 and 3.0 carriers: China Mobile's gateways, and the many resellers that speak like them.

Each part is a SUBMIT of its own to one number; reports and replies come in DELIVER, on any link of the account. A
Msg_Id is opaque: it is kept as its unsigned decimal number.
"""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any

from msgspec.structs import replace

from hongyan.carriers.china.building import peer_of
from hongyan.carriers.china.contents import alphabet_of
from hongyan.carriers.china.settings import checked
from hongyan.carriers.cmpp.log_in import LogIn
from hongyan.carriers.cmpp.settings import PORT, SETTINGS, VERSIONS
from hongyan.carriers.cmpp.wording import CmppWording
from hongyan.carriers.link_settings import timers
from hongyan.carriers.links import Wired
from hongyan.carriers.preview import Reading
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig
from hongyan.session import Speech
from hongyan.session.dial import Dialer
from hongyan.session.tongues import CMPP
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed, cmpp
from hongyan.wire.anatomy import cmpp_submit

_SUBMIT_RESP = cmpp.SubmitResp.command.to_bytes(4, "big")


def _decoder(version: int) -> Any:
    """Return the reader of frames, which takes what comes with every message first."""
    others = partial(cmpp.decode, version=version)

    def decode(frame: bytes) -> cmpp.Pdu:
        if frame[4:8] == _SUBMIT_RESP:
            return cmpp.SubmitResp(*cmpp.read_submit_resp(frame))
        return others(frame)

    return decode


def cmpp_carrier(config: CarrierConfig, clock: Clock, random: Random) -> Wired:
    """Build a carrier from what is declared. Raises Misconfigured."""
    where = f"carrier {config.name}"
    chosen = checked(where, "CMPP", SETTINGS, config.settings)
    version = VERSIONS[chosen["version"]]
    log_in = LogIn(chosen["sp_id"], config.password, version, clock)
    peer = peer_of(config.name, where, chosen, PORT)
    try:
        cmpp.encode(cmpp.Connect(1, chosen["sp_id"], bytes(16), version, 0))
        wording = CmppWording(config.name, chosen)
    except Malformed as wrong:
        raise Misconfigured(where, f"the settings do not fit their fields: {wrong}") from None

    def refusal_of(wrong: Malformed) -> bytes | None:
        if wrong.command != cmpp.Deliver.command or wrong.status is None:
            return None
        return cmpp.write_deliver_resp(wrong.sequence, 0, wrong.status, version)

    speech = Speech(
        tongue=CMPP,
        decode=_decoder(version),
        refusal_of=refusal_of,
        timers=timers(chosen),
        window=chosen["window"],
        pace_per_s=chosen["link_pace"],
        log_in=log_in.frame,
        verdict=log_in.verdict,
    )

    def dialers(owner: Wired, transcript: Transcript) -> Sequence[Dialer]:
        return [peer.dialer(replace(speech, late=owner.late), owner, transcript, clock, random, on_demand=False)]

    reading = Reading(partial(cmpp_submit, version=version), alphabet_of, coding="msg_fmt", udhi=("tp_udhi", 1))
    return Wired(
        config.name, wording, clock=clock, dialers=dialers, pause_ms=chosen["throttle_pause_ms"], reading=reading
    )
