"""The two seals: ACS3-HMAC-SHA256 in headers, RPC 1.0 (HMAC-SHA1) in parameters. Who asks is found by the desk.

Reads the seal into a `Claim`; the digest is made only when the desk calls `prove` with the secret. The received
encoding is never trusted: texts are decoded first and encoded again by the vendor's rule.
"""

import base64
import hashlib
import hmac
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
_ENCODED_BYTE = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)].__getitem__


def encoded(text: str) -> str:
    """Return the text percent-encoded by the vendor's rule.

    spec: alibaba#seal.encoding
    """
    if text.isalnum() and text.isascii():
        return text
    return "".join(map(_ENCODED_BYTE, text.encode()))


def is_acs3(exchange: Exchange) -> bool:
    """Return whether the seal is in the headers."""
    return "authorization" in exchange.headers


def claim(exchange: Exchange, wire: Wire) -> Claim:
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

    def prove(secret: str) -> Proof:
        """spec: alibaba#seal.acs3."""
        body_hash = hashlib.sha256(exchange.body).hexdigest() if exchange.body else _NO_BYTES
        tail = "".join(f"{name.lower()}:{headers.get(name.lower(), '').strip()}\n" for name in names)
        tail = f"{tail}\n{listed}\n{body_hash}"
        said_hash = headers.get("x-acs-content-sha256", body_hash)
        proof = _acs3_proof(secret, theirs, f"{exchange.method}\n/\n{_canonical(query, str)}\n{tail}")
        if not proof.valid and not all(map(_plain, query)):
            # the documents encode keys, the clients do not: spec: alibaba#seal.keys
            strict = _acs3_proof(secret, theirs, f"{exchange.method}\n/\n{_canonical(query, encoded)}\n{tail}")
            proof = strict if strict.valid else proof
        if not _same(said_hash.lower(), body_hash):
            return proof._replace(valid=False)  # spec: alibaba#seal.body
        return proof

    return Claim(
        key_id=key_id,
        prove=prove,
        sealed_at=sealed_ms(_header(headers, "x-acs-date", "Timestamp")),
        window_ms=WINDOW_MS,
        nonce=_checked_nonce(_header(headers, "x-acs-signature-nonce", "SignatureNonce")),
    )


def _acs3_proof(secret: str, theirs: str, request: str) -> Proof:
    digest = hashlib.sha256(request.encode("utf-8", "surrogateescape")).hexdigest()
    to_sign = f"{ACS3}\n{digest}"
    ours = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return Proof(_same(theirs, ours), theirs, ours, f"{to_sign}\n{request}")


def _rpc(method: str, params: Values) -> Claim:
    if (params.get("SignatureMethod") or _RPC_METHOD).upper() != _RPC_METHOD:
        raise Refused(Reason.BAD_SEAL_METHOD, theirs=params["SignatureMethod"][:32])
    if (params.get("SignatureVersion") or _RPC_VERSION) != _RPC_VERSION:
        raise Refused(Reason.BAD_SEAL_FIELD, field="SignatureVersion")
    key_id, theirs = _seal_field(params, "AccessKeyId"), _seal_field(params, "Signature")

    def prove(secret: str) -> Proof:
        """spec: alibaba#seal.rpc."""
        query = _canonical(params, encoded, leave="Signature")
        # only unreserved characters and %, =, & are left: three replacements encode it a second time
        twice = query.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
        to_sign = f"{method}&%2F&{twice}"
        digest = hmac.digest(f"{secret}&".encode(), to_sign.encode(), "sha1")
        ours = base64.b64encode(digest).decode("ascii")
        return Proof(_same(theirs, ours), theirs, ours, to_sign)

    return Claim(
        key_id=key_id,
        prove=prove,
        sealed_at=sealed_ms(_seal_field(params, "Timestamp")),
        window_ms=WINDOW_MS,
        nonce=_checked_nonce(_seal_field(params, "SignatureNonce")),
    )


def _canonical(params: Values, key: Callable[[str], str], leave: str = "") -> str:
    return "&".join([f"{key(name)}={encoded(params[name])}" for name in sorted(params) if name != leave])


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


def _plain(text: str) -> bool:
    return encoded(text) == text


def _same(theirs: str, ours: str) -> bool:
    return hmac.compare_digest(theirs.encode("utf-8", "surrogatepass"), ours.encode())
