"""One page: Markdown to HTML with stable anchors, links that lead to pages of the site, and its words for the search.

The files are our own, so HTML in them stands; still, no style or script of theirs gets onto a page. Anchors are made as
code hosts make them: one link fits both.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from hongyan.handbook.tabs import BEGIN, END, is_mark, with_tabs

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED = re.compile(r"[^\w\- ]")
_RAW_ID = re.compile(r'\bid="([^"]+)"')
_DEEPEST_LISTED = 3


class Heading(NamedTuple):
    """A heading and where it is."""

    level: int
    anchor: str
    text: str


class Passage(NamedTuple):
    """A heading with the plain words below it: what the search looks through."""

    heading: Heading
    words: str


class Written(NamedTuple):
    """A page in one language."""

    title: str
    html: str
    listed: tuple[Heading, ...]
    """headings of its table of contents"""
    passages: tuple[Passage, ...]
    anchors: frozenset[str]


def write(text: str, lead: Callable[[str], str], pictures: Mapping[str, Path], tabs_label: str) -> Written:
    """Return a page. `lead` turns a link as the file has it into an address; `pictures`: name -> drawing to put in."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    for name, rule in _RULES.items():
        reader.add_render_rule(name, rule)
    env: dict[str, Any] = {"pictures": pictures}
    tokens = [token for token in reader.parse(text) if not _is_comment(token)]
    headings = _anchored(tokens)
    _led(tokens, lead)

    def render(part: Sequence[Token]) -> str:
        return str(reader.renderer.render(part, reader.options, env))

    html = with_tabs(tokens, render, tabs_label)
    in_tabs = _anchors_in_tabs(tokens)
    listed = [one for one in headings if 1 < one.level <= _DEEPEST_LISTED and one.anchor not in in_tabs]
    anchors = frozenset({one.anchor for one in headings} | set(_RAW_ID.findall(html)))
    return Written(headings[0].text, html, tuple(listed), tuple(_passages(tokens, headings)), anchors)


def slug(text: str) -> str:
    """Return the anchor of a heading, as code hosts make it."""
    return _DROPPED.sub("", text.strip().lower()).replace(" ", "-")


def plain(token: Token) -> str:
    """Return the words of an inline token."""
    return "".join(
        one.content if one.type in {"text", "code_inline"} else " " if one.type in {"softbreak", "hardbreak"} else ""
        for one in token.children or ()
    )


def _is_comment(token: Token) -> bool:
    if token.type != "html_block" or is_mark(token, BEGIN) or is_mark(token, END):
        return False
    return not _COMMENT.sub("", token.content).strip()


def _anchored(tokens: Sequence[Token]) -> list[Heading]:
    """Give every heading its anchor."""
    found: list[Heading] = []
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = plain(tokens[place + 1])
        anchor = slug(text)
        before = taken.get(anchor, 0)
        taken[anchor] = before + 1
        anchor = f"{anchor}-{before}" if before else anchor
        token.attrSet("id", anchor)
        token.meta["anchor"], token.meta["text"] = anchor, text
        found.append(Heading(int(token.tag[1:]), anchor, text))
    return found


def _led(tokens: Sequence[Token], lead: Callable[[str], str]) -> None:
    for token in tokens:
        token.attrs.pop("style", None)
        for one in token.children or ():
            if one.type == "link_open":
                href = str(one.attrGet("href"))
                one.attrSet("href", href if urlsplit(href).scheme or href.startswith("#") else lead(href))


def _anchors_in_tabs(tokens: Sequence[Token]) -> set[str]:
    found, inside = set(), False
    for token in tokens:
        inside = is_mark(token, BEGIN) or (inside and not is_mark(token, END))
        if inside and token.type == "heading_open":
            found.add(str(token.attrGet("id")))
    return found


def _passages(tokens: Sequence[Token], headings: Sequence[Heading]) -> list[Passage]:
    words: dict[str, list[str]] = {one.anchor: [] for one in headings}
    at, in_heading = headings[0].anchor, False
    for token in tokens:
        if token.type == "heading_open":
            at, in_heading = str(token.attrGet("id")), True
        elif token.type == "heading_close":
            in_heading = False
        elif token.type == "inline" and not in_heading:
            words[at].append(plain(token))
        elif token.type == "fence":
            words[at].append(token.content)
    return [Passage(one, " ".join(" ".join(words[one.anchor]).split())) for one in headings]


def _heading_close(_self: Any, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    opened = next(one for one in reversed(tokens[:at]) if one.type == "heading_open")
    anchor = escape(opened.meta["anchor"])
    link = f' <a class="anchor" href="#{anchor}" aria-label="# {escape(opened.meta["text"])}">#</a>'
    return f"{'' if opened.tag == 'h1' else link}</{opened.tag}>\n"


def _fence(_self: Any, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


def _table_open(_self: Any, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return '<div class="table" tabindex="0"><table>\n'


def _table_close(_self: Any, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"


def _th_open(_self: Any, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return '<th scope="col">'


def _image(_self: Any, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
    """Put a drawing of ours into the page, where the page's own colours reach it."""
    token = tokens[at]
    drawing = env["pictures"][Path(str(token.attrGet("src"))).name].read_text("utf-8")
    return f'<span class="picture" role="img" aria-label="{escape(token.content)}">{drawing}</span>'


def _html(_self: Any, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    return _COMMENT.sub("", tokens[at].content)


_RULES: dict[str, Callable[..., str]] = {
    "heading_close": _heading_close,
    "fence": _fence,
    "table_open": _table_open,
    "table_close": _table_close,
    "th_open": _th_open,
    "image": _image,
    "html_block": _html,
    "html_inline": _html,
}
