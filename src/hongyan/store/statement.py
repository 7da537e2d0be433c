"""Statements of SQLAlchemy Core as an engine takes them: for everything beside the road, written once for both engines.

The road's own statements are written by hand (`sqlite/`, `postgres/`); here a compilation costs more than the query.
"""

from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.engine import Dialect

from hongyan.store.text import storable

SQLITE: Dialect = sqlite_dialect(paramstyle="qmark")
POSTGRES: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call] # the library types it so


def compiled(statement: ClauseElement, dialect: Dialect) -> tuple[str, list[Any]]:
    """Return the statement's text and its values in their places; texts are made storable."""
    found: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return str(found), [_plain(found.params[name]) for name in found.positiontup or ()]


def _plain(value: Any) -> Any:
    return storable(str(value)) if isinstance(value, str) else value
