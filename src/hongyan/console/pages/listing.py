"""What lists that follow what happens have in common: the address of the list alone, and of what it listens to."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from hongyan.console.asking import Typed
from hongyan.console.board import Seen
from hongyan.console.drawing import FENCE
from hongyan.console.frame import Visit

NOT_OF_A_LIST = ("part", "digest", "page", "done")
"""fields of an address that do not change what is listed"""
PART = "list"


def address_of(visit: Visit) -> str:
    """Return what two visits that see the same list have in common."""
    return f"{visit.path} {visit.lang} {urlencode(sorted(visit.query.multi_items()))}"


async def list_alone(visit: Visit, path: str, look: Callable[[Visit], Awaitable[Seen]]) -> Response:
    """Answer with a list alone, drawn once for all who look at it."""
    there = visit.standing_at(path, NOT_OF_A_LIST)
    drawn = await visit.console.board.seen(address_of(there), lambda: look(there))
    return Response(drawn.html, headers=FENCE, media_type="text/html; charset=utf-8")


class Narrowing:
    """Links that narrow a list: to those that have a value, too. Most rows share most of them, so each is made once."""

    def __init__(self, visit: Visit, path: str, typed: Typed) -> None:
        self._visit, self._path, self._typed = visit, path, typed
        self._made: dict[tuple[str, str], str] = {}

    def __call__(self, key: str, value: str) -> str:
        """Return the address with one more term."""
        made = self._made.get((key, value))
        if made is None:
            made = self._made[key, value] = self._visit.page(self._path, q=self._typed.narrowed(key, value))
        return made


def addresses(visit: Visit, page: str) -> dict[str, Any]:
    """Return where a list listens, where it is fetched alone, and where its newest page is: for its template.

    Older pages listen to the newest one, to say that there is more.
    """
    there = visit.standing_at(visit.path, (*NOT_OF_A_LIST, "before"))
    fields = [("page", page), *there.query.multi_items()]
    return {"listens": f"/live?{urlencode(fields)}", "part": there.here(part=PART), "top": there.here()}
