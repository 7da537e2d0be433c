"""The public pages: `/c/<code>` draws a card for any phone, `/l/<code>` leads to a link's target.

Beside the road: what they learn (shown, clicked) they write to the store and tell nobody. Counting never stands
in a reader's way.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.links import addresses
from hongyan.links.cards import ShownCard, card_of, clean, render
from hongyan.links.codes import is_code
from hongyan.links.drawing import draw_card, draw_sorry, fence
from hongyan.links.language import language
from hongyan.links.visits import is_person
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.world import World
from hongyan.store import Store
from hongyan.store.ops import Click, Event, LinkRow, Op, Rendered

_MOST_CLICK_EVENTS = 20
"""clicks of one link that are told in the message's timeline; later ones are only counted"""


class Sent(NamedTuple):
    """What a card link carries: the values, and where the reader goes whose phone draws no cards."""

    values: Mapping[str, str]
    custom_url: str | None


def public_pages(store: Store, clock: Clock, world: Callable[[], World]) -> Starlette:
    """Return the app that serves `/c/<code>` and `/l/<code>`."""
    visitors = Visitors(store, clock, world)
    return Starlette(
        routes=[Route("/c/{code}", visitors.card), Route("/l/{code}", visitors.link)],
        exception_handlers={HTTPException: _not_found, Refused: _away, Exception: _away},
    )


class Visitors:
    """Answers those who open links."""

    def __init__(self, store: Store, clock: Clock, world: Callable[[], World]) -> None:
        self._store, self._clock, self._world = store, clock, world

    async def card(self, request: Request) -> Response:
        """Draw the card, or say honestly that it cannot be drawn. spec: cards#render.page."""
        row = await self._find(request, "card")
        lang = _language(request)
        sent = read_sent(row.values)
        shown = self._drawn(row, sent)
        counts = is_person(request.method, request.headers)
        before = await self._seen_at(row, counts=counts)
        if counts:
            await self._opened(row, "the card page was opened")
        if shown is not None:
            if counts and before is None and row.message_id is not None:
                # spec: cards#render.once
                await self._write(Rendered(message_id=row.message_id, at=self._clock.now_ms()))
            return draw_card(shown, lang)
        if counts and before is None and row.message_id is not None:
            # spec: cards#render.failed
            await self._write(Rendered(message_id=row.message_id, at=self._clock.now_ms(), failed=True))
        word = "gone" if before is None else "unshown"
        return draw_sorry(410, word, lang, addresses.web(sent.custom_url or "", ("https", "http")))

    async def link(self, request: Request) -> Response:
        """Lead to the link's target, and count the click. spec: cards#links.redirect."""
        row = await self._find(request, "url")
        target = addresses.web(row.target, ("https", "http"))
        if target is None:
            raise HTTPException(404)
        if is_person(request.method, request.headers):
            await self._opened(row, "the link was opened")
        return RedirectResponse(target, status_code=302, headers=fence())

    async def _find(self, request: Request, kind: str) -> LinkRow:
        code = request.path_params["code"]
        row = await self._store.link(code) if is_code(code) else None
        # spec: cards#links.unknown
        if row is None or row.kind != kind:
            raise HTTPException(404)
        return row

    def _drawn(self, row: LinkRow, sent: Sent) -> ShownCard | None:
        template = self._world().templates.get(row.project, {}).get(row.target)
        if template is None or template.card is None:
            return None
        try:
            return render(card_of(template.card), sent.values, sent.custom_url)
        except (Refused, ValueError):
            return None

    async def _seen_at(self, row: LinkRow, *, counts: bool) -> int | None:
        message = await self._store.message(row.message_id) if counts and row.message_id is not None else None
        return message.rendered_at if message else None

    async def _opened(self, row: LinkRow, text: str) -> None:
        now_ms = self._clock.now_ms()
        event = None
        if row.message_id is not None and row.clicks < _MOST_CLICK_EVENTS:
            event = Event(message_id=row.message_id, at=now_ms, kind="click", text=text)
        await self._write(Click(code=row.code, at=now_ms, event=event))

    async def _write(self, op: Op) -> None:
        try:
            await self._store.write(op)
        except Refused:  # the reader gets the page all the same; the store tells of its own trouble
            return


def read_sent(text: str) -> Sent:
    """Return what the desk kept with a card link: `{"values": {...}, "customUrl": ...}`."""
    try:
        kept: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Sent({}, None)
    if not isinstance(kept, dict):
        return Sent({}, None)
    values, url = kept.get("values"), kept.get("customUrl")
    pairs = values.items() if isinstance(values, dict) else ()
    return Sent({name: clean(str(value)) for name, value in pairs}, url if isinstance(url, str) else None)


def _language(request: Request) -> str:
    return language(request.headers.get("accept-language", ""))


async def _not_found(request: Request, refused: Exception) -> Response:
    status = refused.status_code if isinstance(refused, HTTPException) else 404
    headers = refused.headers if isinstance(refused, HTTPException) else None
    page = draw_sorry(status, "not_found", _language(request))
    page.headers.update(headers or {})
    return page


async def _away(request: Request, trouble: Exception) -> Response:
    return draw_sorry(503 if isinstance(trouble, Refused) else 500, "away", _language(request))
