"""The two seals: ACS3-HMAC-SHA256 in headers, RPC 1.0 (HMAC-SHA1) in parameters. Who asks is found by the desk.

Reads the seal into a `Claim` with the text that was sealed; the digest is made when the desk calls `prove` with the
secret. The received encoding is never trusted: texts are decoded first and encoded again by the vendor's rule.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from hongyan.dialects.alibaba.params import Values, Wire
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Proof

WINDOW_MS = 15 * 60_000
"""spec: alibaba#seal.window."""
ACS3 = "ACS3-HMAC-SHA256"
_RPC_METHOD, _RPC_VERSION = "HMAC-SHA1", "1.0"
_MOST_NONCE = 256
_NO_BYTES = hashlib.sha256(b"").hexdigest()
_MUST_BE_SEALED = (
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "x-acs-accesskey-id",
    "x-acs-security-token",
)
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
_ONCE = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)].__getitem__
_TWICE = [chr(byte) if byte in _UNRESERVED else f"%25{byte:02X}" for byte in range(256)].__getitem__
_AT_ONCE = 65_536
"""bytes encoded without a break, in which the event loop cannot go on"""


def encoded(text: str, of_byte: Callable[[int], str] = _ONCE) -> str:
    """Return the text percent-encoded by the vendor's rule.

    spec: alibaba#seal.encoding
    """
    if text.isalnum() and text.isascii():
        return text
    raw = text.encode()
    if len(raw) <= _AT_ONCE:
        return "".join(map(of_byte, raw))
    return "".join(["".join(map(of_byte, raw[at : at + _AT_ONCE])) for at in range(0, len(raw), _AT_ONCE)])


def is_acs3(exchange: Exchange) -> bool:
    """Return whether the seal is in the headers."""
    return "authorization" in exchange.headers


def claimed(exchange: Exchange, wire: Wire) -> Claim:
    """Return who the caller says they are.

    spec: alibaba#seal.scheme
    """
    if is_acs3(exchange):
        return _acs3(exchange, wire.query)
    return _rpc(exchange.method, wire.every)


def _acs3(exchange: Exchange, query: Values) -> Claim:
    headers = exchange.headers
    algorithm, _, rest = headers["authorization"].strip().partition(" ")
    if algorithm != ACS3:
        raise Refused(Reason.BAD_SEAL_METHOD, theirs=algorithm[:32])
    given = dict(_pieces(rest))
    try:
        key_id, listed, theirs = given["Credential"], given["SignedHeaders"], given["Signature"]
    except KeyError as missing:
        raise Refused(Reason.BAD_SEAL_FIELD, field=f"Authorization {missing.args[0]}") from None
    if not key_id:
        raise Refused(Reason.MISSING_SEAL, field="AccessKeyId")
    names = listed.split(";")
    _check_sealed(names, headers)
    sealed_at = sealed_ms(_header(headers, "x-acs-date", "Timestamp"))
    nonce = _checked_nonce(_header(headers, "x-acs-signature-nonce", "SignatureNonce"))
    body_hash = hashlib.sha256(exchange.body).hexdigest() if exchange.body else _NO_BYTES
    body_stands = _same(headers.get("x-acs-content-sha256", body_hash).lower(), body_hash)
    tail = "".join(f"{name.lower()}:{headers.get(name.lower(), '').strip()}\n" for name in names)
    tail = f"{tail}\n{listed}\n{body_hash}"
    # the clients leave keys as they are, the documents encode them: spec: alibaba#seal.keys
    ways = (str,) if _PLAIN.fullmatch("".join(query)) else (str, encoded)
    sealed = [_acs3_sealed(f"{exchange.method}\n/\n{_canonical(query, way)}\n{tail}") for way in ways]

    def prove(secret: str) -> Proof:
        """spec: alibaba#seal.acs3."""
        proofs = [_acs3_proof(secret, theirs, *one) for one in sealed]
        proof = next((one for one in proofs if one.valid), proofs[0])
        return proof if body_stands else proof._replace(valid=False)  # spec: alibaba#seal.body

    return Claim(key_id=key_id, prove=prove, sealed_at=sealed_at, window_ms=WINDOW_MS, nonce=nonce)


