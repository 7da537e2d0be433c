"""The vendor's gateway envelope: `/gateways`, where one path carries every action, sealed or with an APPCODE.

Reads envelopes, makes and checks their seals. Pure: the secret is handed in by the desk, through `Claim.prove`.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from hongyan.dialects.comms.words import OK, VERSION
from hongyan.dialects.reading import json_object, typed
from hongyan.model.clock import BEIJING, beijing
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Answer, Proof

ACTION_FOLDER = "comms/sms/"
WINDOW_MS = 600_000
"""spec: comms#gateway.timestamp"""
MD5 = "3"
"""spec: comms#gateway.type"""
_TIMESTAMP_DIGITS = 17


class Envelope(Struct, kw_only=True):
    """A signed request. spec: comms#gateway.envelope."""

    appCode: str = ""  # noqa: N815 - the vendor's names, here and below
    act: str = ""
    bizNo: str = ""  # noqa: N815
    timestamp: str = ""
    type: str = ""
    bizContent: str = ""  # noqa: N815
    sign: str = ""

    def sealed_at(self) -> int:
        """Return the seal's time in milliseconds. Raises Refused(BAD_CLOCK)."""
        text = self.timestamp
        if len(text) != _TIMESTAMP_DIGITS or not (text.isascii() and text.isdigit()):
            raise Refused(Reason.BAD_CLOCK, field="timestamp")
        try:
            second = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise Refused(Reason.BAD_CLOCK, field="timestamp") from None
        return int(second.timestamp()) * 1000 + int(text[14:])

    def prove(self, secret: str) -> Proof:
        """Return whether `sign` is right. spec: comms#gateway.sign."""
        sealed = f"{self.bizNo}&{self.appCode}&{self.bizContent}&{self.timestamp}&"
        ours = hashlib.md5((sealed + secret).encode(), usedforsecurity=False).hexdigest()
        valid = hmac.compare_digest(ours.encode(), self.sign.encode())
        return Proof(valid, self.sign, ours, sealed + "***")

    def fields(self) -> dict[str, Any]:
        """Return the action's own fields."""
        return json_object(self.bizContent.encode()) if self.bizContent else {}


def read_envelope(body: bytes) -> Envelope:
    """Return the envelope. Raises Refused for a missing or impossible field."""
    envelope = typed(json_object(body), Envelope)
    for name in ("appCode", "act", "bizNo", "timestamp", "type", "sign"):
        if not getattr(envelope, name):
            raise Refused(Reason.MISSING_SEAL if name in ("appCode", "sign") else Reason.MISSING_FIELD, field=name)
    if envelope.type != MD5:
        raise Refused(Reason.BAD_SEAL_METHOD, field="type")
    return envelope


def sealed_answer(envelope: Envelope, secret: str, now_ms: int, words: dict[str, Any], status: int = 200) -> Answer:
    """Return an action's answer in its sealed envelope. spec: comms#gateway.answer."""
    timestamp = beijing(now_ms).strftime("%Y%m%d%H%M%S") + f"{now_ms % 1000:03d}"
    code = words["code"]
    body = {
        "ver": VERSION,
        "code": code,
        "msg": words["msg"],
        "gwRequestID": words["requestId"],
        "act": envelope.act,
        "timestamp": timestamp,
    }
    sealed = [envelope.act, timestamp, code]
    if code == OK:
        body["bizContent"] = content = msgspec.json.encode(words).decode()
        sealed.append(content)
    sealed.append(secret)
    body["signType"] = MD5
    body["sign"] = hashlib.md5("&".join(sealed).encode(), usedforsecurity=False).hexdigest()
    return Answer(status, msgspec.json.encode(body))


def equals_secret(given: str) -> Callable[[str], Proof]:
    """Return the check of a secret that is sent as it is. Neither of the two is repeated in the proof."""

    def prove(secret: str) -> Proof:
        valid = bool(secret) and hmac.compare_digest(secret.encode(), given.encode())
        return Proof(valid, "the APPCODE sent", "the key's secret", "")

    return prove
