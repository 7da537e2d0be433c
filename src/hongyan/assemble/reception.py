"""The first half of the road, wired: what takes requests and answers questions. A new vendor is one line here.

It lives in the main process, or in a front of its own.
"""

import asyncio
import random

import structlog

from hongyan.accept.desk import AcceptDesk, Dispatch
from hongyan.accept.stops import StopList
from hongyan.assemble.office import office_of
from hongyan.dialects import Dialect
from hongyan.dialects.alibaba import Alibaba
from hongyan.dialects.comms import Comms
from hongyan.dialects.edge import Asgi, Edge
from hongyan.dialects.native.app import native
from hongyan.dialects.nxcloud import Nxcloud
from hongyan.dialects.yundashi import Yundashi
from hongyan.handbook import handbook
from hongyan.links.capability import source
from hongyan.links.pages import public_pages
from hongyan.listener import Bounds
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import IdMint
from hongyan.model.tally import Tally
from hongyan.operate.core import Core
from hongyan.operate.sessions import Access
from hongyan.report.look import Look
from hongyan.report.pull import Pull
from hongyan.settings import Settings
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.watch.health import Counters, watch

_BACKLOG_EVERY_S = 1.0
_LOG = structlog.get_logger("hongyan")


class Reception:
    """The first half of the road, wired: dialects, desk, what answers questions. It may be a process of its own."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        current: CurrentWorld,
        clock: Clock,
        ids: IdMint,
        tally: Tally,
        chance: random.Random,
        public_base: str,
        outlet: Dispatch,
        core: Core,
        *,
        demo: bool,
    ) -> None:
        self.store, self.current, self.clock, self.tally = store, current, clock, tally
        self.pages = public_pages(store, clock, current)
        card_support = source(settings.card_support)
        self.stops = StopList(store)
        self.desk = AcceptDesk(
            store,
            current,
            clock,
            ids,
            tally,
            outlet,
            stops=self.stops,
            card_support=card_support,
            public_base=public_base,
            lease_ms=settings.lease_ms,
            backlog_cap=settings.backlog_cap,
            chance=chance,
            rehearses=demo or settings.rehearsal,
        )
        self.look = Look(store, current, clock, self.desk.recorded, public_base)
        self.office = office_of(
            store,
            current,
            clock,
            ids.mint,
            core,
            self.look,
            self.stops.look_soon,
            dev=demo,
            rehearses=settings.rehearsal,
            codes=lambda: {dialect.name: dialect.codes() for dialect in self.dialects},
            public_base=public_base,
            access=Access(settings.admin_token, settings.session_idle_s, settings.session_longest_s),
        )
        reports = Pull(store, clock)
        # a new vendor is one line here
        self.dialects: tuple[Dialect, ...] = (
            Comms(self.desk, reports, clock, current, chance),
            Nxcloud(self.desk, reports, clock, current, chance),
            Alibaba(self.desk, reports, clock, current, chance, card_support),
            Yundashi(self.desk, reports, clock, current, chance),
        )

    async def count_backlog(self) -> None:
        """Keep the desk's picture of the backlog fresh; while the store is away the last one counts."""
        while True:
            try:
                self.desk.backlog = await self.store.backlog()
            except Refused as refused:
                _LOG.warning("the backlog could not be counted", reason=refused.reason)
            self.tally.set("accept_backlog", n=self.desk.backlog)
            await asyncio.sleep(_BACKLOG_EVERY_S)


def bounds_of(settings: Settings, edge: Edge, tally: Tally) -> Bounds:
    """Return the bounds of a listener."""
    bounds = Bounds(
        head_bytes=settings.request_limit_bytes,
        deadline_s=settings.header_deadline_s,
        connections=settings.max_connections,
        too_large=edge.too_large,
        tally=tally,
    )
    if bounds.connections < settings.max_connections:
        _LOG.warning(
            "open files are limited, so fewer connections are taken; ulimit -n raises it",
            connections=bounds.connections,
            max_connections=settings.max_connections,
        )
    return bounds


def edge_of(settings: Settings, part: Reception, *, elsewhere: Counters | None = None) -> Edge:
    """Return the application that the API listener serves. `elsewhere`: what another process has counted."""
    own = native(
        part.office,
        part.desk,
        body_limit=settings.request_limit_bytes,
        admin_token=settings.admin_token,
        allowed_hosts=settings.allowed_hosts,
        proxies=settings.trusted_proxies,
    )
    health = watch(
        part.store, part.tally, backlog_cap=settings.backlog_cap, metrics=settings.metrics, elsewhere=elsewhere
    )
    mounts: dict[str, Asgi] = {"/v1": own, "/c": part.pages, "/l": part.pages, "/docs": handbook(), **health}
    return Edge(
        part.dialects,
        part.desk,
        part.clock,
        part.tally,
        body_limit=settings.request_limit_bytes,
        mounts=mounts,
        trusted_proxies=settings.trusted_proxies,
    )


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
