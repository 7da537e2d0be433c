"""Nothing that people meet is missing from the pages, in either language; what is missing is named."""

import json
from typing import Any

import pytest
import typer

from docs.makers import maker
from docs.pages import ROOT
from hongyan.carriers.magic import MAGIC
from hongyan.cli import VERBS, build
from hongyan.handbook.app import Reader
from hongyan.handbook.markdown import Written, slug
from hongyan.handbook.shelf import ENDINGS, read_shelf
from hongyan.model.message import State
from hongyan.model.reason import Reason, docs_of
from hongyan.model.tally import METRICS
from hongyan.model.world import BY_HAND, KINDS
from hongyan.settings import Settings
from hongyan.simulators.faults import FAULTS, MAGIC_FAULTS, REPLIES
from hongyan.watch.metrics import exposed_name
from local_vendor import LocalVendor

READER = Reader(read_shelf(ROOT / "docs"))


@pytest.fixture(params=ENDINGS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def page(name: str, language: str) -> Written:
    return READER.written(name, language)


def text(name: str, language: str) -> str:
    return READER.shelf.pages[name].files[language].read_text("utf-8")


def test_every_setting(language: str) -> None:
    assert set(Settings.model_fields) - page("settings", language).anchors == set()


def test_every_reason_with_what_to_do(language: str) -> None:
    assert {str(reason) for reason in Reason} - page("reasons", language).anchors == set()
    assert {docs_of(reason) for reason in Reason} == {f"/docs/reasons#{reason}" for reason in Reason}
    advice = maker("writing").words("reasons")
    assert set(advice) == {str(reason) for reason in Reason}
    assert [reason for reason, said in advice.items() if not said[language].strip()] == []


def test_every_command_and_option(language: str) -> None:
    anchors, written = page("cli", language).anchors, text("cli", language)
    group: Any = typer.main.get_command(build())
    missing = []

    def look(name: str, command: Any) -> None:
        if slug(f"hongyan {name}") not in anchors:
            missing.append(name)
        start = written.find(f"`hongyan {name}`\n")
        end = written.find("\n#", start)
        for one in command.params:
            said = one.opts[0] if one.param_type_name == "option" else (one.metavar or str(one.name).upper())
            if one.name != "help" and f"| `{said}`" not in written[start : end if end > 0 else None]:
                missing.append(f"{name} {said}")
        for inner, found in getattr(command, "commands", {}).items():
            look(f"{name} {inner}", found)

    for verb in VERBS:
        look(verb, group.commands[verb])
    assert missing == []


def test_every_metric(language: str) -> None:
    assert {exposed_name(name) for name in METRICS} - page("metrics", language).anchors == set()


def test_every_magic_number_and_fault(language: str) -> None:
    assert {*MAGIC, *MAGIC_FAULTS, *REPLIES} - page("magic-numbers", language).anchors == set()
    assert [fault for fault in FAULTS if f"`{fault}`" not in text("magic-numbers", language)] == []


def test_every_state(language: str) -> None:
    assert {str(state) for state in State} - page("states", language).anchors == set()
    drawn = (ROOT / "docs" / "states.svg").read_text("utf-8")
    assert [state for state in State if f">{state}</text>" not in drawn] == []


def test_every_kind_that_can_be_declared_and_every_key_of_it(language: str) -> None:
    world, anchors, written = maker("make_world"), page("world", language).anchors, text("world", language)
    assert set(world.DECLARED) == {kind for kind, cls in KINDS.items() if cls not in BY_HAND}
    assert set(world.DECLARED) - anchors == set()
    rows = [line.split(" | ") for line in written.splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if row[-1].strip(" |") == ""] == [], "say it in the code, or in words/world.toml"


def test_every_endpoint_with_its_parameters_and_a_sample_of_its_answer(language: str) -> None:
    v1, anchors, written = maker("make_v1"), page("v1", language).anchors, text("v1", language)
    names = [name for name, _ in v1.operations()]
    assert [name for name in names if slug(name) not in anchors] == []
    rows = [line.split(" | ") for line in written.splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if row[-1].strip(" |") == ""] == [], "say it in the code, or in words/v1.toml"
    samples = maker("writing").words("answers")
    assert [name for name in names if name not in samples] == [], "show an answer in words/answers.toml"
    assert [name for name in samples if name not in names] == [], "no longer there"


def test_samples_of_answers_have_the_shape_of_answers(vendor: LocalVendor) -> None:
    take, samples = maker("take_answers"), maker("writing").words("answers")
    wrong = []
    for name, answer in take.asked(vendor.api_url):
        sample = samples.get(name, "null")
        refused = isinstance(answer, dict) and "error" in answer
        same = sample == answer if isinstance(answer, str) else take.alike(json.loads(sample), answer)
        if refused or not same:
            wrong.append((name, answer))
    assert wrong == [], "run docs/take_answers.py"
