"""Makes docs/compatibility.md: every clause of docs/specs/, the code that keeps it and the tests that prove it.

Run it (`python docs/make_compatibility.py`) after naming a clause in code (`spec: comms#send.mobile`) or in a test
(`proves: comms#send.mobile`). tests/docs/test_clauses.py fails while the page is not current or a clause is alone.
"""  # noqa: INP001 - a program beside the pages it makes, not a package

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "compatibility.md"
_NAME = r"[A-Za-z0-9](?:[\w.\-]*\w)?"
_ROW = re.compile(rf"\| *`?({_NAME})`? *\| *(.*?) *\| *([A-Z](?:, ?[A-Z])*) *\|")
_INTRODUCTION = """\
# Compatibility

Each clause of the vendors' documents as [our specs](specs/) number them, where the program keeps it, and the tests that
prove it. `*.http` files are [golden exchanges](../tests/golden/); tests under `sdks/` run a vendor's own client.
This page is made by `docs/make_compatibility.py`; a test fails when it is not current.

Marks: **S** the vendor's document · **V** other public pages or clients of the vendor · **T** the API this one descends
from · **U** undocumented, our decision.
"""


class Clause(NamedTuple):
    """One row of a spec."""

    vendor: str
    name: str
    text: str
    mark: str

    @property
    def reference(self) -> str:
        """Return how code and tests name it."""
        return f"{self.vendor}#{self.name}"


class Reference(NamedTuple):
    """One place that names a clause."""

    clause: str
    path: str
    line: int
    place: str
    """path and, in Python, the function or class around it"""


class Collected(NamedTuple):
    """All there is."""

    clauses: list[Clause]
    code: list[Reference]
    tests: list[Reference]


def collect(root: Path = ROOT) -> Collected:
    """Read specs, code and tests."""
    specs = sorted((root / "docs" / "specs").glob("*.md"))
    vendors = "|".join(re.escape(spec.stem) for spec in specs)
    pattern = re.compile(rf"\b({vendors})#({_NAME})")
    clauses = [clause for spec in specs for clause in _clauses(spec)]
    code = [found for path in _files(root / "src", "*.py") for found in _references(path, root / "src", pattern)]
    tests = [
        found
        for path in (*_files(root / "tests", "*.py"), *_files(root / "tests", "*.http"))
        for found in _references(path, root / "tests", pattern)
    ]
    return Collected(clauses, code, tests)


def page(collected: Collected) -> str:
    """Return the text of the page."""
    lines = [_INTRODUCTION]
    for vendor in dict.fromkeys(clause.vendor for clause in collected.clauses):
        lines += [f"## {vendor}", "", "| clause | what holds | mark | code | tests |", "|---|---|---|---|---|"]
        lines += [
            f"| [{clause.name}](specs/{vendor}.md) | {clause.text} | {clause.mark} "
            f"| {_places(clause, collected.code)} | {_places(clause, collected.tests)} |"
            for clause in collected.clauses
            if clause.vendor == vendor
        ]
        lines.append("")
    return "\n".join(lines)


def rows(text: str) -> Iterator[str]:
    """Return the rows of the tables that begin with the column `clause`; other tables are for reading."""
    counts = False
    for line in text.splitlines():
        if not line.startswith("|"):
            counts = False
        elif line.startswith("| clause |"):
            counts = True
        elif counts and not line.startswith("|--"):
            yield line.strip()


def _clauses(spec: Path) -> Iterator[Clause]:
    for line in rows(spec.read_text(encoding="utf-8")):
        row = _ROW.fullmatch(line)
        if row is not None:
            yield Clause(spec.stem, *row.groups())


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def _references(path: Path, folder: Path, pattern: re.Pattern[str]) -> Iterator[Reference]:
    text = path.read_text(encoding="utf-8")
    if "#" not in text:
        return
    scopes: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] | None = None
    shown = str(path.relative_to(folder))
    for number, line in enumerate(text.splitlines(), 1):
        for found in pattern.finditer(line):
            if scopes is None:
                scopes = _scopes(path, text)
            around = [one.name for one in scopes if one.lineno <= number <= (one.end_lineno or 0)]
            yield Reference(found[0], shown, number, "::".join((shown, *around)))


def _scopes(path: Path, text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    if path.suffix != ".py":
        return []
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]


def _places(clause: Clause, references: list[Reference]) -> str:
    places = sorted({one.place for one in references if one.clause == clause.reference})
    return "<br>".join(f"`{place.removeprefix('hongyan/')}`" for place in places)


if __name__ == "__main__":
    PAGE.write_text(page(collect()), encoding="utf-8")
