"""Who an NXCloud caller is: five signed headers over the raw body.

Reads headers into a `Claim`; knows no secret and parses no body. Checks come in the vendor's order: missing
headers, fixed values, then (the desk's work) key, clock, digest.
"""

import hashlib
import hmac
from collections.abc import Mapping

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Proof

WINDOW_MS = 60_000
_TS_DIGITS = 13
_SHOWN = 4_000
_REQUIRED = (
    ("accesskey", "accessKey"),
    ("ts", "ts"),
    ("biztype", "bizType"),
    ("action", "action"),
    ("sign", "sign"),
)
_METHODS = {"": hashlib.md5, "md5": hashlib.md5, "sha256": hashlib.sha256}
"""spec: nxcloud#auth.algorithm"""


def claim(exchange: Exchange, *, action: str = "mtsend", biz_type: str = "3") -> Claim:
    """Return who the headers say is calling.

    Raises Refused: MISSING_SEAL for an absent or empty header, BAD_SEAL_FIELD and BAD_SEAL_METHOD for a value
    this endpoint cannot take. A `ts` that is no time counts as one long past, so that an unknown key is
    still told first. spec: nxcloud#auth.order, nxcloud#auth.accessKey, nxcloud#auth.ts, nxcloud#auth.bizType,
    nxcloud#auth.action, nxcloud#auth.sign, nxcloud#auth.names
    """
    headers = exchange.headers
    for name, written in _REQUIRED:
        if not headers.get(name):
            raise Refused(Reason.MISSING_SEAL, field=written)
    if headers["biztype"] != biz_type:
        raise Refused(Reason.BAD_SEAL_FIELD, field="bizType", wanted=biz_type)
    if headers["action"] != action:
        raise Refused(Reason.BAD_SEAL_FIELD, field="action", wanted=action)
    method = headers.get("algorithm", "").lower()
    if method not in _METHODS:
        raise Refused(Reason.BAD_SEAL_METHOD, field="algorithm", wanted="md5 or sha256")
    ts = headers["ts"]
    is_time = len(ts) == _TS_DIGITS and ts.isascii() and ts.isdigit()
    if not is_time:
        exchange.notes.append(("clock", "ts is not 13 digits of milliseconds since 1970", "ts 不是 13 位毫秒时间戳"))
    return Claim(
        key_id=headers["accesskey"],
        prove=lambda secret: _prove(exchange, method, secret),
        sealed_at=int(ts) if is_time else 0,
        window_ms=WINDOW_MS,
    )


def digest(headers: Mapping[str, str], body: bytes, secret: str, method: str = "md5") -> str:
    """Return the lower-case hexadecimal digest: four headers in fixed order, the raw body if any, the secret.

    spec: nxcloud#auth.string
    """
    sealed = _METHODS[method](_head(headers).encode("utf-8", "replace"))
    if body:
        sealed.update(b"&body=")
        sealed.update(body)
    sealed.update(b"&accessSecret=" + secret.encode())
    return sealed.hexdigest()


def _head(headers: Mapping[str, str]) -> str:
    return (
        f"accessKey={headers['accesskey']}&action={headers['action']}&bizType={headers['biztype']}&ts={headers['ts']}"
    )


def _prove(exchange: Exchange, method: str, secret: str) -> Proof:
    headers = exchange.headers
    # a multipart body has no place in the string
    multipart = headers.get("content-type", "")[:19].lower() == "multipart/form-data"
    body = b"" if multipart else exchange.body
    ours = digest(headers, body, secret, method)
    theirs = headers["sign"]
    if theirs.isascii() and hmac.compare_digest(ours, theirs):
        return Proof(valid=True, theirs=theirs, ours=ours, string_to_sign="")
    shown = body[:_SHOWN].decode("utf-8", "replace") + ("…" if len(body) > _SHOWN else "")
    sealed = _head(headers) + (f"&body={shown}" if body else "") + "&accessSecret=***"
    return Proof(valid=False, theirs=theirs, ours=ours, string_to_sign=sealed)
