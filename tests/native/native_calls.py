"""What the tests of /v1 share: a world with two projects, and a way to ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from hongyan.assemble import System, running
from hongyan.model.world import Declared, Key, Project
from hongyan.settings import load
from hongyan.testing.demo import DEV_DEFAULTS, demo_world, to_seed

TOKEN = "operator-token"
OTHERS: tuple[Declared, ...] = (
    Project(name="other", paid_in="5"),
    Key(project="other", dialect="native", name="robot", secret="s3cret"),
    Key(project="other", dialect="native", name="off", secret="s3cret", enabled=False),
)


class Said(NamedTuple):
    status: int
    body: Any
    headers: Any


class Api:
    """Asks a running system's /v1."""

    def __init__(self, system: System, session: aiohttp.ClientSession) -> None:
        self.system, self._session = system, session

    async def __call__(
        self, method: str, path: str, *, json: Any = None, headers: dict[str, str] | None = None, data: Any = None
    ) -> Said:
        url = self.system.api_url + path
        async with self._session.request(method, url, json=json, headers=headers, data=data) as reply:
            body = await reply.json() if "json" in reply.headers.get("content-type", "") else await reply.read()
            return Said(reply.status, body, reply.headers)

    async def story(self, any_id: str) -> Any:
        """Return a timeline, asking again while a refusal is on its way to the store."""
        async with asyncio.timeout(10):
            while True:
                said = await self("GET", f"/v1/messages/{any_id}")
                if said.status == 200:
                    return said.body
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(folder: Path, *, dev: bool) -> AsyncIterator[Api]:
    """Run a whole system on free ports."""
    settings = load(
        {
            "data_dir": folder,
            "api_port": 0,
            "console_port": 0,
            "admin_token": TOKEN,
            "receipt_delay_s": 0.05,
            "request_limit_bytes": 1 << 20,
        },
        defaults=DEV_DEFAULTS,
    )
    world = (*demo_world(settings), *OTHERS)
    async with (
        running(settings, demo=dev, seed=lambda known: to_seed(world, known.things)) as system,
        aiohttp.ClientSession() as session,
    ):
        yield Api(system, session)
