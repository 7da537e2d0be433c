"""The programs that make the reference pages, as tests load them: they are no package, and stand beside their pages."""

import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
MAKERS = (
    "make_reference",
    "make_cli",
    "make_world",
    "make_reasons",
    "make_states",
    "make_magic",
    "make_v1",
    "make_carriers",
)


@cache
def maker(name: str) -> Any:
    """Return a maker, or what they share (`writing`)."""
    if str(DOCS) not in sys.path:
        sys.path.append(str(DOCS))
    return import_module(name)


@cache
def made(page: str) -> str:
    """Return a page as its maker makes it now."""
    makes = next(maker(name).PAGES[page] for name in MAKERS if page in maker(name).PAGES)
    return str(makes())


def pages() -> list[str]:
    """Return the names of all pages that are made."""
    return [page for name in MAKERS for page in maker(name).PAGES]
