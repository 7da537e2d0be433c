"""The console: pages for people who look after messages, or look for one. Drawn by the server; works without a script.

`frame.py` is what every page is made in, `pages/` has a file a page, `words/` their words, `templates/` their HTML,
`static/` our own files; `app.py` puts them together, `doors.py` lets in, `tables.py` makes one table three ways,
`ways.py` says how an action is done at a terminal. Everything is asked of `operate.office`.

A page's recipe: its line in `pages/__init__.py`; `SECTION` with its routes; GET shows and never changes anything;
POST (`frame.action`; its `role` is asked for at the door, operator unless told) asks the office under `visit.actor`,
which checks the role and writes the audit log, and leads back with `visit.back(path, done="approved")` to the word
`done_approved`. All state is in the address. What somebody may not do is not offered. Beside each action stand
`visit.ways(...)`. Style comes from `static/console.css`: notice, badge, card, grid, figures, facts, tabs, wide,
fields, line, code, timeline, row.
"""

from typing import NamedTuple


class Snippet(NamedTuple):
    """A ready-made call that an empty inbox shows: how to send the first message through one vendor's API."""

    name: str
    """the vendor, or whatever the call is for"""
    lines: tuple[str, ...]
    """lines to copy"""
    vendor: str = ""
    """its dialect"""
    language: str = "curl"
    """what it is written in, as its tab says"""
    stand_ins: tuple[tuple[str, str], ...] = ()
    """(key, secret, signature, template or app; what stands for it in the lines): replaced by what is declared now"""
