"""How the generated pages are written: each in English and Chinese, from one function that is told the language.

What the code says in English alone has its Chinese in `docs/words/`, a file for each kind of page: English = Chinese.
A sentence without Chinese stays English on the page and is noted in `MISSING`; a test fails while there is one.
"""  # noqa: INP001 - programs beside the pages they make, not a package

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ENDINGS = {"en": ".md", "zh": ".zh-CN.md"}
"""language -> how its files end"""
Pages = Mapping[str, Callable[[], str]]

MISSING: set[tuple[str, str]] = set()
"""(file of words, English sentence) that had no Chinese when a page was made"""
USED: set[tuple[str, str]] = set()
"""the same of those that had"""


def both(name: str, make: Callable[[str], str]) -> dict[str, Callable[[], str]]:
    """Return a page in every language: file name -> what makes it."""
    return {f"{name}{ending}": partial(make, language) for language, ending in ENDINGS.items()}


def write_all(pages: Pages) -> None:
    """Write the pages, and say what has no Chinese yet."""
    for name, made in pages.items():
        (DOCS / name).write_text(made(), "utf-8")
    for table, sentence in sorted(MISSING):
        print(f"no Chinese in docs/words/{table}.toml: {sentence}")  # noqa: T201 - a program that is run by hand


@cache
def words(table: str) -> Mapping[str, Any]:
    """Return a file of words."""
    return tomllib.loads((DOCS / "words" / f"{table}.toml").read_text("utf-8"))


def said(table: str, sentence: str, language: str) -> str:
    """Return what the code says in English, in a language."""
    if language == "en" or not sentence.strip():
        return sentence
    chinese = words(table).get(sentence)
    (MISSING if chinese is None else USED).add((table, sentence))
    return sentence if chinese is None else str(chinese)


def made_by(program: str) -> str:
    """Return the line that tells how a page came to be."""
    return f"<!-- made by docs/{program}: change the code or docs/words/, then run `make docs` -->\n"


def opening(name: str, language: str, made: str) -> list[str]:
    """Return the first lines of a page: its title and what it begins with, from docs/words/pages.toml."""
    text = words("pages")[name][language]
    return [f"# {text['title']}\n", made, f"{text['begin']}\n"]


def page(lines: list[str]) -> str:
    """Return the text of a page."""
    return "\n".join(lines).rstrip() + "\n"


def cell(text: str) -> str:
    """Return a text that may stand in a table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def written(value: Any) -> str:
    """Return a default as it would be written in a file, "" for nothing."""
    if isinstance(value, Path):
        value = str(value)
    if value is None or value in ("", (), {}, []):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{msgspec.json.encode(value).decode()}`"
