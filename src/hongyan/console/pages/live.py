"""Says over one open answer (server-sent events) that what a page shows is another now; the page then fetches it.

`/live?page=inbox&q=…` with the fields of the page that looks on, and `digest` of what it has. Only our own pages may
listen. `static/live.js` is the other end, and says how a page opts in.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hongyan.console.board import Seen
from hongyan.console.drawing import FENCE
from hongyan.console.frame import Console, Section, Visit, page
from hongyan.console.pages import inbox, message, phone, refusals
from hongyan.console.pages.listing import NOT_OF_A_LIST, address_of
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal

_RETRY_MS = 2_000


def _routes(console: Console) -> Sequence[Route]:
    return [page(console, "/live", listen)]


SECTION = Section("live", "/live", "", _routes)


async def message_seen(visit: Visit) -> Seen:
    """Return how far a message has come: the page fetches the rest."""
    return Seen(await message.digest_at(visit.office.store, from_decimal(visit.asked("id")) or 0))


class Watched(NamedTuple):
    """A page that may be listened to."""

    path: str
    look: Callable[[Visit], Awaitable[Seen]]


WATCHED: Mapping[str, Watched] = {
    "inbox": Watched("/", inbox.seen),
    "refusals": Watched("/refusals", refusals.seen),
    "message": Watched("/messages", message_seen),
    "phone": Watched("/phone", phone.seen),
}
"""by the name that a page listens under"""


async def listen(visit: Visit) -> Response:
    """Open the answer."""
    if not _is_ours(visit.request.headers):
        return PlainTextResponse("This request comes from a page that is not ours.\n", 403, FENCE)
    watched = WATCHED.get(visit.asked("page"))
    if watched is None:
        return PlainTextResponse("No page of this name changes by itself.\n", 404, FENCE)
    if not visit.console.board.has_room():
        return PlainTextResponse("Too many pages look on.\n", 503, FENCE | {"retry-after": "10"})
    headers = FENCE | {"x-accel-buffering": "no"}
    return StreamingResponse(_events(visit, watched), headers=headers, media_type="text/event-stream")


async def _events(visit: Visit, watched: Watched) -> AsyncIterator[bytes]:
    board, known = visit.console.board, visit.asked("digest")
    there = visit.standing_at(watched.path, NOT_OF_A_LIST)
    address = address_of(there)
    yield b"retry: %d\n\n" % _RETRY_MS
    async with board.watching():
        count = board.count
        while not board.live.over.is_set():
            with contextlib.suppress(Refused):  # the store is away: the next look may find it
                seen = await board.seen(address, lambda: watched.look(there))
                if seen.digest != known:
                    known = seen.digest
                    yield b"event: changed\ndata: " + msgspec.json.encode({"digest": known}) + b"\n\n"
            before, count = count, await board.moved(count, address)
            if before == count:
                yield b": still here\n\n"


def _is_ours(headers: Headers) -> bool:
    """Return whether a browser says that one of our own pages asks; what is no browser says nothing."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    return origin is None or (origin != "null" and urlsplit(origin).netloc.lower() == headers.get("host", "").lower())
