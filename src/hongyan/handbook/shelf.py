"""Which pages there are, in which order, and the file of each in each language: the site map, read once.

Everything that is ever served stands in this table; no address is turned into a path.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ENDINGS = {"en": ".md", "zh": ".zh-CN.md"}
"""language -> how its files end"""
BASE = "/docs"
HOME = "index"
SITE_MAP = "site.toml"
_HERE = Path(__file__).resolve().parent


class Page(NamedTuple):
    """One page, in each language that it is written in."""

    name: str
    """its path below docs/, without ending: how-to/connect-smpp"""
    files: Mapping[str, Path]


class Section(NamedTuple):
    """Pages that stand together in the site map."""

    titles: Mapping[str, str]
    pages: tuple[Page, ...]


class Shelf(NamedTuple):
    """All pages, in the order of the site map."""

    folder: Path
    home: Page
    sections: tuple[Section, ...]

    @property
    def pages(self) -> dict[str, Page]:
        """Return all pages by name, the home page first."""
        every = (self.home, *(page for section in self.sections for page in section.pages))
        return {page.name: page for page in every}


def folder_of_pages() -> Path:
    """Return where the pages are: `docs/` of a checkout, or what came with the installed package."""
    checkout = _HERE.parents[2] / "docs"
    return checkout if (checkout / SITE_MAP).is_file() else _HERE / "pages"


def read_shelf(folder: Path | None = None) -> Shelf:
    """Return the table of pages. A pattern of the site map stands for all pages it fits that stand nowhere else."""
    folder = folder or folder_of_pages()
    listed = tomllib.loads((folder / SITE_MAP).read_text("utf-8"))["sections"]
    placed = {name for section in listed for name in section["pages"] if "*" not in name}
    sections = []
    for section in listed:
        names: list[str] = []
        for pattern in section["pages"]:
            found = _names(folder, pattern, placed)
            names += found
            placed.update(found)
        titles = {language: section[language] for language in ENDINGS}
        sections.append(Section(titles, tuple(_page(folder, name) for name in names)))
    return Shelf(folder, _page(folder, HOME), tuple(sections))


def address(name: str, language: str) -> str:
    """Return the address of a page, or of anything else that the site answers, in a language."""
    base = BASE if language == "en" else f"{BASE}/{language}"
    return base if name == HOME else f"{base}/{name}"


def _names(folder: Path, pattern: str, placed: set[str]) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    ending = ENDINGS["en"]
    others = tuple(end for end in ENDINGS.values() if end != ending)
    files = [file for file in sorted(folder.glob(pattern + ending)) if not file.name.endswith(others)]
    names = [file.relative_to(folder).as_posix().removesuffix(ending) for file in files]
    return [name for name in names if name not in placed]


def _page(folder: Path, name: str) -> Page:
    files = {language: folder / f"{name}{ending}" for language, ending in ENDINGS.items()}
    return Page(name, {language: file for language, file in files.items() if file.is_file()})
