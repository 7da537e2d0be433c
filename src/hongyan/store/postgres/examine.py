"""A look at a PostgreSQL database that changes nothing in it; and what its refusal to let us in means."""

from typing import Any

import asyncpg

from hongyan.store.examined import SEALED, Barred, Examined, Server, key_ids
from hongyan.store.migrate import LATEST, VERSION_QUERY
from hongyan.store.sweep import LAST_ID
from hongyan.store.tables import metadata

_PATIENCE_S = 5.0
_SERVER = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_user::text,
  current_schema()::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') + 1,
  current_setting('max_connections')::int,
  (SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'hongyan%' AND pid <> pg_backend_pid()),
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
  (SELECT coalesce(bool_and(has_table_privilege(oid, right_to)), true) FROM pg_class,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS right_to
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname = ANY($1::text[])),
  pg_is_in_recovery(),
  current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'
"""


async def examine(dsn: str) -> Examined | Barred:
    """Return how the database is, or why it cannot be looked at."""
    try:
        connection = await asyncpg.connect(
            dsn, timeout=_PATIENCE_S, command_timeout=_PATIENCE_S, server_settings={"application_name": "doctor"}
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
        return Barred(_why(error), str(error).strip() or f"no answer within {_PATIENCE_S:g} s")
    try:
        server = Server(**dict(zip(Server.__struct_fields__, await _row(connection), strict=True)))
        known = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        if not known or not server.may_use:
            return Examined(server=server)
        schema = await connection.fetchval(VERSION_QUERY)
        return Examined(
            schema=schema,
            key_ids=key_ids(row[0] for row in await connection.fetch(SEALED)),
            last_id=await connection.fetchval(LAST_ID) if schema == LATEST else 0,
            server=server,
        )
    except asyncpg.PostgresError as error:
        return Barred("rules", str(error))
    finally:
        await connection.close()


async def _row(connection: Any) -> tuple[Any, ...]:
    return tuple(await connection.fetchrow(_SERVER, list(metadata.tables)))


def _why(error: Exception) -> str:
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError) and "role" in str(error):
        return "role"
    for kinds, why in (
        ((asyncpg.InvalidPasswordError,), "password"),
        ((asyncpg.InvalidAuthorizationSpecificationError,), "rules"),
        ((asyncpg.InvalidCatalogNameError,), "database"),
        ((asyncpg.TooManyConnectionsError,), "full"),
        ((asyncpg.InsufficientPrivilegeError,), "rules"),
        ((ValueError,), "name"),
    ):
        if isinstance(error, kinds):
            return why
    return "away"
