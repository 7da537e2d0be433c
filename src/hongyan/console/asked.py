"""What a page's address asks for: filters, a page, a language. Whatever it holds, an answer comes of it."""

from typing import NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from hongyan.links.language import LANGUAGES, language
from hongyan.model.ids import from_decimal
from hongyan.model.message import State
from hongyan.store import MessageQuery
from hongyan.text import numbers
from hongyan.text.characters import is_storable

PAGE_ROWS = 50
_LONGEST = 100
_STATES = {str(state) for state in State}
_KEPT = ("to", "text", "state", "dialect", "project")


class Asked(NamedTuple):
    """A page's address, read."""

    lang: str
    filters: dict[str, str]
    """as written, only those that are given"""
    before_id: int | None
    is_live: bool
    """whether the page refreshes itself"""
    kept: dict[str, str]
    """what every link to another page carries on"""

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

    def address(self, path: str, **changes: str | None) -> str:
        """Return a link to a page: filters and language stay, `changes` replace them, None drops one."""
        fields = {name: value for name, value in (self.kept | self.filters | changes).items() if value is not None}
        return f"{path}?{urlencode(fields)}" if fields else path

    def page(self, path: str, **fields: str) -> str:
        """Return a link to a page without these filters."""
        said = self.kept | fields
        return f"{path}?{urlencode(said)}" if said else path


def read(params: QueryParams, accept_language: str) -> Asked:
    """Return what an address asks for; a filter that cannot mean anything is left out."""
    chosen = params.get("lang", "")
    filters = {
        name: value for name in _KEPT if (value := params.get(name, "").strip()[:_LONGEST]) and is_storable(value)
    }
    if filters.get("state", "") not in _STATES:
        filters.pop("state", None)
    before_id = from_decimal(params.get("before", ""))
    live = params.get("live", "")
    kept = {"lang": chosen} if chosen in LANGUAGES else {}
    return Asked(
        lang=chosen if chosen in LANGUAGES else language(accept_language, "en"),
        filters=filters,
        before_id=before_id,
        is_live=live == "1" or (live != "0" and not filters and before_id is None),
        kept=kept | ({"live": live} if live in {"0", "1"} else {}),
    )


def _digits(number: str) -> str:
    found = numbers.parse(number)
    return found.digits if found else "".join(one for one in number if one.isascii() and one.isdigit()) or number
