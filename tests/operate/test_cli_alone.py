import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hongyan.cli import VERBS, build
from hongyan.cli.check import counted
from hongyan.testing import Client
from operate.dev_process import inside, program

WORLD = """
[[projects]]
name = "shop"
paid_in = "10"

[[keys]]
project = "shop"
dialect = "nxcloud"
name = "AKshop"
secret = "env:SHOP_SECRET"

[[apps]]
project = "shop"
name = "shopapp"

[[prices]]
name = "86"
each = "0.05"

[[carriers]]
name = "sim"
settings = { receipt_delay_ms = 50 }

[[routes]]
name = "all"
choices = [{ carrier = "sim" }]
"""
SECRET = {"SHOP_SECRET": "very-secret-42"}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    file = tmp_path / "world.toml"
    file.write_text(WORLD)
    return file


def test_apply_shows_what_changes_masks_secrets_and_is_idempotent(tmp_path: Path, world: Path) -> None:
    data = str(tmp_path / "data")
    dry = inside("apply", str(world), "--data", data, "--dry-run", **SECRET)
    assert dry.returncode == 0, dry.stderr
    assert "+ projects shop" in dry.stdout
    assert "6 to add" in dry.stdout
    planned = json.loads(inside("apply", str(world), "--data", data, "--dry-run", "--json", **SECRET).stdout)
    assert (planned["applied"], len(planned["added"])) == (False, 6)
    first = inside("apply", str(world), "--data", data, "--yes", **SECRET)
    assert "6 to add" in first.stdout
    assert "applied" in first.stdout
    assert "very-secret-42" not in dry.stdout + first.stdout
    again = json.loads(inside("apply", str(world), "--data", data, "--json", **SECRET).stdout)
    assert (again["applied"], again["added"], again["changed"], again["unchanged"]) == (False, [], [], 6)
    world.write_text(WORLD.replace('each = "0.05"', 'each = "0.06"').replace('name = "shopapp"', 'name = "otherapp"'))
    changed = inside("apply", str(world), "--data", data, **(SECRET | {"SHOP_SECRET": "new-secret"}))
    assert "each: 0.05 -> 0.06" in changed.stdout
    assert "secret: •••• -> ••••" in changed.stdout
    assert "? apps shop/shopapp" in changed.stdout
    pruned = inside("apply", str(world), "--data", data, "--prune", **(SECRET | {"SHOP_SECRET": "new-secret"}))
    assert "- apps shop/shopapp" in pruned.stdout
    assert "1 to remove" in pruned.stdout
    sealed = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir() if file.name.startswith("hongyan.db"))
    assert b"new-secret" not in sealed


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[[apps]]", "[[app]]", "unknown table 'app'; Try: did you mean 'apps'"),
        ("env:SHOP_SECRET", "env:NOT_THERE", "the environment has no NOT_THERE"),
        ('"env:SHOP_SECRET"', '"SKdemo-s3cret"', "demo credentials"),
        ("receipt_delay_ms", "receipt_delay", "receipt_delay"),
    ],
)
def test_apply_refuses_a_mistake_with_exit_code_2(
    tmp_path: Path, world: Path, old: str, new: str, sentence: str
) -> None:
    world.write_text(WORLD.replace(old, new))
    done = inside("apply", str(world), "--data", str(tmp_path / "data"), **SECRET)
    assert done.returncode == 2, done.stdout
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_follows_apply_without_a_restart(tmp_path: Path, world: Path) -> None:
    with program(tmp_path, "serve") as running:
        client = Client(running.api, credentials={"nxcloud": ("AKshop", "very-secret-42")})
        assert client.send_nxcloud("13800138001", "hello", app="shopapp").json()["code"] == 1005
        inside("apply", str(world), "--data", str(tmp_path / "data"), **SECRET)
        code = 1005
        while code == 1005:
            code = client.send_nxcloud("13800138001", "hello", app="shopapp").json()["code"]
        assert code == 0
        assert client.messages().status == 401


def test_serve_refuses_demo_credentials(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with program(tmp_path, "dev"):
        pass
    done = inside("serve", "--data", str(data), "--api-port", "0", "--console-port", "0")
    assert done.returncode == 2
    assert "demo credentials" in done.stderr


def test_a_second_start_carries_on_where_the_first_stopped(tmp_path: Path) -> None:
    with program(tmp_path, "dev") as first:
        sent = Client(first.api).send("13800138001", "before").json()["messages"][0]
    with program(tmp_path, "dev") as second:
        found = Client(second.api).wait_for("13800138001", since=1, until="final")
        assert found["id"] == sent["id"]
        assert found["state"] == "delivered"


def test_doctor_names_what_is_wrong_and_the_fix(tmp_path: Path) -> None:
    done = inside("doctor", "--data", str(tmp_path / "none"), "--json")
    found = {one["what"]: one for one in json.loads(done.stdout)}
    assert found["database"]["state"] == "ok"
    assert {"python", "clock", "disk", "master key", "API port", "console port"} <= found.keys()
    assert not (tmp_path / "none").exists()
    done = inside("doctor", "--data", str(tmp_path / "none"), HONGYAN_MASTER_KEY="short")
    assert done.returncode == 1
    assert "openssl rand -hex 32" in done.stdout


@pytest.mark.parametrize(
    ("text", "dialect", "country", "alphabet", "parts", "forced"),
    [
        ("hello", "native", "CN", "gsm7", 1, []),
        ("a" * 161, "native", "US", "gsm7", 2, []),
        ("hello 你", "native", "CN", "ucs2", 1, [7]),
        ("é€{", "native", "US", "gsm7", 1, []),
        ("x😀y", "native", "US", "ucs2", 1, [2]),
    ],
)
def test_check_counts_parts_and_names_what_forced_ucs2(
    text: str, dialect: str, country: str, alphabet: str, parts: int, forced: list[int]
) -> None:
    found = counted(text, dialect, country)
    assert (found["alphabet"], found["parts"]) == (alphabet, parts)
    assert [one["position"] for one in found["forced_ucs2"]] == forced


def test_check_prices_all_parts() -> None:
    done = CliRunner().invoke(build(("check",)), ["check", "a" * 161, "--country", "US", "--each", "0.045"])
    assert "price 0.09 = 2 x 0.045" in done.output


def test_every_verb_explains_itself() -> None:
    assert CliRunner().invoke(build(), ["--help"]).exit_code == 0
    for verb in VERBS:
        done = CliRunner().invoke(build((verb,)), [verb, "--help"])
        assert done.exit_code == 0, verb


def test_a_wrong_option_or_setting_is_exit_code_2() -> None:
    assert inside("messages", "--nonsense").returncode == 2
    done = inside("serve", HONGYAN_API_PROT="1")
    assert done.returncode == 2
    assert "HONGYAN_API_PORT" in done.stderr
