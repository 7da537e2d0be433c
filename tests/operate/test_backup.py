import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from hongyan.cli.alone import alone
from hongyan.settings import load
from hongyan.store.migrate import LATEST, steps
from local_vendor import LocalVendor
from operate.dev_process import environment, inside

SEND = {"to": "13800138001", "text": "hello", "project": "demo"}


def lines(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines()


def content(file: Path) -> list[bytes]:
    """Return everything a backup holds but when and how it was made."""
    return sorted(lines(file)[1:-1])


def tables(file: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    head: dict[str, Any] = {}
    for line in map(json.loads, lines(file)[1:-1]):
        if isinstance(line, dict):
            head = line
        else:
            found[head["table"]].append(dict(zip(head["columns"], line, strict=True)))
    return found


def of(settings: dict[str, Any]) -> dict[str, str]:
    return {f"HONGYAN_{name.upper()}": value for name, value in settings.items()}


def test_a_backup_of_a_busy_server_is_one_moment_and_moves_between_engines(
    tmp_path: Path, on_postgres: dict[str, Any]
) -> None:
    first, second, third = (str(tmp_path / f"{name}.jsonl.gz") for name in ("first", "second", "third"))
    data, key = str(tmp_path / "data"), "of this test alone, and long enough"
    with LocalVendor(tmp_path / "data", master_key=key) as vendor:
        stop = threading.Event()

        def send() -> None:
            while not stop.is_set():
                vendor.post_json("/v1/messages", SEND)

        busy = threading.Thread(target=send)
        busy.start()
        vendor.eventually(lambda: len(vendor.get_json("/v1/messages?limit=20")["messages"]) == 20)
        done = inside("backup", first, "--data", data, HONGYAN_MASTER_KEY=key)
        stop.set()
        busy.join()
        assert done.returncode == 0, done.stderr
        assert "The master key is not in it" in done.stdout
        with alone(load({"data_dir": tmp_path / "data"})):  # as `dev` and `serve` hold it
            refused = inside("restore", first, "--data", data, "--force", HONGYAN_MASTER_KEY=key)
        assert "another hongyan runs on this data" in refused.stderr
    found = tables(Path(first))
    assert len(found["messages"]) >= 20
    balance = {row["project"]: row["amount"] for row in found["balances"]}
    spent: dict[str, int] = defaultdict(int)
    for row in found["entries"]:
        spent[row["project"]] += row["amount"]
    assert balance == spent
    assert b"sessions" not in b"".join(lines(Path(first)))
    assert Path(first).stat().st_mode & 0o777 == 0o600

    postgres = of(on_postgres | {"master_key": key})
    for command in (("restore", first), ("backup", second)):
        done = inside(*command, **postgres)
        assert done.returncode == 0, done.stderr
    again = str(tmp_path / "again")
    for moved in (("restore", second), ("backup", third)):
        done = inside(*moved, "--data", again, HONGYAN_MASTER_KEY=key)
        assert done.returncode == 0, done.stderr
    assert content(Path(first)) == content(Path(second)) == content(Path(third))

    with LocalVendor(tmp_path / "x", **on_postgres | {"master_key": key}) as vendor:
        sent = vendor.post_json("/v1/messages", SEND)["messages"][0]["id"]
        assert int(sent) > max(row["id"] for row in found["messages"])
        vendor.eventually(lambda: vendor.get_json(f"/v1/messages/{sent}")["state"] == "delivered")
        assert "hongyan run on it" in inside("restore", first, "--force", **postgres).stderr
    assert "--force" in inside("restore", first, **postgres).stderr


def made(folder: Path, rows: int = 0, schema: str = LATEST) -> Path:
    """Make a database with so many spent nonces, which are the cheapest rows."""
    folder.mkdir()
    with closing(apsw.Connection(str(folder / "hongyan.db"))) as connection:
        connection.execute(f"BEGIN; {steps('sqlite', None, schema)}").fetchall()
        connection.executemany("INSERT INTO nonces VALUES (?, ?)", ((f"n{n}", n) for n in range(rows)))
        connection.execute("COMMIT")
    return folder


def test_what_was_cut_off_never_looks_whole(tmp_path: Path) -> None:
    data, file = made(tmp_path / "data", 300_000), tmp_path / "b.gz"
    killed_when(lambda: any(part.stat().st_size for part in tmp_path.glob(".b.gz*.part")), "backup", str(file), data)
    assert not file.exists()
    (part,) = tmp_path.glob(".b.gz*.part")
    assert "not a whole backup: its end is missing" in inside("restore", str(part), "--check").stderr
    assert inside("backup", str(file), "--data", str(data)).returncode == 0

    before = (data / "hongyan.db").read_bytes()
    killed_when((data / "hongyan.db.restoring").exists, "restore", str(file), data, "--force")
    assert (data / "hongyan.db").read_bytes() == before
    restored = inside("restore", str(file), "--data", str(data), "--force", "--json")
    assert json.loads(restored.stdout)["rows"]["nonces"] == 300_000
    assert sorted(one.name for one in data.iterdir()) == ["hongyan.db", "hongyan.lock"]


def killed_when(reached: Any, verb: str, file: str, data: Path, *more: str) -> None:
    command = [sys.executable, "-m", "hongyan", verb, file, "--data", str(data), *more]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    until = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.communicate()


def test_a_damaged_or_foreign_file_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    good = tmp_path / "good.gz"
    assert inside("backup", str(good), "--data", str(made(tmp_path / "data", 50))).returncode == 0
    assert "there is a file already" in inside("backup", str(good), "--data", str(tmp_path / "data")).stderr
    assert "there is no such database" in inside("backup", str(tmp_path / "n.gz"), "--data", str(tmp_path)).stderr
    whole = gzip.decompress(good.read_bytes())
    bad = tmp_path / "bad.gz"
    for octets, sentence in (
        (good.read_bytes()[:-40], "its end is missing"),
        (gzip.compress(whole.replace(b'["n7",7]', b'["n7",8]')), "does not match its own hash"),
        (gzip.compress(whole.replace(b'["n7",7]\n', b"")), "does not match its own hash"),
        (gzip.compress(whole + b"[]\n"), "something follows its end"),
        (gzip.compress(b"hello\n"), "is no backup of hongyan"),
        (b"hello", "is not a whole backup"),
        (gzip.compress(whole.replace(f'"{LATEST}"'.encode(), b'"9999"')), "does not match its own hash"),
    ):
        bad.write_bytes(octets)
        done = inside("restore", str(bad), "--data", str(tmp_path / "new"))
        assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "new").exists()


def test_the_master_key_stays_apart_unless_it_is_asked_for(tmp_path: Path) -> None:
    data, bare, full = str(tmp_path / "data"), str(tmp_path / "bare.gz"), str(tmp_path / "full.gz")
    world = tmp_path / "world.toml"
    world.write_text(
        '[[projects]]\nname = "p"\n[[keys]]\nproject = "p"\ndialect = "nxcloud"\nname = "k"\nsecret = "s3"\n'
    )
    assert inside("apply", str(world), "--data", data, "--yes").returncode == 0
    inside("backup", bare, "--data", data)
    inside("backup", full, "--data", data, "--with-key")
    key = (tmp_path / "data" / "master.key").read_text()
    assert key.strip().encode() not in b"".join(lines(Path(bare)))
    assert "there is none here" in inside("restore", bare, "--data", str(tmp_path / "a")).stderr
    other = inside(
        "restore", bare, "--data", str(tmp_path / "a"), HONGYAN_MASTER_KEY="another key of enough length 1234"
    )
    assert "the one at HONGYAN_MASTER_KEY is" in other.stderr
    assert inside("restore", full, "--data", str(tmp_path / "b")).returncode == 0
    kept = tmp_path / "b" / "master.key"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (key, 0o600)
    found = {one["what"]: one for one in json.loads(inside("doctor", "--data", str(tmp_path / "b"), "--json").stdout)}
    assert found["database"]["state"] == "ok"
    (tmp_path / "data" / "master.key").unlink()
    assert "there is no master key" in inside("backup", full, "--data", data, "--with-key", "--force").stderr


def test_a_backup_of_an_older_hongyan_is_led_to_the_tables_of_this_one(tmp_path: Path) -> None:
    file = str(tmp_path / "old.gz")
    assert inside("backup", file, "--data", str(made(tmp_path / "old", 3, "0004"))).returncode == 0
    done = inside("restore", file, "--data", str(tmp_path / "new"))
    assert done.returncode == 0, done.stderr
    with closing(apsw.Connection(str(tmp_path / "new" / "hongyan.db"))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(LATEST,)]
        assert connection.execute("SELECT count(*) FROM nonces").fetchall() == [(3,)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script(shell: str) -> None:
    said = inside("completion", shell).stdout
    assert said.startswith("# ")
    assert "_HONGYAN_COMPLETE=complete_" + shell in said


def test_bash_completes_commands_options_and_what_is_below(tmp_path: Path) -> None:
    (tmp_path / "hongyan").write_text(f'#!/bin/sh\nexec {sys.executable} -m hongyan "$@"\n')
    (tmp_path / "hongyan").chmod(0o755)
    asked = """source <(hongyan completion bash)
    ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hongyan_completion hongyan; echo "${COMPREPLY[@]}"; }
    ask hongyan ba; ask hongyan carrier sus; ask hongyan backup --with"""
    done = subprocess.run(
        ["bash", "-c", asked],
        env=environment() | {"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == ["backup", "suspend", "--with-key"], done.stderr
    fish = {"_HONGYAN_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    told = subprocess.run(
        [tmp_path / "hongyan"],
        env=environment() | fish | {"_TYPER_COMPLETE_ARGS": "hongyan ba"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.stdout.startswith("backup\tWrite everything in the database to one")
