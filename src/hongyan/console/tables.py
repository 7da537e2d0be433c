"""A table as a value: the same rows as a page, as JSON and as CSV."""

import csv
import io
from typing import Any, NamedTuple

import msgspec

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""a spreadsheet takes a cell that begins so for a formula, some also with the full-width signs"""


class Column(NamedTuple):
    """A column. Its heading is the word `col_<name>` of the page, or of all pages."""

    name: str
    """key in each row"""
    kind: str = "text"
    """text, time, number, money, state, code, flag: how the page draws it"""
    link: str = ""
    """key in each row of where the cell leads; "": nowhere"""


class Table(NamedTuple):
    """Rows of plain values (text, numbers, None), and where the next page begins."""

    name: str
    """of the file that it is saved to"""
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    """may hold more than the columns show: JSON has all of it"""
    after: str | None = None
    """what the address's `before` is on the next page; None: there is none"""


def as_json(table: Table) -> bytes:
    """Return the rows as JSON."""
    return msgspec.json.encode({table.name: table.rows, "next_before": table.after})


def as_csv(table: Table) -> bytes:
    """Return the rows as CSV with a heading, in UTF-8 that spreadsheets recognise, no cell a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(row.get(column.name)) for column in table.columns])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
