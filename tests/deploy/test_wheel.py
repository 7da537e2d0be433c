"""The wheel holds everything: built of what the container copies, installed apart, run where nothing can be written."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.deploy_files import ROOT, command, copied
from operate.dev_process import environment

_LOCKED = """
mount --bind "$1" "$1" && mount -o remount,ro,bind / && shift || exit 99
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the libraries are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        elif not source.startswith("requirements/"):
            shutil.copy(ROOT / source, folder / source)
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=folder)
    (wheel,) = (folder / "dist").glob("hongyan-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    run(uv, "pip", "install", "-q", "--python", python, "--no-deps", "--offline", "--no-index", wheel)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv"


def run(*words: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_of_the_program_is_missing(installed: Path) -> None:
    (package,) = installed.glob("lib/python*/site-packages/hongyan")
    source = installed.parent / "src" / "hongyan"
    wanted = {
        path.relative_to(source) for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in wanted if not (package / path).is_file()} == set()


def test_dev_runs_from_it_on_a_disk_that_takes_nothing_but_its_data(installed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with begun(installed, data) as (api, console):
        assert get(f"{api}/livez") == "alive\n"
        assert "鸿雁" in get(f"{console}/?lang=zh")
        assert "<h1" in get(f"{api}/docs/how-to/run-in-production")
        answer = urllib.request.Request(
            f"{api}/v1/messages", b'{"to": "13800138001", "text": "hello"}', {"content-type": "application/json"}
        )
        with urllib.request.urlopen(answer, timeout=20) as said:
            assert json.load(said)["messages"][0]["to"]
        health = [str(installed / "bin" / "hongyan"), *command("HEALTHCHECK")[1:]]
        ready = environment() | {"HONGYAN_API_PORT": api.rpartition(":")[2], "HONGYAN_API_HOST": "0.0.0.0"}
        assert subprocess.run(health, env=ready, capture_output=True, timeout=20, check=False).returncode == 0
    assert subprocess.run(health, env=ready, capture_output=True, timeout=20, check=False).returncode == 3
    assert {"hongyan.db", "master.key"} <= {path.name for path in data.iterdir()}


@contextmanager
def begun(installed: Path, data: Path) -> Iterator[tuple[str, str]]:
    """Run `hongyan dev` from an empty folder, without rights and, where we may arrange it, on a read-only disk."""
    ready, said = data / "ready.json", data / "said.txt"
    words = [str(installed / "bin" / "hongyan"), "dev", "--api-port", "0", "--console-port", "0"]
    words += ["--ready-file", str(ready)]
    if can_lock():
        words = [
            "unshare",
            "--mount",
            *([] if os.geteuid() == 0 else ["--map-root-user"]),
            "sh",
            "-c",
            _LOCKED,
            "sh",
            str(data),
            *words,
        ]
    empty = data / "empty"
    empty.mkdir()
    with said.open("w") as out:
        process = subprocess.Popen(
            words, cwd=empty, stdout=out, stderr=out, env=environment() | {"HONGYAN_DATA_DIR": str(data)}
        )
    try:
        until = time.monotonic() + 60
        while not ready.exists():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until
            time.sleep(0.02)
        found = json.loads(ready.read_text())
        yield found["api"], found["console"]
        process.terminate()
        assert process.wait(30) == 0, said.read_text()
    finally:
        process.kill()
        process.wait()


def can_lock() -> bool:
    """Return whether this machine lets us arrange a read-only disk for a process."""
    tried = [
        "unshare",
        "--mount",
        *([] if os.geteuid() == 0 else ["--map-root-user"]),
        "mount",
        "-o",
        "remount,ro,bind",
        "/",
    ]
    tools = all(shutil.which(tool) for tool in ("unshare", "setpriv", "mount"))
    return tools and subprocess.run(tried, capture_output=True, timeout=20, check=False).returncode == 0


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())
