"""Starts that cannot be: each is one sentence, exit code 2, and no trace."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hongyan.cli.exits import Exit
from operate.dev_process import environment, inside

WORLD = """
[[projects]]
name = "shop"
[[keys]]
project = "shop"
dialect = "nxcloud"
name = "AKshop"
secret = "very-secret-42"
"""
KEY = "k" * 40
PASSWORD = "open-sesame"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which something is declared."""
    (tmp_path / "world.toml").write_text(WORLD)
    assert inside("apply", str(tmp_path / "world.toml"), "--data", str(tmp_path / "data"), "--yes").returncode == 0
    return tmp_path / "data"


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield str(held.getsockname()[1])


def refused(*arguments: str, **environ: str) -> str:
    """Return what `serve` says when it does not start."""
    done = inside("serve", *arguments, **environ)
    assert done.returncode == Exit.MISUSE, done.stderr
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("hongyan: ")
    assert done.stdout == ""
    return sentence


def test_another_master_key(data: Path) -> None:
    said = refused("--data", str(data), "--api-port", "0", "--console-port", "0", HONGYAN_MASTER_KEY=KEY)
    assert "secrets in the store were sealed with key" in said
    assert KEY not in said


@pytest.mark.parametrize("listener", ["api", "console"])
def test_a_taken_port(data: Path, taken_port: str, listener: str) -> None:
    ports = {"api": "0", "console": "0"} | {listener: taken_port}
    said = refused("--data", str(data), "--api-port", ports["api"], "--console-port", ports["console"])
    assert f"127.0.0.1:{taken_port}: cannot be listened on: Address already in use." in said


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written (Not a directory)." in refused("--data", str(tmp_path / "file" / "data"))


def test_a_database_that_cannot_be_reached(data: Path) -> None:
    url = f"postgresql://hongyan:{PASSWORD}@127.0.0.1:1/hongyan"
    said = refused("--data", str(data), HONGYAN_DATABASE_URL=url, HONGYAN_MASTER_KEY=KEY)
    assert "PostgreSQL cannot be reached: " in said
    assert PASSWORD not in said


def test_a_shared_database_without_a_stated_key(data: Path) -> None:
    said = refused("--data", str(data), HONGYAN_DATABASE_URL="postgresql://127.0.0.1:1/hongyan")
    assert "a shared database needs a stated one." in said


@pytest.mark.parametrize("where", ["config", "ready-file"])
def test_a_file_that_is_not_there(data: Path, tmp_path: Path, where: str) -> None:
    ports = ("--api-port", "0", "--console-port", "0")
    assert str(tmp_path / "none") in refused("--data", str(data), *ports, f"--{where}", str(tmp_path / "none" / "it"))


@pytest.mark.parametrize(("files", "starts"), [(200, False), (400, True)])
def test_few_open_files(tmp_path: Path, files: int, starts: bool) -> None:
    ready = tmp_path / "ready.json"
    command = f'ulimit -n {files}; exec "$@" --ready-file {ready}'
    serve = [sys.executable, "-m", "hongyan", "serve", "--data", str(tmp_path), "--api-port", "0"]
    process = subprocess.Popen(
        ["sh", "-c", command, "sh", *serve, "--console-port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if starts:  # the other one ends by itself, and must not be ended before it has
            process.terminate()
        assert process.wait(30) == (Exit.OK if starts else Exit.MISUSE)
    finally:
        process.kill()
        process.communicate()
    if starts:
        assert '"connections": 144' in first
        assert "fewer connections are taken" in first
    else:
        assert first == (
            "hongyan: open files: at most 200, and 256 of them are for the database, carriers and callbacks. "
            "Try: ulimit -n 16384\n"
        )
