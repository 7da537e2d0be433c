"""What proves who is who at a CMPP log-in (CMPP 3.0 §7.4.1): digests over the shared secret. No comparing here."""

import hashlib

from hongyan.wire.cmpp.layouts import V30

_NINE = bytes(9)


def timestamp_text(timestamp: int) -> str:
    """Return MMDDHHMMSS as the digest wants it: ten digits, though the number has lost January's leading zero."""
    return f"{timestamp:010d}"


def authenticator_source(source_addr: str, secret: str, timestamp: int) -> bytes:
    """Return what the SP shows. `timestamp` is MMDDHHMMSS in China, read as a number."""
    shown = source_addr.encode("latin-1") + _NINE + secret.encode() + timestamp_text(timestamp).encode()
    return hashlib.md5(shown, usedforsecurity=False).digest()


def authenticator_ismg(status: int, source: bytes, secret: str, version: int = V30) -> bytes:
    """Return what the gateway shows in turn; `source` is the SP's authenticator.

    The status is digested as wide as it is on the wire. Gateways are known to use four octets on links of 2.0 too:
    who checks it tries both versions.
    """
    shown = status.to_bytes(4 if version >= V30 else 1, "big") + source + secret.encode()
    return hashlib.md5(shown, usedforsecurity=False).digest()