def _acs3_sealed(request: str) -> tuple[str, str]:
    digest = hashlib.sha256(request.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{ACS3}\n{digest}", request


def _acs3_proof(secret: str, theirs: str, to_sign: str, request: str) -> Proof:
    ours = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return Proof(_same(theirs, ours), theirs, ours, f"{to_sign}\n{request}")


def _rpc(method: str, params: Values) -> Claim:
    if (params.get("SignatureMethod") or _RPC_METHOD).upper() != _RPC_METHOD:
        raise Refused(Reason.BAD_SEAL_METHOD, theirs=params["SignatureMethod"][:32])
    if (params.get("SignatureVersion") or _RPC_VERSION) != _RPC_VERSION:
        raise Refused(Reason.BAD_SEAL_FIELD, field="SignatureVersion")
    key_id, theirs = _seal_field(params, "AccessKeyId"), _seal_field(params, "Signature")
    sealed_at = sealed_ms(_seal_field(params, "Timestamp"))
    nonce = _checked_nonce(_seal_field(params, "SignatureNonce"))
    pairs = [
        f"{encoded(name, _TWICE)}%3D{encoded(params[name], _TWICE)}" for name in sorted(params) if name != "Signature"
    ]
    to_sign = f"{method}&%2F&{'%26'.join(pairs)}"

    def prove(secret: str) -> Proof:
        """spec: alibaba#seal.rpc."""
        digest = hmac.digest(f"{secret}&".encode(), to_sign.encode(), "sha1")
        ours = base64.b64encode(digest).decode("ascii")
        return Proof(_same(theirs, ours), theirs, ours, to_sign)

    return Claim(key_id=key_id, prove=prove, sealed_at=sealed_at, window_ms=WINDOW_MS, nonce=nonce)


def _canonical(params: Values, key: Callable[[str], str]) -> str:
    return "&".join([f"{key(name)}={encoded(params[name])}" for name in sorted(params)])


def _pieces(text: str) -> Iterable[tuple[str, str]]:
    for piece in text.split(","):
        name, _, value = piece.strip().partition("=")
        yield name, value


def _check_sealed(names: Iterable[str], headers: Mapping[str, str]) -> None:
    """spec: alibaba#seal.headers, alibaba#seal.sts."""
    listed = {name.lower() for name in names}
    for name in _MUST_BE_SEALED:
        if name in headers and name not in listed:
            raise Refused(Reason.BAD_SEAL_FIELD, field=f"SignedHeaders without {name}")


def _header(headers: Mapping[str, str], name: str, field: str) -> str:
    value = headers.get(name, "").strip()
    if not value:
        raise Refused(Reason.MISSING_SEAL, field=field)
    return value


def _seal_field(params: Mapping[str, str], name: str) -> str:
    value = params.get(name)
    if not value:
        raise Refused(Reason.MISSING_SEAL, field=name)
    return value


def _checked_nonce(nonce: str) -> str:
    if len(nonce) > _MOST_NONCE:
        raise Refused(Reason.BAD_SEAL_FIELD, field="SignatureNonce")
    return nonce


def sealed_ms(text: str) -> int:
    """Return the time of `2026-01-02T03:04:05Z`, with or without a fraction.

    spec: alibaba#seal.timestamp
    """
    if text[10:11] != "T" or text[-1:] != "Z":
        raise Refused(Reason.BAD_CLOCK, field="Timestamp")
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refused(Reason.BAD_CLOCK, field="Timestamp") from None


def _same(theirs: str, ours: str) -> bool:
    return hmac.compare_digest(theirs.encode("utf-8", "surrogatepass"), ours.encode())
