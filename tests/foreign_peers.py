"""Programs of others that tests talk to: found on PATH, never downloaded by a test. A missing one fails with a hint."""

import os
import shutil

import pytest

_SBIN = ":/usr/local/sbin:/usr/sbin:/sbin"
"""where Debian puts bearerbox; not everybody's PATH has it"""


def program(name: str) -> str:
    """Return the path of a program that `make peers` installs."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + _SBIN)
    if found is None:
        pytest.fail(f"{name} is not on this machine. `make peers` installs it (Debian, Ubuntu).")
    return found
