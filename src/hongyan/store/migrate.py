"""Leads a database to the tables of this version: Alembic's steps as SQL text, run by each engine's own driver.

The engine opens a transaction that holds the whole database's lock, asks `steps` what to run from the version it
reads there, runs it and commits: several processes that start at once do it once.
"""

import io
from functools import cache
from importlib.resources import as_file, files

from hongyan.model.errors import Misconfigured

VERSION_QUERY = "SELECT version_num FROM alembic_version"
LATEST = "0007"
"""the newest revision; a test compares it with the files"""


def steps(dialect: str, version: str | None, to: str = LATEST) -> str:
    """Return the SQL that leads a database from a version (None: empty) to another. Raises Misconfigured."""
    return "" if version == to else _script(dialect, version, to)


@cache
def _script(dialect: str, version: str | None, to: str) -> str:
    from alembic.config import Config  # noqa: PLC0415 - only a start that migrates pays for Alembic's import
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415 - the same
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - the same
    from alembic.util import CommandError  # noqa: PLC0415 - the same

    with as_file(files("hongyan.store.migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        directory = ScriptDirectory.from_config(config)
        out = io.StringIO()
        environment = EnvironmentContext(
            config,
            directory,
            fn=lambda current, _context: directory._upgrade_revs(to, current),  # noqa: SLF001 - what alembic.command.upgrade itself calls
            as_sql=True,
            starting_rev=version,
            destination_rev=to,
        )
        try:
            with environment:
                environment.configure(dialect_name=dialect, output_buffer=out, transactional_ddl=False)
                environment.run_migrations()
        except CommandError as error:
            raise Misconfigured(
                "database", f"its tables are of version {version}, unknown here ({error})", "a newer hongyan"
            ) from None
    return out.getvalue()
