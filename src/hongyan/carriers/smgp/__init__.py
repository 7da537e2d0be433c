"""SMGP 3.0 carriers: China Telecom's gateways.

Each part is a Submit of its own to one number, with TLVs that say which part it is; reports and replies come in
Deliver, on any link of the account. A MsgID is ten octets of any value: it is kept as twenty hexadecimal digits.
"""

from collections.abc import Sequence
from random import Random

from msgspec.structs import replace

from hongyan.carriers.china.building import peer_of
from hongyan.carriers.china.contents import alphabet_of
from hongyan.carriers.china.settings import checked
from hongyan.carriers.link_settings import timers
from hongyan.carriers.links import Wired
from hongyan.carriers.preview import Reading
from hongyan.carriers.smgp.log_in import LogIn
from hongyan.carriers.smgp.settings import MODES, PORT, SETTINGS
from hongyan.carriers.smgp.wording import SmgpWording
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig
from hongyan.session import Speech
from hongyan.session.dial import Dialer
from hongyan.session.tongues import SMGP
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed, smgp
from hongyan.wire.anatomy import smgp_submit

_SUBMIT_RESP = smgp.SubmitResp.command.to_bytes(4, "big")

_ID_OCTETS = 10


def _decode(frame: bytes) -> smgp.Pdu:
    """Read a frame; what comes with every message first."""
    if frame[4:8] == _SUBMIT_RESP:
        return smgp.SubmitResp(*smgp.read_submit_resp(frame))
    return smgp.decode(frame)


def _refusal_of(wrong: Malformed) -> bytes | None:
    if wrong.command != smgp.Deliver.command or wrong.status is None:
        return None
    return smgp.write_deliver_resp(wrong.sequence, bytes(_ID_OCTETS), wrong.status)


def smgp_carrier(config: CarrierConfig, clock: Clock, random: Random) -> Wired:
    """Build a carrier from what is declared. Raises Misconfigured."""
    where = f"carrier {config.name}"
    chosen = checked(where, "SMGP", SETTINGS, config.settings)
    mode = MODES[chosen["login_mode"]]
    log_in = LogIn(chosen["client_id"], config.password, mode, clock)
    peer = peer_of(config.name, where, chosen, PORT)
    try:
        wording = SmgpWording(config.name, chosen)
        smgp.encode(smgp.Login(1, chosen["client_id"], bytes(16), mode, 0))
    except Malformed as wrong:
        raise Misconfigured(where, f"the settings do not fit their fields: {wrong}") from None
    speech = Speech(
        tongue=SMGP,
        decode=_decode,
        refusal_of=_refusal_of,
        timers=timers(chosen),
        window=chosen["window"],
        pace_per_s=chosen["link_pace"],
        log_in=log_in.frame,
        verdict=log_in.verdict,
    )

    def dialers(owner: Wired, transcript: Transcript) -> Sequence[Dialer]:
        return [peer.dialer(replace(speech, late=owner.late), owner, transcript, clock, random, on_demand=False)]

    return Wired(
        config.name,
        wording,
        clock=clock,
        dialers=dialers,
        sends=lambda _: mode != MODES["receive"],
        pause_ms=chosen["throttle_pause_ms"],
        reading=Reading(smgp_submit, alphabet_of, coding="msg_format", udhi=("tlv 0x0002", 1)),
    )
