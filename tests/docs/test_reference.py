import re
import tomllib
from pathlib import Path

import pytest

from docs.makers import DOCS, MAKERS, made, maker, pages
from hongyan.carriers.rulings import Ruling
from hongyan.settings import Settings

ROOT = Path(__file__).parents[2]


def test_every_maker_is_run_by_make_docs() -> None:
    makers = {path.stem for path in DOCS.glob("make_*.py")} - {"make_compatibility"}
    assert makers == set(MAKERS)
    assert "docs/make_*.py" in (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("page", pages())
def test_a_reference_page_is_current(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == made(page), "run `make docs`"


def test_everything_said_in_english_is_said_in_chinese() -> None:
    for page in pages():
        made(page)
    missing = sorted(maker("writing").MISSING)
    assert missing == [], "write the Chinese into docs/words/<first>.toml, then run `make docs`"


def test_no_chinese_is_kept_for_what_is_no_longer_said() -> None:
    for page in pages():
        made(page)
    kept = {
        (table, english)
        for table in {table for table, _ in maker("writing").USED}
        for english, chinese in maker("writing").words(table).items()
        if isinstance(chinese, str)
    }
    assert sorted(kept - maker("writing").USED) == []


def test_what_carriers_answer_has_words_for_everything() -> None:
    carriers = maker("make_carriers")
    assert set(carriers.WE_DO) == set(Ruling)
    for table in carriers.CARRIERS.values():
        for one in table:
            assert all(f"| `{one.name}` |" in made(f"carriers{ending}") for ending in (".md", ".zh-CN.md"))
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
