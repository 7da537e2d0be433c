"""What applying a world file would change: added, changed field by field, no longer mentioned. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from hongyan.model.world import BY_HAND, Declared, identity

MASK = "••••"


class Difference(NamedTuple):
    """One field of a thing that changes, as shown: secrets are masked."""

    field: str
    before: str
    after: str


class Change(NamedTuple):
    """A declared thing that is new or different."""

    thing: Declared
    differences: tuple[Difference, ...]


class Plan(NamedTuple):
    """The difference between what is declared and what a file wants."""

    added: tuple[Declared, ...]
    changed: tuple[Change, ...]
    absent: tuple[Declared, ...]
    """declared, but not in the file: removed only when asked"""
    unchanged: int

    def puts(self) -> list[Declared]:
        """Return what to insert or replace."""
        return [*self.added, *(change.thing for change in self.changed)]

    def drops(self) -> list[tuple[str, str, str]]:
        """Return the identities of what the file does not mention."""
        return [identity(thing) for thing in self.absent]


def plan(declared: Iterable[Declared], wanted: Sequence[Declared]) -> Plan:
    """Return what must change so that everything wanted is declared."""
    before = {identity(thing): thing for thing in declared if type(thing) not in BY_HAND}
    after = {identity(thing): thing for thing in wanted}
    return Plan(
        added=tuple(thing for key, thing in after.items() if key not in before),
        changed=tuple(
            Change(thing, differences(before[key], thing))
            for key, thing in after.items()
            if key in before and before[key] != thing
        ),
        absent=tuple(thing for key, thing in before.items() if key not in after),
        unchanged=sum(before.get(key) == thing for key, thing in after.items()),
    )


def differences(before: Declared, after: Declared) -> tuple[Difference, ...]:
    """Return the fields that differ."""
    return tuple(
        Difference(field, *_shown(field, (getattr(before, field), getattr(after, field)), after.secret_fields))
        for field in after.__struct_fields__
        if getattr(before, field) != getattr(after, field)
    )


def described(thing: Declared) -> str:
    """Return what a thing is called in a sentence: `keys demo-alibaba/alibaba:LTAI…`."""
    kind, project, name = identity(thing)
    return f"{kind} {project}/{name}" if project else f"{kind} {name or '(everywhere)'}"


def fields_of(thing: Declared) -> dict[str, str]:
    """Return the fields that are not at their defaults, as shown."""
    stated: dict[str, Any] = msgspec.to_builtins(thing)
    return {field: _shown(field, (value,), thing.secret_fields)[0] for field, value in stated.items()}


def _shown(field: str, values: tuple[Any, ...], secret_fields: tuple[str, ...]) -> list[str]:
    if field in secret_fields:
        return [MASK if value else "(none)" for value in values]
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    text = msgspec.json.encode(value).decode() if not isinstance(value, str) else value
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004 - a line a reader still takes in
