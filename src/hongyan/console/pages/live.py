"""Says over one open answer (server-sent events) that what a page shows is another now; the page then fetches it.

`/live?page=inbox&q=…` with the fields of the page that looks on, and `digest` of what it has. Only our own pages may
listen. `static/live.js` is the other end, and says how a page opts in.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hongyan.console.board import Seen, address_of, digest_of
from hongyan.console.drawing import FENCE
from hongyan.console.frame import Console, Section, Visit, page
from hongyan.console.pages import inbox, refusals
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal
from hongyan.store import ReplyQuery

_RETRY_MS = 2_000


def _routes(console: Console) -> Sequence[Route]:
    return [page(console, "/live", listen)]


SECTION = Section("live", "/live", "", _routes)


async def message_seen(visit: Visit) -> Seen:
    """Return how far a message has come, as cheaply as can be: the page fetches the rest."""
    id_ = from_decimal(visit.asked("id")) or 0
    store = visit.office.store
    message, events, parts = await store.message(id_), await store.events(id_), await store.parts(id_)
    return Seen(digest_of((message, events, parts, await store.replies(ReplyQuery(message_id=id_)))))


WATCHED: Mapping[str, Callable[[Visit], Awaitable[Seen]]] = {
    "inbox": inbox.seen,
    "refusals": refusals.seen,
    "message": message_seen,
}
"""page -> how to look at it"""


async def listen(visit: Visit) -> Response:
    """Open the answer."""
    if not _is_ours(visit.request.headers):
        return PlainTextResponse("This request comes from a page that is not ours.\n", 403, FENCE)
    look = WATCHED.get(visit.asked("page"))
    if look is None:
        return PlainTextResponse("No page of this name changes by itself.\n", 404, FENCE)
    if not visit.console.board.has_room():
        return PlainTextResponse("Too many pages look on.\n", 503, FENCE | {"retry-after": "10"})
    headers = FENCE | {"x-accel-buffering": "no"}
    return StreamingResponse(_events(visit, look), headers=headers, media_type="text/event-stream")


async def _events(visit: Visit, look: Callable[[Visit], Awaitable[Seen]]) -> AsyncIterator[bytes]:
    board, address = visit.console.board, address_of(visit, visit.asked("page"))
    known = visit.asked("digest")
    yield b"retry: %d\n\n" % _RETRY_MS
    async with board.watching():
        count = board.count
        while not board.live.over.is_set():
            with contextlib.suppress(Refused):  # the store is away: the next look may find it
                seen = await board.seen(address, lambda: look(visit))
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
