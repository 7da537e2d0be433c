import re
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from hongyan.carriers.rulings import Ruling
from hongyan.settings import Settings

ROOT = Path(__file__).parents[2]


def generator(name: str) -> Any:
    spec = spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = {
    "make_reference": ["settings.md", "world.md", "cli.md", "metrics.md", "reasons.md"],
    "make_carriers": ["carriers.md"],
}


@pytest.mark.parametrize(("maker", "name"), [(maker, name) for maker, names in PAGES.items() for name in names])
def test_a_reference_page_is_current(maker: str, name: str) -> None:
    made = generator(maker)
    assert list(made.PAGES) == PAGES[maker]
    assert (ROOT / "docs" / name).read_text("utf-8") == made.PAGES[name](), "run `make docs`"


def test_what_carriers_answer_has_words_for_everything() -> None:
    made = generator("make_carriers")
    assert set(made.WE_DO) == set(Ruling)
    text = (ROOT / "docs" / "carriers.md").read_text("utf-8")
    for table in made.CARRIERS.values():
        for one in table:
            assert f"| `{one.name}` |" in text
            assert one.said.en
            assert one.said.zh


def test_every_dependency_says_why_it_is_here() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    libraries, _, programs = page.partition("## Programs of others")
    rows = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", libraries, re.MULTILINE) for name in row.split(",")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    tests = (ROOT / "requirements" / "test.in").read_text("utf-8").splitlines()
    wanted = {re.split(r"[<>=;\[ ]", line)[0] for line in (*project, *tests) if line and line[0] not in "-#"}
    assert wanted - rows == set()
    assert rows - wanted == {"library"}
    peers = re.findall(
        r"(\w+)=\w+", re.findall(r"^PEERS := (.*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[0]
    )
    assert [peer for peer in peers if peer not in programs] == []


def test_every_setting_is_read_somewhere() -> None:

    source = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "hongyan").rglob("*.py"))
    for name in Settings.model_fields:
        assert re.search(rf"(settings|self)\.{name}\b", source), name


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_once() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    assert [int(page.read_text("utf-8").removeprefix("# ").split(".")[0]) for page in pages] == numbers
