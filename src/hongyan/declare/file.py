"""Reads a world file (TOML) into declared things, and says where a mistake is.

Tables are named by `KINDS`; every key is a field of its kind. What needs other things to be judged is
`world_checks`; what would change is `world_plan`. Must not open the store.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hongyan.model.errors import Misconfigured
from hongyan.model.limits import Limit
from hongyan.model.world import BY_HAND, KINDS, Choice, Declared, Hours
from hongyan.text.nearest import nearest

TABLES = {kind: cls for kind, cls in KINDS.items() if cls not in BY_HAND}

_UNKNOWN = re.compile(r"unknown field `([^`]+)`(?: - at `\$\.?([^`]*)`)?")
_AT = re.compile(r"^(.*?)(?: - at `\$\.?([^`]*)`)?$", re.DOTALL)
_PARTS: Mapping[str, type[msgspec.Struct]] = {"limits": Limit, "choices": Choice, "hours": Hours}


class Placed(NamedTuple):
    """A declared thing and where it stands, for sentences about it."""

    where: str
    thing: Declared


def read_world(path: Path) -> list[Placed]:
    """Return everything that a world file declares, secrets fetched. Raises Misconfigured."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(str(path), f"cannot be read ({error}).", "check the path.") from None
    return parse_world(text, str(path), path.parent)


def parse_world(text: str, name: str, folder: Path) -> list[Placed]:
    """Return what this text declares. `folder` is where `file:` references begin. Raises Misconfigured."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misconfigured(name, f"is not TOML: {error}.") from None
    return list(_placed(tables, text, name, folder))


def _placed(tables: Mapping[str, Any], text: str, name: str, folder: Path) -> Iterator[Placed]:
    for kind, rows in tables.items():
        if kind not in TABLES:
            raise Misconfigured(f"{name}{_line_of(text, kind)}", f"unknown table {kind!r};", nearest(kind, TABLES))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Misconfigured(f"{name}{_line_of(text, kind)}", f"{kind} is a list.", f"write [[{kind}]].")
        lines = _lines_of(text, kind)
        for place, row in enumerate(rows):
            line = lines[place] if place < len(lines) else None
            where = f"{name}:{line}" if line else f"{name}: {kind} number {place + 1}"
            yield Placed(where, _one(TABLES[kind], row, where, folder))


def _one(cls: type[Declared], row: dict[str, Any], where: str, folder: Path) -> Declared:
    known = cls.__struct_fields__
    for key in row:
        if key not in known:
            raise Misconfigured(where, f"unknown key {key!r} in [[{cls.kind}]];", nearest(key, known))
    for field in cls.secret_fields:
        if isinstance(row.get(field), str):
            row = {**row, field: _secret(row[field], f"{where}: {field}", folder)}
    try:
        return msgspec.convert(row, cls)
    except msgspec.ValidationError as error:
        raise _explained(str(error), where, cls) from None


def _explained(error: str, where: str, cls: type[Declared]) -> Misconfigured:
    unknown = _UNKNOWN.search(error)
    if unknown:
        part = _PARTS.get((unknown[2] or "").partition("[")[0])
        known = part.__struct_fields__ if part else cls.__struct_fields__
        return Misconfigured(
            where, f"unknown key {unknown[1]!r} in {unknown[2] or cls.kind};", nearest(unknown[1], known)
        )
    split = _AT.match(error)
    what, at = (split[1], split[2]) if split else (error, None)
    return Misconfigured(where, f"{at or cls.kind}: {what[:1].lower()}{what[1:]}.", f"see docs/world.md#{cls.kind}")


def _secret(text: str, where: str, folder: Path) -> str:
    """Return the secret itself, or what `env:NAME` and `file:PATH` point at."""
    how, _, rest = text.partition(":")
    if how == "env":
        if rest not in os.environ:
            raise Misconfigured(where, f"the environment has no {rest}.", f"export {rest}=…")
        return os.environ[rest]
    if how == "file":
        try:
            return (folder / rest).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(where, f"{rest} cannot be read ({error}).", "check the path and its mode.") from None
    return text


def _lines_of(text: str, kind: str) -> list[int]:
    header = re.compile(rf"^\s*\[\[\s*{re.escape(kind)}\s*\]\]")
    return [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]


def _line_of(text: str, name: str) -> str:
    header = re.compile(rf"""^\s*\[{{0,2}}\s*["']?{re.escape(name)}\b""")
    return next((f":{number}" for number, line in enumerate(text.splitlines(), 1) if header.match(line)), "")
