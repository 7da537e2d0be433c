"""A message's page: its whole story, the product's heart; or why a request was refused."""

from collections.abc import Sequence

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.drawing import FENCE
from hongyan.console.frame import Console, Section, Visit, page
from hongyan.console.words.message import WORDS

_REFRESH_S = 5
_LONGEST_ID = 200


def _routes(console: Console) -> Sequence[Route]:
    return [page(console, "/messages/{id}.json", story_json), page(console, "/messages/{id}", story)]


SECTION = Section("message", "/messages", "", _routes)


async def story(visit: Visit) -> Response:
    """Show what became of one message, or why a request was refused."""
    found = await visit.office.look.show(visit.request.path_params["id"][:_LONGEST_ID])
    message = found.get("message")
    still_moving = message is not None and not message["final"]
    return visit.draw(
        "message.html",
        WORDS,
        refresh_s=_REFRESH_S if still_moving else 0,
        story=found,
        message=message,
        our_links=our_links(visit.office.public_base, message["text"]) if message else [],
        at="inbox" if message else "refusals",
    )


async def story_json(visit: Visit) -> Response:
    """Return a story as data."""
    found = await visit.office.look.show(visit.request.path_params["id"][:_LONGEST_ID])
    return Response(msgspec.json.encode(found), media_type="application/json", headers=FENCE)


def our_links(public_base: str, text: str) -> list[tuple[str, str]]:
    """Return (word, address) of the short links of ours that a text holds."""
    base = public_base.rstrip("/")
    if not base:
        return []
    words = {f"{base}/c/": "card_page", f"{base}/l/": "link"}
    return [
        (word, piece)
        for piece in text.split()
        for start, word in words.items()
        if piece.startswith(start) and piece.removeprefix(start).isalnum()
    ]
