"""A handset: a number's whole conversation as its owner sees it, and, in rehearsals, a way to reply."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console.board import Seen, digest_of
from hongyan.console.drawing import FENCE
from hongyan.console.faces import face_of, pieces
from hongyan.console.frame import Console, Section, Visit, action, page
from hongyan.console.words.phone import WORDS
from hongyan.model.actor import Role
from hongyan.model.clock import BEIJING
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal
from hongyan.model.reason import Reason
from hongyan.report.conversation import Conversation, conversation, recent_numbers
from hongyan.text import numbers

MOST_RECENT = 20
PAGE_ENTRIES = 60
_LONGEST_NUMBER = 32
_SHOWN_STOP_WORDS = ("TD", "退订", "STOP")
TICKS = {
    "accepted": "◷", "sending": "◷", "submitted": "✓", "delivered": "✓✓", "undelivered": "!", "rejected": "!",
    "expired": "!", "unknown": "?",
}  # fmt: skip
"""state -> what stands before its word"""


def _routes(console: Console) -> Sequence[Route]:
    return [
        page(console, "/phone", phones),
        page(console, "/phone/{number}.json", phone_json),
        page(console, "/phone/{number}", phone),
        action(console, "/phone/{number}/reply", reply),
    ]


SECTION = Section("phone", "/phone", "messages", _routes)


async def phones(visit: Visit) -> Response:
    """Show the numbers that were written to last, or lead to the one that is asked for."""
    if asked := visit.asked("number"):
        found = numbers.parse(asked)
        if found is None:
            return visit.draw("phones.html", WORDS, asked=asked, is_bad=True, recent=[], at="phone")
        return RedirectResponse(visit.page(f"/phone/{found.digits}"), status_code=303, headers=FENCE)
    recent = await recent_numbers(visit.office.store, MOST_RECENT)
    return visit.draw("phones.html", WORDS, asked="", is_bad=False, recent=recent, at="phone")


async def phone(visit: Visit) -> Response:
    """Show a number's conversation."""
    number = _number(visit)
    found = await _conversation(visit, number)
    world = visit.office.world()
    day = ""
    entries: list[dict[str, Any]] = []
    for one in found.entries:
        on = datetime.fromisoformat(one["at"]).astimezone(BEIJING)
        shown: dict[str, Any] = {"time": f"{on:%H:%M}", "day": "" if f"{on:%Y-%m-%d}" == day else f"{on:%Y-%m-%d}"}
        day = f"{on:%Y-%m-%d}"
        if one["kind"] == "message":
            shown["face"] = face_of(world, one["message"], one["links"])
            shown["tick"] = TICKS.get(one["message"]["state"], "")
        else:
            shown["pieces"] = pieces(one["reply"]["text"])
        entries.append(one | shown)
    rehearses = visit.office.rehearsal.on
    last = next((one["message"] for one in reversed(entries) if one["kind"] == "message"), None)
    body = {"from": f"+{number}", "text": "TD"}
    return visit.draw(
        "phone.html",
        WORDS,
        number=number,
        entries=entries,
        older=None if found.before_id is None else str(found.before_id),
        may_reply=rehearses and visit.may(Role.OPERATOR),
        rehearses=rehearses,
        ports=[one.name for one in world.ports],
        stop_words=_SHOWN_STOP_WORDS,
        last=last,
        is_newest=not visit.asked("before"),
        digest=_digest(found),
        ways=visit.ways(f"hongyan trigger reply --from +{number} --text TD", "POST", "/v1/replies", body),
        at="phone",
    )


async def phone_json(visit: Visit) -> Response:
    """Return a conversation as data."""
    found = await _conversation(visit, _number(visit))
    rows = [one | {"id": str(one["id"])} for one in found.entries]
    body = {"entries": rows, "next_before": None if found.before_id is None else str(found.before_id)}
    return Response(msgspec.json.encode(body), media_type="application/json", headers=FENCE)


async def reply(visit: Visit) -> Response:
    """Have the handset send a text (rehearsals only)."""
    number = _number(visit)
    await visit.office.trigger.reply(
        visit.actor, sender=f"+{number}", to=visit.sent.get("to", "").strip(), text=visit.sent.get("text", "")
    )
    return visit.back(f"/phone/{number}", done="replied")


async def seen(visit: Visit) -> Seen:
    """Return how a conversation stands, as cheaply as can be: the page fetches the rest."""
    found = numbers.parse(visit.asked("number"))
    if found is None:
        return Seen("")
    latest = await conversation(
        visit.office.store,
        found.digits,
        visit.office.public_base,
        project=visit.actor.project,
        before_id=None,
        limit=PAGE_ENTRIES,
    )
    return Seen(_digest(latest))


def _digest(found: Conversation) -> str:
    told = [
        (one["id"], one["message"]["state"], one["links"]) if one["kind"] == "message" else (one["id"],)
        for one in found.entries
    ]
    return digest_of(told)


def _number(visit: Visit) -> str:
    """Return the number in the path as digits. Raises Refused(UNKNOWN_MESSAGE)."""
    given: str = visit.request.path_params["number"]
    found = numbers.parse(given[:_LONGEST_NUMBER])
    digits = found.digits if found else given.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
        raise Refused(Reason.BAD_NUMBER)
    return digits


async def _conversation(visit: Visit, number: str) -> Conversation:
    return await conversation(
        visit.office.store,
        number,
        visit.office.public_base,
        project=visit.actor.project,
        before_id=from_decimal(visit.asked("before")),
        limit=PAGE_ENTRIES,
    )
