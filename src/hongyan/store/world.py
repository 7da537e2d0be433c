"""Declared things as rows: a JSON body each, secrets taken out and sealed. Same on both engines, no I/O."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from hongyan.model.errors import Misconfigured
from hongyan.model.money import micros
from hongyan.model.world import KINDS, Declared, Project, World, identity
from hongyan.store.vault import Vault

VERSION_ROW = 1
"""the one row of table world_version"""

COUNTS_KEPT_MS = 26 * 3_600_000
"""the longest window of a per-number limit is a day; counts older than this are spent"""


class ItemRow(NamedTuple):
    """Row of `world_items` without its place in the order."""

    kind: str
    project: str
    name: str
    body: str
    secrets: str | None


def _owner(key: tuple[str, str, str], field: str) -> str:
    return "/".join((*key, field))


def to_row(thing: Declared, vault: Vault) -> ItemRow:
    """Return the row that keeps a declared thing."""
    key = identity(thing)
    open_secrets = {field: getattr(thing, field) for field in thing.secret_fields}
    sealed = {field: vault.seal(text, _owner(key, field)) for field, text in open_secrets.items() if text}
    bare = msgspec.structs.replace(thing, **dict.fromkeys(sealed, "")) if sealed else thing
    body = msgspec.json.encode(bare).decode()
    return ItemRow(*key, body, msgspec.json.encode(sealed).decode() if sealed else None)


def from_row(row: ItemRow, vault: Vault) -> Declared:
    """Return the declared thing that a row keeps, secrets opened. Raises Misconfigured."""
    cls = KINDS.get(row.kind)
    where = "/".join(row[:3])
    if cls is None:
        raise Misconfigured(where, "the store holds a kind of thing this version does not know", "a newer hongyan")
    try:
        thing = msgspec.json.decode(row.body, type=cls)
    except msgspec.ValidationError as error:
        raise Misconfigured(where, f"the stored declaration cannot be read: {error}", "declare it again") from None
    if not row.secrets:
        return thing
    sealed: dict[str, str] = msgspec.json.decode(row.secrets, type=dict[str, str])
    opened = {field: vault.open(text, _owner(row[:3], field)) for field, text in sealed.items()}
    return msgspec.structs.replace(thing, **opened)


def to_world(version: int, rows: Iterable[Sequence[str]], vault: Vault) -> World:
    """Return the world that rows (kind, project, name, body, secrets), in order, make up."""
    return World(version=version, things=tuple(from_row(ItemRow(*row), vault) for row in rows))


def paid_in_micros(project: Project) -> int:
    """Return what a project has paid in so far. Raises Misconfigured."""
    try:
        return micros(project.paid_in)
    except ValueError as error:
        raise Misconfigured(f"projects/{project.name}/paid_in", str(error), 'a decimal text such as "100.5"') from None
