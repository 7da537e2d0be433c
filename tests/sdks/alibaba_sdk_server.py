"""The demo world, running whole, for the vendor's own clients."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hongyan.assemble import System, running
from hongyan.cli.demo import demo_world, to_seed
from hongyan.model.world import Declared
from hongyan.settings import Settings

KEY_ID, SECRET = "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"


@asynccontextmanager
async def demo_system(tmp_path: Path, *more: Declared) -> AsyncIterator[System]:
    """Run everything on ports of its own, with more declared than the demo world has."""
    settings = Settings(data_dir=tmp_path, api_port=0, console_port=0, card_support="odd")
    demo = (*demo_world(settings), *more)
    async with running(settings, demo=True, seed=lambda world: to_seed(demo, world.things)) as system:
        yield system
