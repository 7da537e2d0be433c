"""Secrets at rest: sealed under the operator's master key (AES-256-GCM), each bound to what it belongs to.

A sealed text is `v1.<key id>.<base64>`; the key id says at once when the master key is another one.
"""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hongyan.model.errors import Misconfigured

_VERSION = "v1"
_NONCE_BYTES = 12


class Vault:
    """Seals and opens short texts with one master key of any length of at least 16 bytes."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) < 16:  # noqa: PLR2004 - 128 bits, the least that cannot be guessed
            raise Misconfigured("master key", "is shorter than 16 bytes", "make one with 32 random bytes")
        derived = hashlib.blake2b(master_key, digest_size=32, person=b"hongyan-vault").digest()
        self._cipher = AESGCM(derived)
        self.key_id = hashlib.blake2b(derived, digest_size=4, person=b"hongyan-key-id").hexdigest()

    def seal(self, secret: str, owner: str) -> str:
        """Return the sealed secret. It opens only for the same owner."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), owner.encode())
        return f"{_VERSION}.{self.key_id}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, owner: str) -> str:
        """Return the secret. Raises Misconfigured when it was sealed with another master key or was altered."""
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != _VERSION or key_id != self.key_id:
            raise Misconfigured(
                "master key",
                f"secrets in the store were sealed with key {key_id or '?'}, this one is {self.key_id}",
                "start with the master key that was in use when the secrets were declared",
            )
        raw = base64.b64decode(body)
        try:
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag:
            raise Misconfigured(owner, "the sealed secret was altered", "declare it again with apply") from None
