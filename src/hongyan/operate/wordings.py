"""Templates and signatures: handed in, reviewed, withdrawn, deleted. What vendors do in weeks, in one table.

There is one row a code: an approved wording stays as it was approved until it is withdrawn, and a new wording goes in
under a code of its own. Only pending, rejected and withdrawn ones are handed in anew. Who holds a project's key may
hand in for that project, and may not review.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, select

from hongyan.declare.checks import faults
from hongyan.declare.fields import Known
from hongyan.declare.in_chinese import in_chinese
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.ids import first_id_at
from hongyan.model.limits import DAY_MS
from hongyan.model.message import FINAL, State
from hongyan.model.reason import Reason
from hongyan.model.world import Review, Signature, Template, World, identity
from hongyan.operate.declaring import Declaring, made
from hongyan.operate.journal import Journal
from hongyan.operate.keys import project_named
from hongyan.operate.minting import fresh, template_code
from hongyan.store import MessageQuery, Store
from hongyan.store.tables import messages
from hongyan.text import placeholders

Wording = Template | Signature
KINDS: Mapping[str, type[Wording]] = {"template": Template, "signature": Signature}
_ORDER = {Review.PENDING: 0, Review.REJECTED: 1, Review.APPROVED: 2, Review.CANCELLED: 3}
_LOOKED_AT = 50_000
"""newest messages that uses are counted among"""
_OURS = frozenset({"review", "why", "submitted_at", "submitted_by", "project"})
"""fields that nobody hands in"""


class Step(NamedTuple):
    """What a verb does: from which reviews it may be done, and where it leads."""

    begins: frozenset[Review]
    leads: Review
    reviews: bool
    """whether it takes a reviewer: a project's own key is none"""


STEPS: Mapping[str, Step] = {
    "approve": Step(frozenset({Review.PENDING, Review.REJECTED}), Review.APPROVED, reviews=True),
    "reject": Step(frozenset({Review.PENDING, Review.APPROVED}), Review.REJECTED, reviews=True),
    "cancel": Step(frozenset({Review.PENDING, Review.APPROVED, Review.REJECTED}), Review.CANCELLED, reviews=False),
}


