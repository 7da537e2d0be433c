"""The console's pages: the inbox, a message's story, what was refused. Each has a `.json` twin with the same data.

Reads through `report.look` alone; changes nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console import Snippet
from hongyan.console.asked import PAGE_ROWS, Asked, read
from hongyan.console.doors import Doors
from hongyan.console.drawing import FENCE, draw
from hongyan.console.words import STATES
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import World
from hongyan.report.look import Look

_REFRESH_S = 5
_MOST_REFUSALS = 50
_LONGEST_ID = 200
DIALECTS = ("alibaba", "comms", "nxcloud", "yundashi", "native")

Page = Callable[[Request], Awaitable[Response]]


def console(
    look: Look,
    world: Callable[[], World],
    clock: Clock,
    *,
    hosts: Iterable[str] = (),
    snippets: Sequence[Snippet] = (),
    public_base: str = "",
    token: str | None = None,
) -> Starlette:
    """Return the app.

    `hosts`: names it answers to beside loopback ones. `snippets`: what an empty inbox shows. `public_base`: what our
    own short links begin with, so that they can be followed from a message's page. `token`: see `doors.Doors`.
    """
    pages = Pages(look, world, clock, snippets=snippets, public_base=public_base)
    return Starlette(
        routes=[
            Route("/", pages.inbox),
            Route("/messages.json", pages.inbox_json),
            Route("/find", pages.find),
            Route("/refusals", pages.refusals),
            Route("/refusals.json", pages.refusals_json),
            Route("/messages/{id}.json", pages.story_json),
            Route("/messages/{id}", pages.story),
        ],
        middleware=[Middleware(Doors, hosts=tuple(hosts), token=token)],
        exception_handlers={HTTPException: _bad_page, Refused: _unanswered},
    )


class Pages:
    """Answers for each page."""

    def __init__(
        self,
        look: Look,
        world: Callable[[], World],
        clock: Clock,
        *,
        snippets: Sequence[Snippet],
        public_base: str,
    ) -> None:
        self._look, self._world, self._clock = look, world, clock
        self._snippets = tuple(snippets)
        self._public_base = public_base.rstrip("/")

    async def inbox(self, request: Request) -> Response:
        """Show messages, newest first."""
        asked = _asked(request)
        rows, older = await self._rows(asked)
        is_empty = not rows and not asked.filters and asked.before_id is None
        return draw(
            "inbox.html",
            asked,
            refresh_s=_REFRESH_S if asked.is_live else 0,
            rows=rows,
            older=older,
            is_empty=is_empty,
            snippets=self._snippets if is_empty else (),
            all_states=STATES[asked.lang],
            all_dialects=DIALECTS,
            at="inbox",
        )

    async def inbox_json(self, request: Request) -> Response:
        """Return the inbox as data."""
        rows, older = await self._rows(_asked(request))
        return _json({"messages": rows, "older": older})

    async def story(self, request: Request) -> Response:
        """Show what became of one message, or why a request was refused."""
        asked = _asked(request)
        story = await self._look.show(request.path_params["id"][:_LONGEST_ID])
        message = story.get("message")
        still_moving = message is not None and not message["final"]
        return draw(
            "story.html",
            asked,
            refresh_s=_REFRESH_S if still_moving else 0,
            story=story,
            message=message,
            our_links=self._our_links(message["text"]) if message else [],
            at="story",
        )

    async def story_json(self, request: Request) -> Response:
        """Return a story as data."""
        return _json(await self._look.show(request.path_params["id"][:_LONGEST_ID]))

    async def find(self, request: Request) -> Response:
        """Lead from an id typed in to its page."""
        asked = _asked(request)
        typed = request.query_params.get("id", "").strip()[:_LONGEST_ID]
        if not typed:
            return RedirectResponse(asked.page("/"), status_code=303, headers=FENCE)
        story = await self._look.show(typed)
        return RedirectResponse(asked.page(f"/messages/{story['id']}"), status_code=303, headers=FENCE)

    async def refusals(self, request: Request) -> Response:
        """Show the newest refusals."""
        rows = await self._look.refusals(_MOST_REFUSALS)
        return draw("refusals.html", _asked(request), rows=rows, at="refusals")

    async def refusals_json(self, _request: Request) -> Response:
        """Return the newest refusals as data."""
        return _json({"refusals": await self._look.refusals(_MOST_REFUSALS)})

    async def _rows(self, asked: Asked) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of messages and, when there are older ones, the id to go on before."""
        rows = await self._look.messages(asked.query())
        page = rows[:PAGE_ROWS]
        return page, page[-1]["id"] if len(rows) > PAGE_ROWS else None

    def _our_links(self, text: str) -> list[tuple[str, str]]:
        """Return (word, address) of the short links of ours that a text holds."""
        if not self._public_base:
            return []
        words = {f"{self._public_base}/c/": "card_page", f"{self._public_base}/l/": "link"}
        return [
            (word, piece)
            for piece in text.split()
            for start, word in words.items()
            if piece.startswith(start) and piece.removeprefix(start).isalnum()
        ]


def _asked(request: Request) -> Asked:
    return read(request.query_params, request.headers.get("accept-language", ""))


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json", headers=FENCE)


async def _bad_page(request: Request, refused: Exception) -> Response:
    status = refused.status_code if isinstance(refused, HTTPException) else 404
    return _sorry(request, status, "bad_page", "")


async def _unanswered(request: Request, refused: Exception) -> Response:
    unknown = isinstance(refused, Refused) and refused.reason is Reason.UNKNOWN_MESSAGE
    if unknown:
        return _sorry(request, 404, "not_found", "not_found_more")
    return _sorry(request, 503, "away", "away_more", refresh_s=_REFRESH_S)


def _sorry(request: Request, status: int, title: str, more: str, *, refresh_s: int = 0) -> Response:
    if request.url.path.endswith(".json"):
        response = _json({"error": title.replace("_", "-")})
        response.status_code = status
        return response
    return draw("sorry.html", _asked(request), status=status, refresh_s=refresh_s, title=title, more=more, at="sorry")
