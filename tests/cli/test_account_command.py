"""`hongyan account`: accounts made on the machine, on the database that the settings name."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner, Result

from hongyan.cli import build
from hongyan.model.errors import Misconfigured, Refused

GOOD = "a quiet goose on the lake"


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[object]:
    with patch("hongyan.operate.passwords.PASSES", 1), patch("hongyan.operate.passwords.MEMORY_KIB", 64) as patched:
        yield patched


def said(folder: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(build(("account",)), ["account", *words, "--data", str(folder)], input=typed)


def test_accounts_are_made_changed_and_removed(tmp_path: Path) -> None:
    assert "no account yet" in said(tmp_path, "list").output
    made = json.loads(said(tmp_path, "add", "Li", "--role", "admin", "--generate", "--json").output)
    assert (made["name"], made["role"], len(made["password"]) > 20) == ("li", "admin", True)
    assert said(tmp_path, "add", "wang", "--password-stdin", typed=f"{GOOD}\n").output == "wang may log in as viewer.\n"
    assert said(tmp_path, "role", "wang", "operator").output == "wang is operator now.\n"
    assert "wang" in said(tmp_path, "disable", "wang").output
    found = json.loads(said(tmp_path, "list", "--json").output)["accounts"]
    assert [(one["name"], one["role"], one["enabled"]) for one in found] == [
        ("li", "admin", True),
        ("wang", "operator", False),
    ]
    assert "may log in again" in said(tmp_path, "enable", "WANG").output
    assert "another password" in said(tmp_path, "password", "wang", "--password-stdin", typed=f"{GOOD}!\n").output
    assert said(tmp_path, "sessions", "li").output == "logged in nowhere.\n"
    assert said(tmp_path, "log-out", "li").output == "0 sessions ended.\n"
    assert said(tmp_path, "remove", "wang").output == "wang is removed.\n"
    assert GOOD not in "".join(said(tmp_path, "list").output)


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    said(tmp_path, "add", "li", "--role", "admin", "--generate")
    for words, typed, wanted in (
        (("remove", "li"), "", Refused),
        (("role", "li", "viewer"), "", Refused),
        (("disable", "li"), "", Refused),
        (("add", "li", "--generate"), "", Refused),
        (("add", "operator", "--generate"), "", Refused),
        (("add", "a b", "--generate"), "", Refused),
        (("password", "li", "--password-stdin"), "short\n", Refused),
        (("password", "li", "--password-stdin"), "\n", Misconfigured),
        (("password", "nobody", "--generate"), "", Refused),
        (("add", "wang"), "", Misconfigured),
    ):
        done = said(tmp_path, *words, typed=typed)
        assert isinstance(done.exception, wanted), words
