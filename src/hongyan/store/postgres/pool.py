"""Connections to PostgreSQL, and what its errors mean to the rest of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.reason import Reason

CONNECTIONS = 10
_PATIENCE_S = 30.0
_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""the server's trouble (gone, full, stopping, a standby), not a bug of a statement"""
_UNWRITABLE = (UnicodeEncodeError, asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)


@contextmanager
def reachable() -> Iterator[None]:
    """Turn trouble with the server into `Refused(UNAVAILABLE)`, and a text it cannot hold into BAD_REQUEST."""
    try:
        yield
    except _UNWRITABLE as error:
        raise Refused(Reason.BAD_REQUEST, why="a text cannot be written as UTF-8") from error
    except asyncpg.DataError as error:
        if isinstance(error.__cause__, UnicodeEncodeError):
            raise Refused(Reason.BAD_REQUEST, why="a text cannot be written as UTF-8") from error
        raise
    except _UNREACHABLE as error:
        raise Refused(Reason.UNAVAILABLE, why=f"{type(error).__name__}: {error}") from error


async def connect(dsn: str) -> Any:
    """Open the pool. Raises Misconfigured."""
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=CONNECTIONS,
            command_timeout=_PATIENCE_S,
            reset=_leave,
            server_settings={"application_name": "hongyan"},
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise Misconfigured("database", f"PostgreSQL cannot be reached: {error}", "check the database URL") from error


async def _leave(_connection: Any) -> None:
    """Give a connection back as it is: we change no settings and close what we open, so a round trip is saved."""
