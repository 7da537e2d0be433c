"""Values to rows and back: one precomputed function each way per kind of row, no dictionaries in between.

A row holds the columns in the order of the value's fields. Enums are stored as their text.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_type_hints

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import Table

from hongyan.model.message import Message, State
from hongyan.store import tables
from hongyan.store.inbound import StopMark
from hongyan.store.ops import (
    Event,
    Fragment,
    LinkRow,
    Part,
    PushRow,
    RefusalRow,
    ReplyRow,
    SubmissionRow,
    Unclaimed,
)

T = TypeVar("T", bound=Struct)


def _from_row(cls: type[T]) -> Callable[[Sequence[Any]], T]:
    hints = get_type_hints(cls)
    names: dict[str, Any] = {"cls": cls}
    arguments = []
    for index, field in enumerate(cls.__struct_fields__):
        value = f"row[{index}]"
        if isinstance(hints[field], type) and issubclass(hints[field], StrEnum):
            names[f"to_{field}"] = {str(member): member for member in hints[field]}
            value = f"to_{field}[{value}]"
        elif hints[field] == State | None:
            names["to_state"] = {None: None} | {str(member): member for member in State}
            value = f"to_state[{value}]"
        elif hints[field] is bool:
            value = f"bool({value})"
        elif hints[field] == bool | None:
            value = f"None if {value} is None else bool({value})"
        arguments.append(f"{field}={value}")
    source = f"lambda row: cls({', '.join(arguments)})"
    made: Callable[[Sequence[Any]], T] = eval(source, names)  # noqa: S307 - source is made of our own field names
    return made


class Shape(Generic[T]):
    """How one kind of value is kept: its table, its columns in order, and the two conversions."""

    def __init__(self, cls: type[T], table: Table) -> None:
        self.cls = cls
        self.table = table
        self.fields = cls.__struct_fields__
        self.columns = ", ".join(f'"{field}"' for field in self.fields)
        self.qualified = ", ".join(f'{table.name}."{field}"' for field in self.fields)
        self.row: Callable[[T], tuple[Any, ...]] = astuple
        self.value = _from_row(cls)
        if missing := [field for field in self.fields if field not in table.c]:
            raise TypeError(f"table {table.name} has no columns {missing}")

    def values(self, rows: Sequence[Sequence[Any]]) -> list[T]:
        """Return the values of many rows."""
        value = self.value
        return [value(row) for row in rows]


MESSAGE = Shape(Message, tables.messages)
SUBMISSION = Shape(SubmissionRow, tables.submissions)
REFUSAL = Shape(RefusalRow, tables.refusals)
EVENT = Shape(Event, tables.events)
LINK = Shape(LinkRow, tables.links)
PUSH = Shape(PushRow, tables.pushes)
UNCLAIMED = Shape(Unclaimed, tables.unclaimed)
PART = Shape(Part, tables.parts)
REPLY = Shape(ReplyRow, tables.replies)
FRAGMENT = Shape(Fragment, tables.fragments)
STOP = Shape(StopMark, tables.stops)
