"""What routing looked like at earlier times: carriers, routes and what was set by hand, one row a change. Pure.

Whoever is asked why a message went where it went works the reasons out again from the row that held then. So the
usual message stores nothing about its route; only a change of the world costs a row, without secrets and settings.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from hongyan.model.world import KINDS, CarrierConfig, Control, Declared, RouteConfig, World

ROUTING_KINDS = (CarrierConfig.kind, RouteConfig.kind, Control.kind)
_SLIM = msgspec.json.Decoder(list[tuple[str, msgspec.Raw]])


class HistoryRow(NamedTuple):
    """Row of `route_history`: what held from a time on."""

    version: int
    at: int
    body: str


def concerns_routing(put: Iterable[Declared], drop: Iterable[tuple[str, str, str]]) -> bool:
    """Return whether a declaration may change who carries what."""
    return any(thing.kind in ROUTING_KINDS for thing in put) or any(kind in ROUTING_KINDS for kind, _, _ in drop)


def to_body(rows: Iterable[Sequence[str]]) -> str:
    """Return the body of a row from (kind, body) of everything declared of the routing kinds, in order."""
    kept: list[tuple[str, Declared]] = []
    for kind, body in rows:
        thing = msgspec.json.decode(body, type=KINDS[kind])
        if isinstance(thing, CarrierConfig):
            thing = msgspec.structs.replace(thing, password="", settings={})
        elif isinstance(thing, Control):
            thing = msgspec.structs.replace(thing, rebind_at=0, transcript_until=0)
        kept.append((kind, thing))
    return msgspec.json.encode(kept).decode()


def to_earlier(row: HistoryRow) -> World:
    """Return the world, as far as routing goes, that a row keeps."""
    things = (msgspec.json.decode(raw, type=KINDS[kind]) for kind, raw in _SLIM.decode(row.body))
    return World(version=row.version, things=tuple(things))
