"""Who is logged in to the console: sessions in the store, so that any process knows them.

A session is a random token in a cookie; the store has its digest alone. Each request asks the store for the session
and its account at once: who is disabled, demoted, removed or has a new password loses what they had with the next one.
Real time counts, also while a rehearsal has pushed the clock.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, delete, insert, or_, select, update

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import Account, World
from hongyan.operate.journal import Journal
from hongyan.operate.pacing import Pacing, Try
from hongyan.operate.passwords import Passwords
from hongyan.store import Store
from hongyan.store.tables import sessions, world_items

BY_TOKEN = "operator"  # noqa: S105 - a name
"""who the admin token is; no account has this name"""
_SEEN_EVERY_MS = 60_000
_ID = 16
"""digits of a session's digest that name it"""
_BUSY_S = 2
_LONGEST_AGENT = 200


class Session(NamedTuple):
    """Somebody logged in."""

    digest: str
    account: str
    role: Role
    csrf: str
    """what their forms carry"""

    @property
    def id(self) -> str:
        """How it is called in lists."""
        return self.digest[:_ID]


class Begun(NamedTuple):
    """A log-in that was right."""

    token: str
    session: Session


class Turned(NamedTuple):
    """A log-in that was not."""

    wait_s: int
    """0: the name or the password is wrong; else: too many tries, the next may come after so many seconds"""


class Access(NamedTuple):
    """How people get in, as the settings say."""

    admin_token: str = ""
    """"": there is none"""
    idle_s: int = 43_200
    longest_s: int = 604_800


AS_USUAL = Access()


