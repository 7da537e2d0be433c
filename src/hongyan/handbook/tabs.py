"""Sections between `<!-- tabs -->` and `<!-- /tabs -->` side by side: a tab for each heading, by radio inputs.

Without a style sheet, and wherever else the file is read, they follow one another as they are written.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from markdown_it.token import Token

BEGIN, END = "<!-- tabs -->", "<!-- /tabs -->"
MOST_TABS = 8
"""as many as the style sheet knows"""


class Tab(NamedTuple):
    """One heading with what stands below it."""

    title: str
    tokens: Sequence[Token]


def is_mark(token: Token, mark: str) -> bool:
    """Return whether a token is where tabs begin or end."""
    return token.type == "html_block" and token.content.strip() == mark


def with_tabs(tokens: Sequence[Token], render: Callable[[Sequence[Token]], str], label: str) -> str:
    """Return the HTML of tokens, with every run of tabs as a group that is labelled so."""
    out: list[str] = []
    place, group = 0, 0
    while place < len(tokens):
        if not is_mark(tokens[place], BEGIN):
            begin = place
            while place < len(tokens) and not is_mark(tokens[place], BEGIN):
                place += 1
            out.append(render(tokens[begin:place]))
            continue
        end = next(at for at in range(place, len(tokens)) if is_mark(tokens[at], END))
        group += 1
        out.append(_group(_tabs(tokens[place + 1 : end]), group, render, label))
        place = end + 1
    return "".join(out)


def _tabs(tokens: Sequence[Token]) -> list[Tab]:
    """Split tokens at their headings; the first token is one."""
    level = tokens[0].tag
    starts = [at for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag == level]
    ends = [*starts[1:], len(tokens)]
    return [Tab(tokens[begin + 1].content, tokens[begin:end]) for begin, end in zip(starts, ends, strict=True)]


def _group(tabs: Sequence[Tab], group: int, render: Callable[[Sequence[Token]], str], label: str) -> str:
    inputs = "".join(
        f'<input type="radio" name="tabs-{group}" id="tabs-{group}-{place}"{" checked" if place == 1 else ""}>'
        f'<label for="tabs-{group}-{place}">{escape(tab.title)}</label>'
        for place, tab in enumerate(tabs, 1)
    )
    panels = "".join(f'<div class="tab">{render(tab.tokens)}</div>' for tab in tabs)
    return f'<fieldset class="tabs"><legend>{escape(label)}</legend>{inputs}{panels}</fieldset>\n'
