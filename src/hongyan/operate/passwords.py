"""Passwords of accounts: which are taken, how they are kept (Argon2id), and how they are compared.

One is computed at a time in a process, in a thread: whoever guesses cannot take more than that from the road.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from hongyan.model.errors import Refused
from hongyan.operate.rehearsal import wrong
from hongyan.text.characters import is_storable

T = TypeVar("T")

LEAST, MOST = 12, 1_000
PASSES, MEMORY_KIB = 3, 65_536
"""RFC 9106's second choice"""
MOST_WAITING = 16
"""comparisons that may wait; more are told to come back"""
_FEWEST_DIFFERENT = 4
_KNOWN = frozenset(
    {
        "administrator",
        "administrator1",
        "changeme1234",
        "changemenow!",
        "correcthorsebatterystaple",
        "hongyanhongyan",
        "iloveyou1234",
        "letmein12345",
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiop1234",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "123456789012",
        "1234567890123",
        "012345678901",
        "welcome12345",
        "woaini1314520",
    }
)
"""the ones that are tried first among those that are long enough"""
_SHOWN = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


def check(name: str, password: str) -> None:
    """Raise Refused(BAD_FIELD) for a password that is too easy. Length counts; no kind of character is asked for."""
    plain = password.strip().casefold()
    if len(password) < LEAST:
        raise _bad(f"at least {LEAST} characters", f"至少 {LEAST} 个字符")
    if len(password) > MOST or not is_storable(password):
        raise _bad(f"at most {MOST} characters, none of them NUL", f"最多 {MOST} 个字符，且不能含 NUL")
    if not plain.replace(name.casefold(), ""):
        raise _bad("it is the name", "不能与账户名相同")
    if plain in _KNOWN or len(set(plain)) < _FEWEST_DIFFERENT:
        raise _bad("it is among the first that are guessed", "过于常见，极易被猜到")


def generate() -> str:
    """Return a new password of a hundred bits that can be read out."""
    letters = ("".join(secrets.choice(_SHOWN) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(letters)


class Passwords:
    """Computes and compares, on one core."""

    def __init__(self, *, passes: int = 0, memory_kib: int = 0) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes or PASSES, memory_cost=memory_kib or MEMORY_KIB, parallelism=1, type=Type.ID
        )
        self._lane = asyncio.Semaphore(1)
        self._waiting = 0
        self._nobodys: str | None = None
        """what passwords of unknown names are compared with, so that they take as long as others"""

    @property
    def is_busy(self) -> bool:
        """Whether too many wait."""
        return self._waiting >= MOST_WAITING

    async def hashed(self, password: str) -> str:
        """Return what is kept of a password."""
        return await self._threaded(lambda: self._hasher.hash(password))

    async def fits(self, kept: str, password: str) -> bool:
        """Return whether it is the password. `kept` "" means that there is none: it takes as long."""
        return await self._threaded(lambda: self._fits(kept, password[:MOST]))

    def _fits(self, kept: str, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(secrets.token_urlsafe())
        try:
            return self._hasher.verify(kept or self._nobodys, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    async def _threaded(self, work: Callable[[], T]) -> T:
        self._waiting += 1
        try:
            async with self._lane:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _bad(en: str, zh: str) -> Refused:
    return wrong("password", en, zh)
