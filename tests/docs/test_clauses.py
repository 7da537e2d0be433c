"""Every clause of docs/specs/ is kept by code and proved by a test, and every reference leads to a clause."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_compatibility", ROOT / "docs" / "make_compatibility.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()
COLLECTED = TOOL.collect()
VENDORS = sorted({clause.vendor for clause in COLLECTED.clauses})


def test_a_clause_is_numbered_once() -> None:
    names = [clause.reference for clause in COLLECTED.clauses]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_every_row_of_a_spec_is_a_clause() -> None:
    for spec in sorted((ROOT / "docs" / "specs").glob("*.md")):
        rows = list(TOOL.rows(spec.read_text(encoding="utf-8")))
        found = [clause for clause in COLLECTED.clauses if clause.vendor == spec.stem]
        assert len(found) == len(rows) > 0, f"{spec.name} has rows that are not `| clause | text | mark |`"


def test_every_reference_leads_to_a_clause() -> None:
    known = {clause.reference for clause in COLLECTED.clauses}
    lost = [
        f"{one.path}:{one.line} {one.clause}" for one in COLLECTED.code + COLLECTED.tests if one.clause not in known
    ]
    assert lost == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_clause_is_kept_by_code(vendor: str) -> None:
    kept = {one.clause for one in COLLECTED.code}
    assert [one.reference for one in COLLECTED.clauses if one.vendor == vendor and one.reference not in kept] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_clause_is_proved_by_a_test(vendor: str) -> None:
    proved = {one.clause for one in COLLECTED.tests}
    assert [one.reference for one in COLLECTED.clauses if one.vendor == vendor and one.reference not in proved] == []


def test_the_page_is_current() -> None:
    assert TOOL.PAGE.read_text(encoding="utf-8") == TOOL.page(COLLECTED), "run: python docs/make_compatibility.py"
