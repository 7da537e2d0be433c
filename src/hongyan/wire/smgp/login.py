"""What proves who is who at an SMGP log-in: digests over the shared secret. No comparing here."""

import hashlib

_SEVEN = bytes(7)


def timestamp_text(timestamp: int) -> str:
    """Return MMDDHHMMSS as the digest wants it: ten digits, though the number has lost January's leading zero."""
    return f"{timestamp:010d}"


def authenticator_client(client_id: str, secret: str, timestamp: int) -> bytes:
    """Return what the SP shows. `timestamp` is MMDDHHMMSS in China, read as a number."""
    shown = client_id.encode("latin-1") + _SEVEN + secret.encode() + timestamp_text(timestamp).encode()
    return hashlib.md5(shown, usedforsecurity=False).digest()


def authenticator_server(status: int, client: bytes, secret: str) -> bytes:
    """Return what the gateway shows in turn; `client` is the SP's authenticator."""
    return hashlib.md5(status.to_bytes(4, "big") + client + secret.encode(), usedforsecurity=False).digest()
