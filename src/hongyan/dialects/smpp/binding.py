"""Who binds: the claim that the desk proves, how wrong ones are answered, and patience with those who try again.

A password is kept as its digest while the session lasts, so that it can be proved again when the world changes.
"""

import hmac
from collections import OrderedDict
from hashlib import sha256

from hongyan.model.submission import Claim, Exchange, Proof
from hongyan.wire import smpp
from hongyan.wire.smpp.tlvs import SC_INTERFACE_VERSION

OUR_NAME = "hongyan"
_RESPONSES: dict[type[smpp.Bind], type[smpp.BindResp]] = {
    smpp.BindReceiver: smpp.BindReceiverResp,
    smpp.BindTransmitter: smpp.BindTransmitterResp,
    smpp.BindTransceiver: smpp.BindTransceiverResp,
}
_FIRST_WITH_PARAMETERS = 0x34
_VERSION = ((SC_INTERFACE_VERSION, bytes((0x34,))),)

FORGIVEN_MS = 300_000
"""without a failure after which an address is answered at once again"""
LONGEST_WAIT_S = 5.0
_FIRST_WAIT_S = 0.25
_FREE_FAILURES = 2
_MOST_ADDRESSES = 10_000


def digest(password: str) -> bytes:
    """Return what is kept of a password as it came."""
    return sha256(password.encode("latin-1", "replace")).digest()


def claim(system_id: str, kept: bytes) -> Claim:
    """Return who a session says it is. The comparison takes the same time whatever differs."""

    def prove(secret: str) -> Proof:
        return Proof(hmac.compare_digest(sha256(secret.encode()).digest(), kept), "", "", "")

    return Claim(system_id, prove)


def bind_exchange(pdu: smpp.Bind, line: str, request_id: str, peer: str, now_ms: int) -> Exchange:
    """Return a bind as the request that it is."""
    return Exchange(
        request_id=request_id,
        dialect="smpp",
        method="SMPP",
        path=pdu.name,
        query=b"",
        headers={},
        body=line.encode("utf-8", "replace"),
        peer=peer,
        received_at=now_ms,
        action=pdu.name,
    )


def bound(pdu: smpp.Bind) -> bytes:
    """Return the answer that takes a bind. Sessions before version 3.4 get no parameters.

    spec: smpp#bind.version
    """
    tlvs = _VERSION if pdu.interface_version >= _FIRST_WITH_PARAMETERS else ()
    return smpp.encode(_RESPONSES[type(pdu)](pdu.sequence, 0, OUR_NAME, tlvs))


class Patience:
    """Answers to wrong binds come later with each, address by address.

    spec: smpp#bind.patience
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def failed(self, address: str, now_ms: int) -> float:
        """Note a failure; return how many seconds its answer waits."""
        count, at = self._failures.pop(address, (0, now_ms))
        count = 1 if now_ms - at > FORGIVEN_MS else count + 1
        self._failures[address] = count, now_ms
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
        beyond = count - _FREE_FAILURES
        return 0.0 if beyond <= 0 else min(LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(beyond - 1, 8))

    def welcomed(self, address: str) -> None:
        """Forget: somebody there knows a password."""
        self._failures.pop(address, None)
