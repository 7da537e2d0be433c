"""A message's page: its whole story, the product's heart; or why a request was refused.

What the story tells is `report/`'s; here it is laid out, with what today's carriers would put on the wire and the calls
that were made to tell its caller.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.board import digest_of
from hongyan.console.drawing import FENCE
from hongyan.console.faces import face_of
from hongyan.console.frame import Console, Section, Visit, action, page
from hongyan.console.headline import of_story
from hongyan.console.pages.again import copy_of
from hongyan.console.words.message import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.message import Message
from hongyan.model.reason import Reason
from hongyan.report.explained import as_curl
from hongyan.store import ReplyQuery, Store
from hongyan.text.characters import is_storable
from hongyan.text.difference import compared

_REFRESH_S = 5
_LONGEST_ID = 200
_LONGEST_PASTED = 16_384
SAYABLE = ("delivered", "undelivered", "rejected", "expired", "unknown")


def _routes(console: Console) -> Sequence[Route]:
    return [
        page(console, "/messages/{id}.json", story_json),
        page(console, "/messages/{id}", story),
        action(console, "/messages/{id}/push", push),
        action(console, "/messages/{id}/receipt", receipt),
    ]


SECTION = Section("message", "/messages", "", _routes)


async def story(visit: Visit) -> Response:
    """Show what became of one message, or why a request was refused."""
    found = await _found(visit)
    message = found.get("message")
    context: dict[str, Any] = {
        "story": found,
        "message": message,
        "headline": of_story(found),
        "curl": as_curl(found["request"], visit.console.api_url) if found["request"] else "",
        "copy": visit.page("/send", **copy_of(found)) if visit.may(Role.OPERATOR) else "",
        **_compared(visit, found["seal"]),
    }
    if message is None:
        return visit.draw("refusal.html", WORDS, **context, at="refusals")
    digest = await digest_at(visit.office.store, int(message["id"]))
    row = await visit.office.store.message(int(message["id"]))
    if row is None:
        raise Refused(Reason.UNKNOWN_MESSAGE)
    may = visit.may(Role.OPERATOR)
    return visit.draw(
        "message.html",
        WORDS,
        **context,
        refresh_s=0 if message["final"] or "theirs" in visit.query else _REFRESH_S,
        follows=True,
        digest=digest,
        face=face_of(visit.office.world(), message, found["links"]),
        calls=await visit.office.webhooks.of_message(row.id),
        wires=await _wires(visit, row),
        transcript=_transcript(visit, message["carrier"]),
        where=_where_now(visit, message),
        may_push=may and message["final"] and await visit.office.webhooks.has_receiver(row),
        may_say=may and visit.office.rehearsal.on and message["provider_id"] is not None,
        push_ways=visit.ways(f"hongyan push {message['id']}", "POST", f"/v1/messages/{message['id']}/push"),
        say_ways=visit.ways(
            f"hongyan trigger receipt {message['id']} undelivered",
            "POST",
            f"/v1/messages/{message['id']}/receipt",
            {"state": "undelivered"},
        ),
        sayable=SAYABLE,
        culprits=_culprits(found["wording"]),
        at="inbox",
    )


async def story_json(visit: Visit) -> Response:
    """Return a story as data."""
    return Response(msgspec.json.encode(await _found(visit)), media_type="application/json", headers=FENCE)


async def digest_at(store: Store, id_: int) -> str:
    """Return how far a message has come, as cheaply as can be: another text once anything of it is another."""
    message, events, parts = await store.message(id_), await store.events(id_), await store.parts(id_)
    return digest_of((message, events, parts, await store.replies(ReplyQuery(message_id=id_))))


async def push(visit: Visit) -> Response:
    """Tell the caller once more."""
    told = await visit.office.webhooks.push(visit.actor, _id(visit))
    return visit.back(f"/messages/{told['message']}", done="pushed")


async def receipt(visit: Visit) -> Response:
    """Have the carrier say what became of it (rehearsals only)."""
    seconds = visit.sent.get("after_s", "").strip() or "0"
    try:
        after_s = float(seconds)
    except ValueError:
        raise Refused(Reason.BAD_FIELD, field="after_s") from None
    said = await visit.office.trigger.receipt(
        visit.actor, _id(visit), visit.sent.get("state", ""), code=visit.sent.get("code", "").strip(), after_s=after_s
    )
    done = "said" if said["changed"] else "said_later" if said["due_at"] else "said_kept"
    return visit.back(f"/messages/{said['message']['id']}", done=done)


def _culprits(wording: Mapping[str, Any]) -> dict[str, str]:
    """Return the characters that made a text UCS-2, each with what is said of it; none where all of it is so."""
    forced = wording["forced_ucs2"]
    return {one["character"]: f"{one['name']} {one['code_point']}" for one in forced} if wording["without"] else {}


def _id(visit: Visit) -> str:
    given: str = visit.request.path_params["id"]
    return given[:_LONGEST_ID]


async def _found(visit: Visit) -> dict[str, Any]:
    return await visit.office.look.show(_id(visit))


def _compared(visit: Visit, seal: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the caller's own string to sign beside ours, when they pasted one."""
    theirs = visit.query.get("theirs", "")[:_LONGEST_PASTED]
    if not theirs or not is_storable(theirs) or seal is None or seal["passed"] or not seal["string_to_sign"]:
        return {"pasted": "", "compared": None}
    return {"pasted": theirs, "compared": compared(theirs, seal["string_to_sign"])}


async def _wires(visit: Visit, row: Message) -> list[dict[str, Any]]:
    """Return what its carrier put on the wire, or its first choice would, with today's settings."""
    name = row.carrier or next(iter(visit.office.look.choices(row)), None)
    if name is None:
        return []
    try:
        return [await visit.office.core.preview(name, msgspec.to_builtins(row))]
    except Refused:  # the process that sends is away: the page is no worse for it
        return []


def _transcript(visit: Visit, carrier: str | None) -> str:
    control = visit.office.world().controls.get(carrier or "")
    if control is None or control.transcript_until <= visit.office.clock.now_ms():
        return ""
    return visit.page(f"/carriers/{quote(carrier or '', safe='')}")


def _where_now(visit: Visit, message: Mapping[str, Any]) -> str:
    """Return the page that says which route the number would take now."""
    fields = {name: message[name] for name in ("project", "category", "leg", "signature")}
    fields["to"] = f"+{message['to']}"
    return visit.page("/routes", **fields)
