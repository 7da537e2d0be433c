"""The inbox: messages, newest first, with filters in the address; what to paste when there is none."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console.drawing import FENCE
from hongyan.console.frame import Console, Section, Visit, page
from hongyan.console.pages.asked import PAGE_ROWS, Asked, read
from hongyan.console.words import STATES
from hongyan.console.words.inbox import WORDS

REFRESH_S = 5
DIALECTS = ("alibaba", "comms", "nxcloud", "yundashi", "native", "smpp")


def _routes(console: Console) -> Sequence[Route]:
    return [
        page(console, "/", inbox),
        page(console, "/messages.json", inbox_json),
        page(console, "/find", find),
    ]


SECTION = Section("inbox", "/", "messages", _routes)


async def inbox(visit: Visit) -> Response:
    """Show messages, newest first."""
    asked = read(visit)
    rows, older = await _rows(visit, asked)
    is_empty = not rows and not asked.filters and asked.before_id is None
    return visit.draw(
        "inbox.html",
        WORDS,
        asked=asked,
        refresh_s=REFRESH_S if asked.is_live else 0,
        rows=rows,
        older=older,
        is_empty=is_empty,
        snippets=visit.console.snippets if is_empty else (),
        all_states=STATES[visit.lang],
        all_dialects=DIALECTS,
        at="inbox",
    )


async def inbox_json(visit: Visit) -> Response:
    """Return the inbox as data."""
    rows, older = await _rows(visit, read(visit))
    return Response(
        msgspec.json.encode({"messages": rows, "older": older}), media_type="application/json", headers=FENCE
    )


async def find(visit: Visit) -> Response:
    """Lead from an id typed in to its page."""
    typed = visit.asked("id")
    if not typed:
        return RedirectResponse(visit.page("/"), status_code=303, headers=FENCE)
    story = await visit.office.look.show(typed)
    return RedirectResponse(visit.page(f"/messages/{story['id']}"), status_code=303, headers=FENCE)


async def _rows(visit: Visit, asked: Asked) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of messages and, when there are older ones, the id to go on before."""
    rows = await visit.office.look.messages(asked.query())
    shown = rows[:PAGE_ROWS]
    return shown, shown[-1]["id"] if len(rows) > PAGE_ROWS else None
