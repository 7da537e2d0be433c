"""What deploy/ holds fits the program: its settings, its commands, its metrics; and its tools, where they are here."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from deploy.deploy_files import DEPLOY, ROOT, command, copied, environment, last, read_yaml, steps
from hongyan.cli import VERBS
from hongyan.model.message import State
from hongyan.model.reason import Reason
from hongyan.model.tally import METRICS, Tally
from hongyan.settings import PREFIX, Settings
from hongyan.watch.metrics import exposed_name, registry

SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
_NOT_LABELS = {"job", "instance", "le", "on"}


def test_what_the_container_is_made_of_is_here_and_is_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for source in copied():
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source
    installed = " ".join(one.rest for one in steps() if one.word == "RUN")
    for file in re.findall(r"-r (\S+)", installed):
        assert file in " ".join(copied())
        pins = re.findall(r"^(\S+?)==.*?(?=^\S|\Z)", (ROOT / file).read_text(), re.MULTILINE | re.DOTALL)
        assert len(pins) >= 5
        assert (ROOT / file).read_text().count("--hash=sha256:") >= len(pins)
    assert installed.count("--require-hashes") == len(re.findall(r"-r ", installed))


def test_the_container_runs_a_command_of_ours_as_nobody_special() -> None:
    user, group = last("USER").split(":")
    assert int(user) == int(group) > 1000
    assert command("ENTRYPOINT") == ["hongyan"]
    assert command("CMD")[0] in VERBS
    assert command("HEALTHCHECK")[0] == "hongyan"
    assert command("HEALTHCHECK")[1] in VERBS
    assert {name for name in environment() if name.startswith(PREFIX)} <= SETTINGS
    assert environment()["HONGYAN_DATA_DIR"] == last("VOLUME")
    ports = {str(Settings.model_fields[name].default) for name in ("api_port", "console_port")}
    assert ports < set(last("EXPOSE").split())


def test_the_compose_file_names_settings_and_shuts_the_container_in() -> None:
    compose = read_yaml("compose.yaml")
    assert set(compose["services"]) == {"hongyan", "postgres"}
    service, database = compose["services"]["hongyan"], compose["services"]["postgres"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service["environment"]) <= SETTINGS
    assert all(port.startswith("127.0.0.1:") for port in service["ports"] if ":8051" in port)
    assert service["volumes"] == [f"data:{last('VOLUME')}"]
    assert "profiles" not in service
    assert database["profiles"] == ["postgres"]
    assert service["depends_on"] == {"postgres": {"condition": "service_healthy", "required": False}}
    assert "healthcheck" in database
    kept = {volume.split(":")[0] for one in compose["services"].values() for volume in one.get("volumes", ())}
    assert kept == set(compose["volumes"])


def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    text = (DEPLOY / "hongyan.service").read_text("utf-8")
    (started,) = re.findall(r"^ExecStart=\S+/hongyan (\w+)", text, re.MULTILINE)
    assert started == "serve"
    assert set(re.findall(r"^Environment=(\w+)=", text, re.MULTILINE)) <= SETTINGS
    for line in ("User=hongyan", "ProtectSystem=strict", "NoNewPrivileges=yes", "StateDirectory=hongyan"):
        assert f"\n{line}\n" in text
    unit = tmp_path / "hongyan.service"
    unit.write_text(text.replace("/opt/hongyan/bin/hongyan", sys.executable), "utf-8")
    if tool := shutil.which("systemd-analyze"):
        for words in (("verify", "--man=no"), ("security", "--offline=true", "--threshold=20")):
            done = subprocess.run([tool, *words, unit], capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert words[0] != "verify" or unit.name not in done.stderr, done.stderr


def expressions() -> Iterator[str]:
    dashboard: Any = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    for variable in dashboard["templating"]["list"]:
        yield variable.get("definition", "")
    for group in read_yaml("alerts.yml")["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def test_every_metric_and_label_that_is_drawn_or_watched_exists() -> None:
    exposed = generate_latest(registry(Tally())).decode()
    known = set(re.findall(r"^# TYPE (\S+)", exposed, re.MULTILINE)) | {"up"}
    known |= {f"{exposed_name(name)}_bucket" for name, metric in METRICS.items() if metric.histogram}
    used = set()
    for expression in expressions():
        assert expression.count("(") == expression.count(")"), expression
        used |= set(re.findall(r"\b(?:hongyan|process)_\w+|\bup\b", expression))
    assert used - known == set()
    drawn = {exposed_name(name) for name in METRICS} - {one.removesuffix("_bucket") for one in used}
    assert drawn == set(), "draw it on the dashboard"


def test_every_label_and_value_that_is_asked_for_is_one_that_is_given() -> None:
    labels = {label for metric in METRICS.values() for label in metric.labels}
    values = {
        "state": {*State, "open"},
        "result": {"never"},
        "outcome": {"taken"},
        "reason": set(Reason),
        "job": {"hongyan"},
    }
    for expression in expressions():
        for group in re.findall(r"(?:by|on) \(([^)]*)\)", expression):
            assert set(re.split(r", *", group)) <= labels | _NOT_LABELS, expression
        for label, how, asked in re.findall(r"(\w+)(=~|=|!=)\"([^\"]*)\"", expression):
            assert label in labels | _NOT_LABELS, expression
            if "$" not in asked:
                assert set(asked.split("|") if how == "=~" else [asked]) <= values[label], expression


@pytest.mark.parametrize("group", read_yaml("alerts.yml")["groups"], ids=lambda group: str(group["name"]))
def test_every_alert_says_what_to_do(group: dict[str, Any]) -> None:
    names = [rule["alert"] for rule in group["rules"]]
    assert len(set(names)) == len(names)
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in {"page", "tell"}
        assert rule["annotations"]["summary"]
        for verb in re.findall(r"hongyan (\w+)", rule["annotations"]["do"]):
            assert verb in VERBS, rule["alert"]