class Sessions:
    """Begins, finds and ends them."""

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        journal: Journal,
        passwords: Passwords,
        access: Access,
    ) -> None:
        self._store, self._world, self._clock, self._journal = store, world, clock, journal
        self._passwords, self._admin_token = passwords, access.admin_token
        self._pacing = Pacing(store, clock)
        self._idle_ms, self._longest_ms = access.idle_s * 1000, access.longest_s * 1000
        self.longest_s = access.longest_s
        self.has_token = bool(access.admin_token)

    def is_anybodys(self) -> bool:
        """Return whether there is somebody who could log in."""
        return self.has_token or any(one.enabled for one in self._world().accounts.values())

    async def log_in(self, name: str, password: str, *, peer: str, agent: str = "") -> Begun | Turned:
        """Begin a session with a name and a password."""
        name = name.strip().casefold()[:200]
        tried = await self._knock(name, peer)
        if isinstance(tried, Turned):
            return tried
        account = await self._account(name)
        fits = await self._passwords.fits(account.password if account else "", password)
        if account is None or not account.enabled or not fits:
            await self._refused(account.name if account else "", peer, tried)
            return Turned(0)
        await self._pacing.right(tried)
        actor = Actor(name=account.name, role=account.role, via="console", peer=peer)
        return await self._begin(actor, account.name, account.role, agent)

    async def log_in_by_token(self, token: str, *, peer: str, agent: str = "") -> Begun | Turned:
        """Begin a session with the admin token."""
        found = await self.by_token(token, peer=peer)
        return found if isinstance(found, Turned) else await self._begin(found, "", found.role, agent)

    async def by_token(self, token: str, *, peer: str) -> Actor | Turned:
        """Return who brings the admin token; wrong ones are counted by address."""
        of_token = f"token {peer}"
        if wait_s := await self._pacing.wait_s(of_token, peer):
            return Turned(wait_s)
        if self._admin_token and hmac.compare_digest(token.encode("utf-8", "replace"), self._admin_token.encode()):
            return Actor(name=BY_TOKEN, role=Role.ADMIN, via="console", peer=peer)
        tried = await self._pacing.knock(of_token, peer)
        if isinstance(tried, int):
            return Turned(tried)
        await self._refused(BY_TOKEN, peer, tried)
        return Turned(0)

    async def find(self, token: str) -> Session | None:
        """Return the session of a cookie, None when there is none or it is over."""
        digest, now = _digest(token), self._clock.now_ms()
        asked = (
            select(sessions.c.account, sessions.c.csrf, sessions.c.created_at, sessions.c.seen_at, world_items.c.body)
            .select_from(sessions.outerjoin(world_items, _its_account))
            .where(sessions.c.token == digest, sessions.c.until > now, sessions.c.seen_at > now - self._idle_ms)
        )
        rows = await self._store.select(asked)
        if not rows:
            return None
        name, csrf, created_at, seen_at, body = rows[0]
        role = self._role(token, name, created_at, body)
        if role is None:
            return None
        if now - seen_at > _SEEN_EVERY_MS:
            await self._store.change(update(sessions).where(sessions.c.token == digest).values(seen_at=now))
        shown = BY_TOKEN if _is_by_token(name) else name
        return Session(digest, shown, role, csrf)

    async def log_out(self, actor: Actor, session: Session) -> None:
        """End one's own session."""
        await self._store.change(delete(sessions).where(sessions.c.token == session.digest))
        await self._journal.note(actor, "session.log-out", session.account)

    async def listed(self, actor: Actor, account: str) -> list[dict[str, Any]]:
        """Return an account's sessions, the last seen first. One's own, or anybody's to an admin."""
        _need(actor, account)
        now = self._clock.now_ms()
        asked = (
            select(sessions)
            .where(_of(account), sessions.c.until > now, sessions.c.seen_at > now - self._idle_ms)
            .order_by(sessions.c.seen_at.desc())
        )
        return [
            {
                "id": row[0][:_ID],
                "peer": row[3],
                "agent": row[4],
                "created_at": iso(row[5]),
                "seen_at": iso(row[6]),
                "until": iso(min(row[7], row[6] + self._idle_ms)),
            }
            for row in await self._store.select(asked)
        ]

    async def end(self, actor: Actor, account: str, id_: str) -> None:
        """End one session of an account. Raises Refused(UNKNOWN_PATH)."""
        _need(actor, account)
        if len(id_) != _ID or not id_.isalnum():
            raise Refused(Reason.UNKNOWN_PATH, session=id_[:_ID])
        named = sessions.c.token.startswith(id_, autoescape=True)
        (ended,) = await self._store.change(delete(sessions).where(_of(account), named))
        if not ended:
            raise Refused(Reason.UNKNOWN_PATH, session=id_)
        await self._journal.note(actor, "session.end", account, session=id_)

    async def end_all(self, actor: Actor, account: str, *, but: Session | None = None) -> int:
        """End all sessions of an account, perhaps but one; return how many."""
        _need(actor, account)
        ended = await self.forget(account, but=but)
        await self._journal.note(actor, "session.end-all", account, ended=ended)
        return ended

    async def forget(self, account: str, *, but: Session | None = None) -> int:
        """End sessions as a part of something else that is written down."""
        others = _of(account) if but is None else and_(_of(account), sessions.c.token != but.digest)
        return (await self._store.change(delete(sessions).where(others)))[0]

    async def renew(self, actor: Actor, session: Session, agent: str) -> Begun:
        """Go on in a new session, and end all others of the account: its password was changed."""
        await self.forget(session.account)
        return await self._stored(session.account, actor.role, actor.peer, agent)

    async def is_password(self, account: Account, password: str, peer: str) -> bool | Turned:
        """Return whether it is an account's password; wrong ones are counted as at the log-in."""
        tried = await self._knock(account.name, peer)
        if isinstance(tried, Turned):
            return tried
        if not await self._passwords.fits(account.password, password):
            await self._refused(account.name, peer, tried)
            return False
        await self._pacing.right(tried)
        return True

    async def _begin(self, actor: Actor, name: str, role: Role, agent: str) -> Begun:
        begun = await self._stored(name, role, actor.peer, agent)
        await self._journal.note(actor, "session.begin", actor.name, session=begun.session.id)
        return begun

    async def _stored(self, name: str, role: Role, peer: str, agent: str) -> Begun:
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._clock.now_ms()
        digest = _digest(token)
        row = {
            "token": digest,
            "account": name or self._bound(token),
            "csrf": csrf,
            "peer": peer,
            "agent": agent[:_LONGEST_AGENT],
            "created_at": now,
            "seen_at": now,
            "until": now + self._longest_ms,
        }
        over = or_(sessions.c.until <= now, sessions.c.seen_at <= now - self._idle_ms)
        await self._store.change(delete(sessions).where(over), insert(sessions).values(row))
        return Begun(token, Session(digest, name or BY_TOKEN, role, csrf))

    async def _account(self, name: str) -> Account | None:
        """Return an account as the store has it now."""
        here = (world_items.c.kind == Account.kind) & (world_items.c.project == "") & (world_items.c.name == name)
        rows = await self._store.select(select(world_items.c.body).where(here))
        if not rows:
            return None
        fresh = msgspec.json.decode(rows[0][0], type=Account)
        known = self._world().accounts.get(name)
        if known is None or msgspec.structs.replace(known, password="") != fresh:
            known = (await self._store.world()).accounts.get(name)  # made or changed a moment ago
        return known

    async def _knock(self, name: str, peer: str) -> Try | Turned:
        if self._passwords.is_busy:
            return Turned(_BUSY_S)
        tried = await self._pacing.knock(name, peer)
        return Turned(tried) if isinstance(tried, int) else tried

    async def _refused(self, account: str, peer: str, tried: Try) -> None:
        """Write down the first failure and then each time there are twice as many: guessing does not fill the log."""
        if tried.failures & (tried.failures - 1) == 0:
            nobody = Actor(name="", role=Role.VIEWER, via="console", peer=peer)
            await self._journal.note(nobody, "session.refused", account, failures=tried.failures)

    def _role(self, token: str, name: str, created_at: int, body: str | None) -> Role | None:
        if _is_by_token(name):
            return Role.ADMIN if hmac.compare_digest(name, self._bound(token)) and self._admin_token else None
        if body is None:
            return None
        account = msgspec.json.decode(body, type=Account)
        return account.role if account.enabled and created_at >= account.changed_at else None

    def _bound(self, token: str) -> str:
        """Return what ties a session to the admin token that began it; neither can be guessed from it."""
        return f"{BY_TOKEN}:{hmac.new(token.encode(), self._admin_token.encode(), hashlib.sha256).hexdigest()}"


_its_account = and_(
    world_items.c.kind == Account.kind, world_items.c.project == "", world_items.c.name == sessions.c.account
)


def _of(account: str) -> Any:
    if account == BY_TOKEN:
        return sessions.c.account.startswith(f"{BY_TOKEN}:", autoescape=True)
    return sessions.c.account == account


def _is_by_token(name: str) -> bool:
    return name.startswith(f"{BY_TOKEN}:")


def _need(actor: Actor, account: str) -> None:
    actor.need(Role.VIEWER if actor.name == account and actor.via == "console" else Role.ADMIN)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
