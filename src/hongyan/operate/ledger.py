"""The ledger and the prices: what projects have, what became of it entry by entry, what a part costs.

Money is whole micros in the store and decimal text here. Messages charge and refund by themselves; by hand somebody
may only add an entry, never change one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import convert
from sqlalchemy import select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.message import Leg
from hongyan.model.money import amount, micros
from hongyan.model.reason import Reason
from hongyan.model.world import Price, World, identity
from hongyan.operate.declaring import Declaring
from hongyan.operate.journal import Journal
from hongyan.store import Store
from hongyan.store.ops import Deposit
from hongyan.store.tables import balances, entries

KINDS = ("charge", "refund", "paid-in", "deposit")
_COLUMNS = ("id", "project", "at", "kind", "amount", "text")
_MOST = 10**12
"""units of a currency that one entry by hand may hold"""


class LedgerQuery(NamedTuple):
    """A filter on ledger entries; "" and None mean any."""

    project: str = ""
    kind: str = ""
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 50


class Ledger:
    """Reads balances and entries, adds money, sets prices."""

    def __init__(
        self, store: Store, world: Callable[[], World], clock: Clock, journal: Journal, declaring: Declaring
    ) -> None:
        self._store, self._world, self._clock = store, world, clock
        self._journal, self._declaring = journal, declaring

    async def balances(self, actor: Actor) -> list[dict[str, Any]]:
        """Return what every project has."""
        actor.need(Role.VIEWER, actor.project)
        asked = select(balances.c.project, balances.c.amount, balances.c.currency, balances.c.paid_in)
        known = {row[0]: row for row in await self._store.select(asked)}
        found = []
        for name, project in self._world().projects.items():
            if actor.project in {None, name}:
                _, money, currency, paid_in = known.get(name, (name, 0, project.currency, 0))
                found.append(
                    {
                        "project": name,
                        "balance": amount(money),
                        "currency": currency,
                        "credit_line": project.credit_line,
                        "paid_in": amount(paid_in),
                    }
                )
        return found

    async def entries(self, actor: Actor, query: LedgerQuery) -> list[dict[str, Any]]:
        """Return a page of the ledger, newest first."""
        project = query.project or actor.project or ""
        actor.need(Role.VIEWER, project or None)
        asked = select(*(entries.c[name] for name in _COLUMNS)).order_by(entries.c.id.desc()).limit(query.limit)
        if project:
            asked = asked.where(entries.c.project == project)
        if query.kind:
            asked = asked.where(entries.c.kind == query.kind)
        if query.since_ms is not None:
            asked = asked.where(entries.c.at >= query.since_ms)
        if query.before_id is not None:
            asked = asked.where(entries.c.id < query.before_id)
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in await self._store.select(asked)]
        return [row | {"id": str(row["id"]), "at": iso(row["at"]), "amount": amount(row["amount"])} for row in rows]

    async def deposit(self, actor: Actor, project: str, money: str, why: str) -> dict[str, Any]:
        """Add money to a project, or take some with a minus; return its balance. Raises Refused."""
        actor.need(Role.ADMIN)
        known = self._world().projects.get(project)
        if known is None:
            raise Refused(Reason.PROJECT_CLOSED, project=project[:100])
        value = _micros("amount", money)
        if value == 0 or abs(value) > micros(str(_MOST)):
            raise Refused(Reason.BAD_FIELD, field="amount", why=f"not 0, at most {_MOST}")
        balance = await self._store.write(
            Deposit(project=project, at=self._clock.now_ms(), amount=value, text=f"{actor.name}: {why}"[:200])
        )
        await self._journal.note(actor, "ledger.deposit", project, project, amount=amount(value), why=why)
        return {"project": project, "balance": amount(balance), "currency": known.currency}

    def prices(self) -> list[dict[str, Any]]:
        """Return the prices: a project's own before the general ones, by prefix."""
        order = sorted(self._world().prices, key=lambda one: (one.project == "", one.project, one.leg, one.name))
        return [{"project": one.project, "prefix": one.name, "leg": str(one.leg), "each": one.each} for one in order]

    async def set_price(self, actor: Actor, project: str, prefix: str, leg: str, each: str) -> None:
        """Set what a part costs; it holds for messages accepted from now on. Raises Refused."""
        actor.need(Role.ADMIN)
        if _micros("each", each) < 0:
            raise Refused(Reason.BAD_FIELD, field="each", why="is below 0")
        price = Price(project=project, name=_prefix(prefix), leg=_leg(leg), each=each)
        async with self._declaring.now() as world:
            await self._declaring.declare(world, [price])
        await self._journal.note(
            actor, "price.set", price.name, project, prefix=price.name, leg=str(price.leg), each=each
        )

    async def drop_price(self, actor: Actor, project: str, prefix: str, leg: str) -> None:
        """Take a price back. Raises Refused when there is none."""
        actor.need(Role.ADMIN)
        gone = identity(Price(project=project, name=prefix, leg=_leg(leg), each="0"))
        async with self._declaring.now() as world:
            if gone not in {identity(one) for one in world.prices}:
                raise Refused(Reason.UNKNOWN_PATH, price=f"{leg} {prefix}"[:100])
            await self._declaring.declare(world, (), [gone])
        await self._journal.note(actor, "price.drop", prefix, project, prefix=prefix, leg=leg)


def _micros(field: str, text: str) -> int:
    try:
        return micros(text)
    except ValueError as error:
        raise Refused(Reason.BAD_FIELD, field=field, why=str(error)) from None


def _prefix(text: str) -> str:
    digits = text.strip().removeprefix("+")
    if digits and not (digits.isascii() and digits.isdigit()):
        raise Refused(Reason.BAD_FIELD, field="prefix", why="digits of an E.164 number, or empty for everywhere")
    return digits


def _leg(text: str) -> Leg:
    if text not in set(Leg):
        raise Refused(Reason.BAD_FIELD, field="leg", why=", ".join(Leg))
    return convert(text, Leg)
