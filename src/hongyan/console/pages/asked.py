"""What the inbox's address asks for: filters, a page. Whatever it holds, an answer comes of it."""

from typing import NamedTuple

from hongyan.console.frame import Visit
from hongyan.model.ids import from_decimal
from hongyan.model.message import State
from hongyan.store import MessageQuery
from hongyan.text import numbers

PAGE_ROWS = 50
_STATES = {str(state) for state in State}
_KEPT = ("to", "text", "state", "dialect", "project")


class Asked(NamedTuple):
    """An inbox's address, read."""

    filters: dict[str, str]
    """as written, only those that are given"""
    before_id: int | None
    is_live: bool
    """whether the page refreshes itself"""

    def query(self) -> MessageQuery:
        """Return the filter for the store, asking for one row more than a page has."""
        number = self.filters.get("to")
        state = self.filters.get("state")
        return MessageQuery(
            project=self.filters.get("project"),
            to=_digits(number) if number else None,
            text=self.filters.get("text"),
            states=(State(state),) if state else (),
            dialect=self.filters.get("dialect"),
            before_id=self.before_id,
            limit=PAGE_ROWS + 1,
        )


def read(visit: Visit) -> Asked:
    """Return what an address asks for; a filter that cannot mean anything is left out."""
    filters = {name: value for name in _KEPT if (value := visit.asked(name))}
    if filters.get("state", "") not in _STATES:
        filters.pop("state", None)
    before_id = from_decimal(visit.asked("before"))
    live = visit.asked("live")
    return Asked(
        filters=filters,
        before_id=before_id,
        is_live=live == "1" or (live != "0" and not filters and before_id is None),
    )


def _digits(number: str) -> str:
    found = numbers.parse(number)
    return found.digits if found else "".join(one for one in number if one.isascii() and one.isdigit()) or number