class Wordings:
    """Fits the pages, `/v1/templates`, `/v1/signatures`, `hongyan template` and `hongyan signature`."""

    def __init__(
        self, store: Store, declaring: Declaring, world: Callable[[], World], clock: Clock, journal: Journal
    ) -> None:
        self._store, self._declaring, self._world = store, declaring, world
        self._clock, self._journal = clock, journal

    def all(
        self, actor: Actor, kind: str, project: str | None = None, review: str = "", dialect: str = ""
    ) -> list[dict[str, Any]]:
        """Return templates or signatures: those that wait for a reviewer first, the oldest of them first."""
        actor.need(Role.VIEWER, actor.project)
        wanted = actor.project if actor.project is not None else project
        found = [
            one
            for one in self._world().all(KINDS[kind])
            if wanted in {None, one.project}
            and review in {"", str(one.review)}
            and dialect in {"", getattr(one, "dialect", "")}
        ]
        found.sort(key=lambda one: (_ORDER[one.review], one.submitted_at, one.project, one.name))
        return [told(one) for one in found]

    def find(self, actor: Actor, kind: str, project: str, name: str) -> Wording:
        """Return a template or signature. Raises Refused(UNKNOWN_TEMPLATE, UNKNOWN_SIGNATURE)."""
        actor.need(Role.VIEWER, project)
        return _found(self._world(), kind, project, name)

    def show(self, actor: Actor, kind: str, project: str, name: str) -> dict[str, Any]:
        """Return everything about one as plain values."""
        return told(self.find(actor, kind, project, name))

    async def submit(self, actor: Actor, kind: str, project: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Hand one in for review, or one that was not approved anew. Raises Refused with the first thing wrong."""
        actor.need(Role.OPERATOR, project)
        async with self._declaring.now() as world:
            project_named(world, project)
            one = self._handed_in(actor, world, kind, project, fields)
            before = _of(world, kind, project).get(one.name)
            if before is not None and before.review is Review.APPROVED:
                raise Refused(
                    Reason.NOT_PERMITTED,
                    name=one.name,
                    why="it is approved and stays as it is: hand the new wording in under another code, or withdraw it",
                    why_zh="该项已审核通过，内容不能修改：请以新的代码提交，或先撤回",
                )
            await self._declaring.declare(world, [one])
        await self._journal.note(actor, f"{kind}.submit", one.name, project)
        return told(one)

    async def decide(
        self, actor: Actor, kind: str, verb: str, project: str, name: str, why: str = ""
    ) -> dict[str, Any]:
        """Approve, reject or withdraw one; return it. A rejection says why."""
        step = STEPS[verb]
        actor.need(Role.OPERATOR, None if step.reviews else project)
        if verb == "reject" and not why.strip():
            raise Refused(Reason.MISSING_FIELD, field="why")
        async with self._declaring.now() as world:
            before = _found(world, kind, project, name)
            if before.review not in step.begins:
                raise Refused(
                    Reason.NOT_PERMITTED, name=name, why=f"it is {before.review}", why_zh=_REVIEWS_ZH[before.review]
                )
            one = made(type(before), {"review": str(step.leads), "why": why.strip()}, before)
            await self._declaring.declare(world, [one])
        await self._journal.note(actor, f"{kind}.{verb}", name, project, **({"why": why} if why else {}))
        return told(one)

    async def delete(self, actor: Actor, kind: str, project: str, name: str) -> None:
        """Delete one that no message under way needs, and no template."""
        actor.need(Role.OPERATOR, project)
        async with self._declaring.now() as world:
            one = _found(world, kind, project, name)
            if hanging := await self._hanging(world, one):
                raise Refused(Reason.NOT_PERMITTED, name=name, why=hanging[0], why_zh=hanging[1])
            await self._declaring.declare(world, (), [identity(one)])
        await self._journal.note(actor, f"{kind}.delete", name, project)

    async def uses(self) -> dict[tuple[str, str], int]:
        """Return how many messages of the last day each template made, among the newest fifty thousand."""
        since = first_id_at(self._clock.now_ms() - DAY_MS)
        newest = (
            select(messages.c.project, messages.c.template)
            .where(messages.c.id >= since)
            .order_by(messages.c.id.desc())
            .limit(_LOOKED_AT)
            .subquery()
        )
        asked = select(newest.c.project, newest.c.template, func.count()).group_by(newest.c.project, newest.c.template)
        return {(row[0], row[1]): row[2] for row in await self._store.select(asked) if row[1]}

    def wrong(self, actor: Actor, kind: str, project: str, fields: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return everything that is wrong with one that might be handed in: field, why, why in Chinese."""
        actor.need(Role.VIEWER, project)
        world = self._world()
        one = self._handed_in(actor, world, kind, project, fields)
        known = Known([*world.things, one])
        return [
            {"field": field, "why": f"{what} {try_this}".strip(), "why_zh": in_chinese(what) or what}
            for field, what, try_this in faults(one, known)
        ]

    def _handed_in(self, actor: Actor, world: World, kind: str, project: str, fields: Mapping[str, Any]) -> Wording:
        for field in fields.keys() & _OURS:
            raise Refused(Reason.BAD_FIELD, field=field, why="is the reviewer's", why_zh="由审核方填写")
        stated = dict(fields)
        if kind == "template" and not stated.get("name"):
            draw = template_code(str(stated.get("dialect", "")), str(stated.get("leg", "text")))
            stated["name"] = fresh(draw, world.templates.get(project, {}))
        return made(
            KINDS[kind],
            stated
            | {
                "project": project,
                "review": str(Review.PENDING),
                "submitted_at": self._clock.now_ms(),
                "submitted_by": actor.name,
            },
        )

    async def _hanging(self, world: World, one: Wording) -> tuple[str, str] | None:
        """Return what needs it still, in both languages."""
        if isinstance(one, Signature):
            users = [each.name for each in _of(world, "template", one.project).values() if _signs(each, one.name)]
            return (f"templates sign with it: {', '.join(users)}", f"模板在使用：{'、'.join(users)}") if users else None
        states = tuple(state for state in State if state not in FINAL)
        n = await self._store.count(MessageQuery(project=one.project, template=one.name, states=states))
        return (f"{n} messages of it have not ended", f"还有 {n} 条消息未结束") if n else None


def told(one: Wording) -> dict[str, Any]:
    """Return a template or signature as plain values."""
    row: dict[str, Any] = {name: getattr(one, name) for name in one.__struct_fields__}
    found: dict[str, Any] = msgspec.to_builtins(row)
    found["submitted_at"] = iso(one.submitted_at or None)
    if isinstance(one, Template):
        found["places"] = places(one)
    return found


def places(one: Template) -> list[str]:
    """Return the names of the values that a template takes."""
    if one.card is not None:
        params: Sequence[Mapping[str, Any]] = one.card.get("extendInfo", {}).get("params", ())
        return [str(param.get("name", "")).strip("${}") for param in params]
    return placeholders.names(one.body, one.dialect) if one.dialect in placeholders.STYLES else []


_REVIEWS_ZH = {
    Review.PENDING: "它正在审核中",
    Review.APPROVED: "它已审核通过",
    Review.REJECTED: "它未通过审核",
    Review.CANCELLED: "它已撤回",
}


def _of(world: World, kind: str, project: str) -> Mapping[str, Wording]:
    table: Mapping[str, Mapping[str, Wording]] = world.templates if kind == "template" else world.signatures
    return table.get(project, {})


def _found(world: World, kind: str, project: str, name: str) -> Wording:
    one = _of(world, kind, project).get(name)
    if one is None:
        reason = Reason.UNKNOWN_TEMPLATE if kind == "template" else Reason.UNKNOWN_SIGNATURE
        raise Refused(reason, name=name[:100], project=project[:100])
    return one


def _signs(one: Wording, name: str) -> bool:
    return isinstance(one, Template) and one.signature == name
