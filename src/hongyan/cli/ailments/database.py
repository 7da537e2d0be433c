"""What can be wrong with the database: away, closed to us, too old, too small, with tables of another version."""

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from hongyan.cli.ailments import Finding, fail, ok, warn
from hongyan.model.ids import first_id_at
from hongyan.settings import Settings
from hongyan.store.examined import Barred, Examined, Server
from hongyan.store.migrate import LATEST

_OLDEST = 140000
CONNECTIONS_NEEDED = 12
"""connections of one process: ten in the pool, one that holds its number, one to spare"""
_CLOCKS_APART_MS = 2_000
_AHEAD_MS = 60_000


def of_database(settings: Settings, found: Examined | Barred, now_ms: int) -> Iterator[Finding]:
    """Say how the database was found."""
    if isinstance(found, Barred):
        yield _barred(settings, found)
        return
    if found.server is not None:
        yield from _server(found.server, now_ms, fresh=found.schema is None)
        if not found.server.may_use:
            return
    yield _tables(found.schema)
    if found.last_id > first_id_at(now_ms + _AHEAD_MS):
        yield fail("clock", "it stands before the newest message on disk: it was set back.", "timedatectl set-ntp true")


def _tables(schema: str | None) -> Finding:
    if schema is None:
        return ok("database", "empty; the first start makes its tables.")
    if schema > LATEST:
        return fail(
            "database",
            f"its tables are of version {schema}, newer than {LATEST} here.",
            "install the newer hongyan again",
        )
    if schema < LATEST:
        return warn(
            "database",
            f"its tables are of version {schema}; the next start leads them to {LATEST}.",
            "hongyan backup before-upgrade.jsonl.gz",
        )
    return ok("database", f"reachable, tables of version {schema}.")


def _barred(settings: Settings, found: Barred) -> Finding:
    url = urlsplit(settings.database_url)
    host, port = url.hostname or "localhost", url.port or 5432
    user, name = url.username or "hongyan", url.path.strip("/") or "hongyan"
    fix = {
        "password": f"sudo -u postgres psql -c \"ALTER ROLE {user} PASSWORD '…'\", and the same in database_url",
        "database": f"sudo -u postgres createdb -O {user} {name}",
        "role": f"sudo -u postgres createuser --pwprompt {user}",
        "full": "sudo -u postgres psql -c 'ALTER SYSTEM SET max_connections = 200', and restart PostgreSQL",
        "rules": f"a line in pg_hba.conf: host {name} {user} samenet scram-sha-256; then pg_ctl reload",
        "name": 'database_url = "postgresql://user:password@host:5432/name"',
        "away": f"pg_isready -h {shlex.quote(host)} -p {port}; start it, or correct database_url",
    }[found.why]
    return fail("database", f"PostgreSQL at {host}:{port} does not let us in: {found.says}.", fix)


def _server(server: Server, now_ms: int, *, fresh: bool) -> Iterator[Finding]:
    user, schema = server.user, server.schema_name
    if server.number < _OLDEST:
        yield fail("PostgreSQL", f"{server.version} is too old.", "upgrade it to 14 or newer (pg_upgrade)")
    else:
        yield ok("PostgreSQL", server.version)
    if server.standby:
        yield fail("PostgreSQL", "it is a standby, which takes no writes.", "name the primary in database_url")
    if fresh and not server.may_create:
        yield fail(
            "rights", f"{user} may not make tables in {schema}.", f'GRANT CREATE, USAGE ON SCHEMA {schema} TO "{user}";'
        )
    if not server.may_use:
        yield fail(
            "rights",
            f"{user} may not read and write all tables.",
            f'GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO "{user}";\n'
            f'GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO "{user}";',
        )
    if not server.keeps:
        yield warn(
            "PostgreSQL",
            "it says yes before a commit is on disk: what was accepted may be lost when it crashes.",
            "ALTER SYSTEM SET synchronous_commit = on; ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();",
        )
    if not server.ours and server.connections_free < CONNECTIONS_NEEDED:
        most = server.connections_most + CONNECTIONS_NEEDED - server.connections_free
        yield warn(
            "connections",
            f"{server.connections_free} of {server.connections_most} are free, a process needs {CONNECTIONS_NEEDED}.",
            f"ALTER SYSTEM SET max_connections = {most}; and restart PostgreSQL",
        )
    if abs(server.now_ms - now_ms) > _CLOCKS_APART_MS:
        yield warn(
            "clock", f"it is {(now_ms - server.now_ms) / 1000:+.1f} s from the database's.", "timedatectl set-ntp true"
        )
