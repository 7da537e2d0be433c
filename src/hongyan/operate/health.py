"""What needs somebody's attention: one finding a subject, each with how it is and what to do. Changes nothing."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from sqlalchemy import func, select

from hongyan.model.clock import Clock
from hongyan.model.money import amount
from hongyan.model.said import Said
from hongyan.model.world import Review, Signature, Standing, Template, World
from hongyan.operate.core import Core
from hongyan.store import Store
from hongyan.store.tables import balances, pushes, refusals, unclaimed

OK, WARN, FAIL = "ok", "waiting", "fail"
_SLOW_MS, _OLD_MS, _RECENT_MS = 50, 60_000, 3_600_000
_BUSY = 10_000
"""waiting messages that are worth a word"""


class Finding(NamedTuple):
    """One thing looked at."""

    what: Said
    state: str
    """ok, waiting (somebody should look) or fail"""
    says: Said
    page: str = ""
    """of the console, where to go on"""


class Health:
    """Looks at everything that is cheap to look at."""

    def __init__(self, store: Store, world: Callable[[], World], clock: Clock, core: Core, *, dev: bool) -> None:
        self._store, self._world, self._clock, self._core, self._dev = store, world, clock, core, dev

    async def findings(self) -> list[Finding]:
        """Return all findings, what failed first."""
        order = (FAIL, WARN, OK)
        return sorted([one async for one in self._look()], key=lambda one: order.index(one.state))

    async def _look(self) -> AsyncIterator[Finding]:
        began = time.perf_counter()
        alive = await self._store.alive()
        took_ms = (time.perf_counter() - began) * 1000
        what = Said("Database", "数据库")
        if not alive:
            yield Finding(what, FAIL, Said("cannot be read: nothing is accepted", "无法读取：不再受理消息"))
            return
        slow = took_ms > _SLOW_MS
        yield Finding(what, WARN if slow else OK, Said(f"answers in {took_ms:.1f} ms", f"{took_ms:.1f} 毫秒应答"))
        yield await self._backlog()
        for look in await self._core.carrier_looks():
            yield _carrier(look)
        yield await self._pushes()
        yield await self._unclaimed()
        yield await self._refusals()
        for finding in (*await self._balances(), *self._world_says()):
            yield finding

    async def _backlog(self) -> Finding:
        n = await self._store.backlog()
        says = Said(f"{n} messages wait to be handed over", f"{n} 条消息等待发送")
        return Finding(Said("Backlog", "积压"), WARN if n > _BUSY else OK, says, "/?state=accepted")

    async def _pushes(self) -> Finding:
        asked = select(func.count(), func.min(pushes.c.id), func.max(pushes.c.tries)).where(pushes.c.door.is_(None))
        n, _, tries = (await self._store.select(asked))[0]
        if not n:
            return Finding(Said("Callbacks", "回调"), OK, Said("none waits", "没有等待中的回调"), "/webhooks")
        says = Said(f"{n} wait; the most tried one failed {tries} times", f"{n} 个等待中；最多已失败 {tries} 次")
        return Finding(Said("Callbacks", "回调"), WARN if tries else OK, says, "/webhooks")

    async def _unclaimed(self) -> Finding:
        since = self._clock.now_ms() - 24 * _RECENT_MS
        n = (await self._store.select(select(func.count()).select_from(unclaimed).where(unclaimed.c.at >= since)))[0][0]
        says = Said(f"{n} receipts matched no message in 24 hours", f"24 小时内有 {n} 个回执未匹配到消息")
        return Finding(Said("Unclaimed receipts", "无主回执"), WARN if n else OK, says)

    async def _refusals(self) -> Finding:
        since = self._clock.now_ms() - _RECENT_MS
        asked = select(func.count()).select_from(refusals).where(refusals.c.at >= since)
        n = (await self._store.select(asked))[0][0]
        says = Said(f"{n} requests or items refused in the last hour", f"最近一小时拒绝了 {n} 个请求")
        return Finding(Said("Refusals", "被拒请求"), OK, says, "/refusals")

    async def _balances(self) -> list[Finding]:
        known = dict(await self._store.select(select(balances.c.project, balances.c.amount)))
        found = []
        for name, project in self._world().projects.items():
            money = known.get(name, 0)
            if project.enabled and name in known and money <= 0:
                says = Said(f"balance {amount(money)} {project.currency}: sends are refused at the credit line",
                            f"余额 {amount(money)} {project.currency}：达到信用额度后拒绝发送")  # fmt: skip
                found.append(Finding(Said(f"Project {name}", f"项目 {name}"), WARN, says, "/ledger"))
        return found

    def _world_says(self) -> list[Finding]:
        world, found = self._world(), []
        if not world.projects:
            says = Said(
                "nothing is declared yet: hongyan apply world.toml", "尚未声明任何内容：hongyan apply world.toml"
            )
            found.append(Finding(Said("World", "配置"), WARN, says, "/projects"))
        pending = [
            one for one in world.things if isinstance(one, Template | Signature) and one.review is Review.PENDING
        ]
        if pending:
            says = Said(f"{len(pending)} wait for review", f"{len(pending)} 个等待审核")
            found.append(Finding(Said("Templates and signatures", "模板与签名"), WARN, says, "/templates"))
        if world.rules:
            says = Said(f"{len(world.rules)} rules make failures on purpose", f"{len(world.rules)} 条规则正在制造故障")
            found.append(Finding(Said("Chaos", "故障演练"), WARN, says, "/chaos"))
        if world.ahead_ms:
            hours = world.ahead_ms / _RECENT_MS
            says = Said(f"pushed {hours:.1f} hours ahead", f"已拨快 {hours:.1f} 小时")
            found.append(Finding(Said("Clock", "时钟"), WARN, says, "/chaos"))
        if not self._dev and not world.accounts:
            says = Said(
                "none: hongyan account add NAME --role admin", "没有账户：hongyan account add 名称 --role admin"
            )
            found.append(Finding(Said("Accounts", "账户"), WARN, says, "/accounts"))
        return found


def _carrier(look: dict[str, Any]) -> Finding:
    name = look["name"]
    state, said = _carrier_says(look)
    return Finding(Said(f"Carrier {name}", f"通道 {name}"), state, said, f"/carriers/{name}")


def _carrier_says(look: dict[str, Any]) -> tuple[str, Said]:
    if not look["enabled"]:
        return OK, Said("switched off in the world file", "已在配置中停用")
    if look["standing"] != Standing.RUNNING:
        return WARN, Said(f"{look['standing']} by {look['set_by']}", f"{look['standing']}，操作人 {look['set_by']}")
    if not look["open"]:
        return FAIL, Said("is not open", "未打开")
    links, open_ones = len(look["links"]), look["links_open"]
    if links and not open_ones:
        error = next((link["last_error"] for link in look["links"] if link["last_error"]), "")
        behind = f": {error}" if error else ""
        return FAIL, Said(f"no link is up{behind}", f"没有可用连接{behind}")
    said = Said("simulated", "模拟通道")
    if links:
        said = Said(f"{open_ones} of {links} links up", f"{links} 个连接中 {open_ones} 个可用")
    waits_ms = look["oldest_waiting_ms"] or 0
    if waits_ms > _OLD_MS:
        seconds = waits_ms // 1000
        return WARN, Said(f"{said.en}; the oldest message waits {seconds} s", f"{said.zh}；最久已等待 {seconds} 秒")
    return (WARN if open_ones < links else OK), said
