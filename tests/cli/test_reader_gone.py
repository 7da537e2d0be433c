"""A reader that goes away, as `| head -1` does, is no mistake of a command's."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["version"], 0),
        (["version", "--json"], 0),
        (["--help"], 0),
        (["completion", "bash"], 0),
        (["check", "x", "--dialect", "none"], 2),
    ],
)
def test_a_command_whose_reader_is_gone_ends_quietly_with_its_own_code(asked: list[str], code: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "hongyan", *asked]
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    finally:
        os.close(writing)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr
