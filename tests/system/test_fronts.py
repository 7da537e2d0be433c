"""Fronts: processes that take requests while the core writes and sends. Any of them may die at any moment."""

import asyncio
import os
import random
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from system.killable import Gateway, audit, kill_under_load, see_all_end, send_until_dead


async def until(holds: Callable[[], bool], what: str) -> None:
    late = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < late, what
        await asyncio.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it ended since it was listed
        return False


def fronts_of(core: int) -> list[int]:
    children = psutil.Process(core).children()
    living = [one for one in children if _lives(one)]
    return [one.pid for one in living if "hongyan.front" in one.cmdline()]


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        text: str = answer.read().decode()
        return text


async def test_the_core_killed_nothing_is_lost_and_no_front_stays_behind(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, fronts="2")
    await gateway.declare()
    accepted = await kill_under_load(gateway, 3, random.Random(3))
    await see_all_end(gateway)
    await audit(gateway, accepted)


async def test_a_front_that_dies_is_started_again_and_loses_nothing(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, fronts="1")
    await gateway.declare()
    accepted: list[int] = []
    async with gateway.serving() as (process, url):
        assert process.pid is not None
        for turn in range(2):
            await asyncio.to_thread(read, f"{url}/livez")  # whoever takes requests now is killed, not one that starts
            (front,) = fronts_of(process.pid)
            load = asyncio.create_task(send_until_dead(url, accepted, 10, random.Random(turn)))
            await asyncio.sleep(0.2)
            os.kill(front, signal.SIGKILL)
            await load
            await until(lambda front=front: fronts_of(process.pid) not in ([], [front]), "no new front")  # type: ignore[misc] # bound now
        metrics = await asyncio.to_thread(read, f"{url}/metrics")  # waits until the new one takes requests
        taken = next(line for line in metrics.splitlines() if line.startswith("hongyan_send_handed_total"))
        assert float(taken.rsplit(" ", 1)[1]) > 0, "what the core counted is shown by a front"
    await see_all_end(gateway)
    await audit(gateway, accepted)


async def test_fronts_end_with_their_core(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, fronts="2")
    await gateway.declare()
    async with gateway.serving() as (process, _):
        assert process.pid is not None
        fronts = fronts_of(process.pid)
        assert len(fronts) == 2
        process.kill()
    await until(lambda: not any(map(psutil.pid_exists, fronts)), "a front outlived its core")
