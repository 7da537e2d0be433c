"""What a look at a database finds that changes nothing in it: for `hongyan doctor`, before a store is opened."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

SEALED = "SELECT secrets FROM world_items WHERE secrets IS NOT NULL"


class Examined(Struct, kw_only=True):
    """A database as it was found."""

    schema: str | None = None
    """version of its tables; None: there are none of ours"""
    key_ids: frozenset[str] = frozenset()
    """of the master keys under which its secrets are sealed"""
    last_id: int = 0
    """the newest minted id: it tells what our clock showed then"""
    server: "Server | None" = None


class Server(Struct, kw_only=True):
    """What only PostgreSQL has."""

    version: str
    number: int
    """150004 is 15.4"""
    user: str
    schema_name: str
    now_ms: int
    connections_free: int
    connections_most: int
    ours: int
    """connections that are hongyan's"""
    may_create: bool
    may_use: bool
    """read and write every table of ours"""
    standby: bool
    keeps: bool
    """what is committed is on disk: fsync and synchronous_commit are on"""


class Barred(Struct):
    """Why a server did not let us in."""

    why: str
    """password, role, database, full, name, rules or away"""
    says: str


def key_ids(sealed: Iterable[str]) -> frozenset[str]:
    """Return the ids of the master keys that texts of column `secrets` were sealed with."""
    return frozenset(
        text.split(".")[1] for secrets in sealed for text in msgspec.json.decode(secrets, type=dict[str, str]).values()
    )
