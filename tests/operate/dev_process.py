"""A `hongyan dev` or `serve` in a process of its own, for tests that need the whole program."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import structlog
from typer.testing import CliRunner

from hongyan.cli import build
from hongyan.cli.exits import code_of


class Program(NamedTuple):
    api: str
    console: str
    process: subprocess.Popen[str]
    said: Path
    """what it printed"""


def environment() -> dict[str, str]:
    """Return the environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONGYAN_")}
    return kept | {"NO_COLOR": "1", "PYTHONWARNINGS": "error"}


def hongyan(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "hongyan", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment() | more,
        stdin=subprocess.DEVNULL,
    )


def inside(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in this very process, which saves the start of an interpreter."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    done = CliRunner().invoke(build((arguments[0],)), list(arguments), env={"NO_COLOR": "1", **more})
    structlog.reset_defaults()  # what it logs to is closed by now
    root.handlers[:] = handlers
    root.setLevel(level)
    code, said = done.exit_code, done.stderr
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        with redirect_stderr(StringIO()) as stderr:
            code = code_of(done.exception) or 0
        said += stderr.getvalue()
    return subprocess.CompletedProcess(list(arguments), code, done.stdout, said)


@contextmanager
def program(folder: Path, verb: str = "dev", **more: str) -> Iterator[Program]:
    """Start it on free ports; end it with SIGTERM and see that it says goodbye properly."""
    ready, said = folder / "ready.json", folder / "said.txt"
    command = [sys.executable, "-m", "hongyan", verb, "--api-port", "0", "--console-port", "0"]
    command += ["--data", str(folder / "data"), "--ready-file", str(ready)]
    with said.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True, env=environment() | more)
        try:
            until = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < until
                time.sleep(0.02)
            found = json.loads(ready.read_text())
            yield Program(found["api"], found["console"], process, said)
            process.terminate()
            assert process.wait(30) == 0, said.read_text()
        finally:
            process.kill()
            process.wait()
