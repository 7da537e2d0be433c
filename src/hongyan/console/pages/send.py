"""Send: one message through any vendor's API, previewed, with the program that does the same in six languages.

Sending makes the vendor's own HTTP call to the API of this program, sealed as an SDK seals it; then it shows the raw
answer and leads to the message or refusal.
"""

import itertools
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from random import SystemRandom
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page
from hongyan.console.headline import of_story
from hongyan.console.pages.send_form import Form, key_of, previewed, read
from hongyan.console.snippets import LANGUAGES, VENDORS, snippets
from hongyan.console.snippets.sealed import sealed
from hongyan.console.words.send import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.sending import Sent, own_address, send_through

_MOST_KEPT = 50
_IDS = ("RequestId", "requestId", "request_id", "messageid", "sid")
"""fields of the vendors' answers that lead to a story"""
_CHANCE = SystemRandom()


class Kept(NamedTuple):
    """A call that was made here, for its page."""

    vendor: str
    sent: Sent
    story: str
    """id of the message or refusal; "": not found"""
    again: str
    """the form that it was made from"""


class Answers:
    """The last calls, in memory: they may hold what a log must not."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._count = itertools.count(1)

    def keep(self, made: Kept) -> str:
        """Keep a call; return its name."""
        name = f"{next(self._count)}-{_CHANCE.getrandbits(64):016x}"
        self._kept[name] = made
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> Kept | None:
        """Return a call that is still kept."""
        return self._kept.get(name)


def _routes(console: Console) -> Sequence[Route]:
    answers = Answers()

    async def act(visit: Visit) -> Response:
        return await make(visit, answers)

    async def answered(visit: Visit) -> Response:
        return await sent(visit, answers)

    return [
        page(console, "/send", form),
        action(console, "/send", act),
        page(console, "/send/{name}", answered),
    ]


SECTION = Section("send", "/send", "messages", _routes, Role.OPERATOR)


async def form(visit: Visit) -> Response:
    """Show the form, filled as the address says, with what sending would come to."""
    visit.actor.need(Role.OPERATOR)
    office, world = visit.office, visit.office.world()
    found = read(visit.query, world, dev=office.dev)
    language = visit.asked("code") if visit.asked("code") in LANGUAGES else next(iter(LANGUAGES))
    values = found.call(visit.console.api_url, shows_secrets=office.dev)
    kept = found.fields()
    return visit.draw(
        "send.html",
        WORDS,
        form=found,
        keys=[(key_of(one), one) for one in found.offers],
        vendors=[(name, visit.page("/send", vendor=name, code=visit.asked("code"))) for name in VENDORS],
        languages=[(name, said, visit.page("/send", **kept | {"code": name})) for name, said in LANGUAGES.items()],
        language=language,
        snippet="" if values is None else snippets(found.vendor, language, values),
        hides_secret=values is not None and bool(values.secret) and not office.dev,
        preview=previewed(found, world, office.routing),
        kept={name: value for name, value in kept.items() if value},
        ways=_ways(visit, found),
        at="send",
    )


def _ways(visit: Visit, found: Form) -> Any:
    """Return the same by our own API, for whoever asks what to type."""
    to = f"+{found.numbers[0]}" if found.numbers else "13800138000"
    project = found.offer.key.project if found.offer else "demo"
    text = found.text or "Your code is 1234"
    cli = f"hongyan send --to {to} --project {project} --text {json.dumps(text, ensure_ascii=False)}"
    return visit.ways(cli, "POST", "/v1/messages", {"to": to, "text": text, "project": project})


async def make(visit: Visit, answers: Answers) -> Response:
    """Send it, and lead to what came of it."""
    visit.actor.need(Role.OPERATOR)
    found = read(visit.sent, visit.office.world(), dev=visit.office.dev)
    values = found.call(own_address(visit.console.api_url), shows_secrets=True)
    if values is None or found.offer is None:
        raise Refused(Reason.MISSING_FIELD, field="to, text or template")
    began = visit.office.clock.now_ms()
    call = sealed(found.vendor, values, began, _CHANCE)
    made = await send_through(
        visit.office.journal,
        visit.actor,
        project=found.offer.key.project,
        dialect=found.vendor,
        action=call.action,
        url=call.url,
        headers=call.headers,
        body=call.body,
    )
    story = await _story(visit, found.vendor, made.answer, began)
    again = visit.page("/send", **found.fields())
    return visit.back(f"/send/{answers.keep(Kept(found.vendor, made, story, again))}")


async def sent(visit: Visit, answers: Answers) -> Response:
    """Show what was sent and answered, and lead to the story."""
    visit.actor.need(Role.OPERATOR)
    made = answers.get(visit.request.path_params["name"])
    if made is None:
        raise Refused(Reason.UNKNOWN_MESSAGE, id=visit.request.path_params["name"][:40])
    story: Mapping[str, Any] | None = None
    if made.story:
        try:
            story = await visit.office.look.show(made.story)
        except Refused:  # erased since, or not on disk yet
            story = None
    return visit.draw(
        "sent.html",
        WORDS,
        made=made,
        sent_headers=[(name, value) for name, value in made.sent.headers.items() if not _is_secret(name)],
        pretty=_pretty(made.sent.answer),
        story=story,
        headline=None if story is None else of_story(story),
        at="send",
    )


async def _story(visit: Visit, vendor: str, answer: str, began_ms: int) -> str:
    """Return the id that the call's story is found by: one in the answer, else the newest refusal since then."""
    for id_ in _ids_in(answer):
        try:
            await visit.office.look.show(id_)
        except Refused:
            continue
        return id_
    await visit.office.look.refusals(1)  # waits until what is answered is on disk
    for row in await visit.office.store.refusals(20):
        if row.dialect == vendor and row.at >= began_ms:
            return row.request_id
    return ""


def _ids_in(answer: str) -> Sequence[str]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ()
    places = [found, *(row for row in (found.get("data") or found.get("messages") or ()) if isinstance(row, dict))]
    ids = [str(place[name]) for place in places if isinstance(place, dict) for name in _IDS if place.get(name)]
    return ids[:10]


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _is_secret(header: str) -> bool:
    return header.lower() == "authorization"
