"""Accounts: who may log in to the console, and what they may do there. For admins; one's own password for everybody.

Made by hand and kept in the world; the password as its Argon2id hash, sealed like every secret. There is always an
enabled admin left. Looked up in the store, not in the snapshot: what was changed a moment ago counts.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, select

from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import Account, identity
from hongyan.operate.journal import Journal
from hongyan.operate.passwords import Passwords, check, generate
from hongyan.operate.rehearsal import wrong
from hongyan.operate.sessions import BY_TOKEN, Begun, Session, Sessions, Turned
from hongyan.store import Store
from hongyan.store.tables import sessions

_NAME = re.compile(r"\w[\w.@-]{0,63}")
_TAKEN = frozenset({"dev", BY_TOKEN})
"""actors of the audit log who are no accounts"""


class People:
    """What is done to accounts."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        journal: Journal,
        passwords: Passwords,
        at_the_door: Sessions,
        changed: Callable[[], None],
    ) -> None:
        self._store, self._clock, self._journal, self._passwords = store, clock, journal, passwords
        self._sessions, self._changed = at_the_door, changed
        self._one = asyncio.Lock()
        """two who demote each other at once must not both succeed"""

    async def list(self, actor: Actor) -> list[dict[str, Any]]:
        """Return all accounts by name, with how often each is logged in."""
        actor.need(Role.ADMIN)
        counted = (
            select(sessions.c.account, func.count(), func.max(sessions.c.seen_at))
            .where(sessions.c.until > self._clock.now_ms())
            .group_by(sessions.c.account)
        )
        seen = {row[0]: (row[1], row[2]) for row in await self._store.select(counted)}
        accounts = (await self._store.world()).accounts
        return [_shown(accounts[name], *seen.get(name, (0, None))) for name in sorted(accounts)]

    async def show(self, actor: Actor, name: str) -> dict[str, Any]:
        """Return one account. Raises Refused(UNKNOWN_PATH)."""
        actor.need(Role.ADMIN)
        wanted = _normal(name)
        for one in await self.list(actor):
            if one["name"] == wanted:
                return one
        raise _unknown(name)

    async def add(self, actor: Actor, name: str, role: str, password: str = "") -> dict[str, Any]:
        """Make an account; return it, with `password` when none was given and one was made up."""
        actor.need(Role.ADMIN)
        name, given = _normal(name), password
        if not _NAME.fullmatch(name):
            raise wrong("name", "1 to 64 letters, digits and . _ @ -", "1 到 64 个字母、数字或 . _ @ -")
        if name in _TAKEN:
            raise wrong("name", "this name is the program's own", "该名称为系统保留")
        password = given or generate()
        check(name, password)
        async with self._one:
            if name in (await self._store.world()).accounts:
                raise wrong("name", "there is an account of this name", "该账户已存在")
            now = self._clock.now_ms()
            kept = await self._passwords.hashed(password)
            account = Account(name=name, role=_role(role), password=kept, created_at=now, changed_at=now)
            await self._put(account)
        await self._journal.note(actor, "account.add", name, role=account.role)
        return _shown(account) | ({} if given else {"password": password})

    async def set_password(self, actor: Actor, name: str, password: str = "") -> dict[str, Any]:
        """Give an account another password and end its sessions; return it, with `password` when it was made up."""
        actor.need(Role.ADMIN)
        given, password = password, password or generate()
        async with self._one:
            account = await self._found(name)
            check(account.name, password)
            account = await self._with_password(account, password)
        await self._sessions.forget(account.name)
        await self._journal.note(actor, "account.password", account.name)
        return _shown(account) | ({} if given else {"password": password})

    async def change_own(self, actor: Actor, session: Session, old: str, new: str, agent: str) -> Begun | Turned:
        """Change one's own password: every session ends, a new one begins here."""
        async with self._one:
            account = await self._found(session.account)
            right = await self._sessions.is_password(account, old, actor.peer)
            if isinstance(right, Turned):
                return right
            if not right:
                return Turned(0)
            check(account.name, new)
            await self._with_password(account, new)
        begun = await self._sessions.renew(actor, session, agent)
        await self._journal.note(actor, "account.password", account.name)
        return begun

    async def set_role(self, actor: Actor, name: str, role: str) -> dict[str, Any]:
        """Give an account another role; it counts from its next request on."""
        return await self._alter(actor, name, "role", role=_role(role))

    async def set_enabled(self, actor: Actor, name: str, *, enabled: bool) -> dict[str, Any]:
        """Let an account log in, or no longer: its sessions end."""
        found = await self._alter(actor, name, "enable" if enabled else "disable", enabled=enabled)
        if not enabled:
            await self._sessions.forget(found["name"])
        return found

    async def remove(self, actor: Actor, name: str) -> None:
        """Remove an account. What it did stays in the audit log."""
        actor.need(Role.ADMIN)
        async with self._one:
            account = await self._found(name)
            await self._keep_an_admin(account, None)
            await self._store.declare((), [identity(account)], self._clock.now_ms())
            self._changed()
        await self._sessions.forget(account.name)
        await self._journal.note(actor, "account.remove", account.name)

    async def _alter(self, actor: Actor, name: str, verb: str, **changes: Any) -> dict[str, Any]:
        actor.need(Role.ADMIN)
        async with self._one:
            account = await self._found(name)
            altered = replace(account, **changes)
            await self._keep_an_admin(account, altered)
            await self._put(altered)
        await self._journal.note(actor, f"account.{verb}", account.name, **changes)
        return _shown(altered)

    async def _keep_an_admin(self, account: Account, altered: Account | None) -> None:
        """Raise Refused(NOT_PERMITTED) when nobody would be left who can manage accounts."""
        if not _is_admin(account) or (altered is not None and _is_admin(altered)):
            return
        others = (one for one in (await self._store.world()).accounts.values() if one.name != account.name)
        if not any(_is_admin(one) for one in others):
            raise Refused(
                Reason.NOT_PERMITTED,
                why="it is the last enabled admin; make another one first",
                why_zh="这是最后一个启用的管理员，请先新建另一个管理员",
            )

    async def _with_password(self, account: Account, password: str) -> Account:
        kept = await self._passwords.hashed(password)
        changed_at = max(self._clock.now_ms(), account.changed_at)
        account = replace(account, password=kept, changed_at=changed_at)
        await self._put(account)
        return account

    async def _put(self, account: Account) -> None:
        await self._store.declare([account], (), self._clock.now_ms())
        self._changed()

    async def _found(self, name: str) -> Account:
        found = (await self._store.world()).accounts.get(_normal(name))
        if found is None:
            raise _unknown(name)
        return found


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(Role)
        raise wrong("role", f"one of: {known}", f"只能是：{known}") from None


def _is_admin(account: Account) -> bool:
    return account.enabled and account.role is Role.ADMIN


def _shown(account: Account, logged_in: int = 0, seen_at: int | None = None) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": str(account.role),
        "enabled": account.enabled,
        "sessions": logged_in,
        "seen_at": iso(seen_at),
        "created_at": iso(account.created_at or None),
        "changed_at": iso(account.changed_at or None),
    }


def _unknown(name: str) -> Refused:
    return Refused(Reason.UNKNOWN_PATH, account=name[:64])
