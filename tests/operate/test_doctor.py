import asyncio
import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest

from hongyan.cli.ailments import Finding, database, disk, machine
from hongyan.cli.ailments.database import of_database
from hongyan.model.clock import SystemClock
from hongyan.settings import load
from hongyan.store.examined import Barred, Examined, Server
from hongyan.store.migrate import LATEST, steps
from hongyan.store.postgres.pool import CONNECTIONS
from operate.dev_process import inside

WORLD = """
[[projects]]
name = "shop"
paid_in = "10"
callbacks = { native = "http://10.0.0.7/receipts" }
reply_callbacks = { native = "http://localhost:8100/replies" }
[[keys]]
project = "shop"
dialect = "nxcloud"
name = "AKshop"
secret = "very-secret-42"
[[prices]]
name = "1"
each = "0.02"
[[carriers]]
name = "lost"
protocol = "smpp"
password = "secret"
settings = { host = "no-such-host.invalid", system_id = "h" }
[[carriers]]
name = "deaf"
protocol = "cmpp"
password = "secret"
settings = { host = "127.0.0.1", port = PORT, sp_id = "900001", source = "10690000" }
[[routes]]
name = "all"
choices = [{ carrier = "lost" }]
"""
KEY = {"HONGYAN_MASTER_KEY": "of this test alone, and long enough"}


def looked(data: Path, *more: str, **env: str) -> dict[str, dict[str, Any]]:
    """Return what the doctor found, by what it looked at; the worst where it said more."""
    said = json.loads(inside("doctor", "--data", str(data), "--json", *more, **env).stdout)
    return {one["what"]: one for one in sorted(said, key=lambda one: ["ok", "warn", "fail"].index(one["state"]))}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_what_is_declared_is_tried_and_each_fix_can_be_pasted(tmp_path: Path) -> None:
    world, data, port = tmp_path / "world.toml", tmp_path / "data", free_port()
    world.write_text(WORLD.replace("PORT", str(port)))
    applied = inside("apply", str(world), "--data", str(data), "--yes")
    assert applied.returncode == 0, applied.stderr
    found = looked(data)
    assert "no address is named 'no-such-host.invalid'" in found["carriers lost line"]["says"]
    assert found["carriers lost line"]["fix"].startswith("getent hosts no-such-host.invalid")
    assert found["carriers deaf line"]["says"] == f"127.0.0.1:{port} refuses connections."
    assert f"nc -vz 127.0.0.1 {port}" in found["carriers deaf line"]["fix"]
    shown = inside("doctor", "--data", str(data)).stdout
    assert "callbacks.native http://10.0.0.7/receipts is never called: 10.0.0.7 is not" in shown
    assert "reply_callbacks.native http://localhost:8100/replies is never called: localhost is " in shown
    assert found["operators"]["fix"].startswith("HONGYAN_ADMIN_TOKEN=")
    price = shown[shown.index("[[prices]]") :].splitlines()[:5]
    with world.open("a") as more:
        more.write("\n".join(line.strip() for line in price))
    assert inside("apply", str(world), "--data", str(data), "--yes").returncode == 0
    assert "has no price" not in inside("doctor", "--data", str(data)).stdout
    token = looked(data, HONGYAN_ADMIN_TOKEN="a-token-of-enough-characters", HONGYAN_API_HOST="0.0.0.0")
    assert token["operators"]["state"] == "ok"
    assert "allowed_hosts = " in token["host names"]["fix"]


def test_a_lost_wrong_or_open_master_key_is_told_and_none_is_made(tmp_path: Path) -> None:
    world, data = tmp_path / "world.toml", tmp_path / "data"
    world.write_text(WORLD.replace("PORT", "1"))
    inside("apply", str(world), "--data", str(data), "--yes")
    key = data / "master.key"
    key.chmod(0o644)
    assert looked(data)["master key"]["fix"] == f"chmod 600 {key}"
    wrong = looked(data, **KEY)["master key"]
    assert (wrong["state"], wrong["fix"].startswith("put back the key ")) == ("fail", True)
    key.unlink()
    lost = looked(data)["master key"]
    assert (lost["state"], "is lost" in lost["says"]) == ("fail", True)
    assert not key.exists()
    (data / "hongyan.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    broken = looked(data)["database"]
    assert "hongyan restore" in broken["fix"]


def test_tables_of_another_version_are_left_as_they_are(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with closing(apsw.Connection(str(data / "hongyan.db"))) as connection:
        connection.execute(steps("sqlite", None, "0004")).fetchall()
    assert looked(data, **KEY)["database"]["fix"] == "hongyan backup before-upgrade.jsonl.gz"
    with closing(apsw.Connection(str(data / "hongyan.db"))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0004",)]
        connection.execute("UPDATE alembic_version SET version_num = '9999'").fetchall()
    assert looked(data, **KEY)["database"]["state"] == "fail"


def test_who_holds_a_port_is_named(tmp_path: Path) -> None:
    program = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1]); "
    program += "sys.stdout.flush(); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        found = looked(tmp_path / "none", HONGYAN_SMPP_PORT=str(port))["SMPP port"]
        assert f"(process {other.pid})" in found["says"]
        assert found["fix"] == f"kill {other.pid}, or another port: smpp_port = {port + 10}"
        assert other.stdin is not None
        other.stdin.close()
    assert (
        machine.listening("console", "no-such-host.invalid", 8051, "console_port").fix == 'console_host = "127.0.0.1"'
    )
    assert (
        machine.listening("console", "192.0.2.1", 8051, "console_port").says == "this machine has no address 192.0.2.1."
    )


def test_a_directory_that_is_no_place_for_data_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    closed = looked(Path("/proc/none"))["data directory"]
    assert closed["state"] == "fail"
    assert closed["fix"].startswith("sudo mkdir -p /proc/none && sudo chown -R ")
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "2 1 0:3 / /srv rw shared:1 - nfs4 host:/x rw\n"
        "3 1 0:4 / /run rw - tmpfs t rw\n"
    )
    kinds = {name: disk.file_system(Path(name), mounts) for name in ("/srv/data", "/run/x", "/home")}
    assert kinds == {"/srv/data": "nfs4", "/run/x": "tmpfs", "/home": "ext4"}
    monkeypatch.setattr(disk, "file_system", kinds.__getitem__)
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o777)
    for kind, state in (("nfs4", "fail"), ("tmpfs", "warn"), ("ext4", "ok")):
        monkeypatch.setattr(disk, "file_system", lambda _path, kind=kind: kind)
        found = {one.what: one for one in disk.data_directory(tmp_path / "data", holds_database=True)}
        assert found["file system"].state == state
        assert found["data directory"].fix == f"chmod 700 {tmp_path / 'data'}"
        assert "GiB free of" in found["room"].says


def test_postgresql_says_what_it_lacks_and_the_statement_that_gives_it(tmp_path: Path, postgres_dsn: str) -> None:
    name = postgres_dsn.partition("@/")[2].partition("?")[0]
    ask(postgres_dsn, "CREATE ROLE poor LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        poor = postgres_dsn.replace("postgres@", "poor@")
        found = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=poor)
        assert found["rights"]["fix"] == 'GRANT CREATE, USAGE ON SCHEMA public TO "poor";'
        ask(postgres_dsn, found["rights"]["fix"], steps("postgresql", None))
        found = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=poor)
        assert found["rights"]["says"] == "poor may not read and write all tables."
        ask(postgres_dsn, found["rights"]["fix"], 'GRANT SELECT ON alembic_version TO "poor"')
        ask(postgres_dsn, "ALTER ROLE poor SET synchronous_commit = off")
        found = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=poor)
        assert "rights" not in found
        assert found["database"]["says"] == f"reachable, tables of version {LATEST}."
        assert "synchronous_commit = on" in found["PostgreSQL"]["fix"]
    finally:
        ask(postgres_dsn, "DROP OWNED BY poor CASCADE; DROP ROLE poor")
    gone = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=postgres_dsn.replace(name, "nothing"))["database"]
    assert gone["fix"] == "sudo -u postgres createdb -O postgres nothing"
    nobody = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=poor)["database"]
    assert nobody["fix"] == "sudo -u postgres createuser --pwprompt poor"
    port = free_port()
    away = looked(tmp_path, **KEY, HONGYAN_DATABASE_URL=f"postgresql://u:p@127.0.0.1:{port}/x")["database"]
    assert away["fix"] == f"pg_isready -h 127.0.0.1 -p {port}; start it, or correct database_url"


def ask(dsn: str, *statements: str) -> None:
    """Run statements."""

    async def run() -> None:
        connection = await asyncpg.connect(dsn)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def test_what_a_server_cannot_be_made_to_say_has_its_fix_too() -> None:
    settings = load({"database_url": "postgresql://hy:x@db.example:5433/sms"})
    now = SystemClock().now_ms()
    server = Server(
        version="13.4", number=130004, user="hy", schema_name="public", now_ms=now - 5_000, connections_free=3,
        connections_most=20, ours=0, may_create=True, may_use=True, standby=True, keeps=True,
    )  # fmt: skip
    found: list[Finding] = list(of_database(settings, Examined(schema=LATEST, last_id=2**62, server=server), now))
    fixes = [one.fix for one in found if one.state != "ok"]
    assert "upgrade it to 14 or newer (pg_upgrade)" in fixes
    assert "ALTER SYSTEM SET max_connections = 29; and restart PostgreSQL" in fixes
    assert [one.says for one in found if one.what == "clock"] == [
        "it is +5.0 s from the database's.",
        "it stands before the newest message on disk: it was set back.",
    ]
    for why in ("password", "role", "database", "full", "name", "rules", "away"):
        (barred,) = of_database(settings, Barred(why, "as it says"), now)
        assert barred.state == "fail"
        assert barred.fix
    assert database.CONNECTIONS_NEEDED == CONNECTIONS + 2
    assert machine.open_files(10).state == "ok"
    assert machine.clock().says.startswith(time.strftime("%Y"))
