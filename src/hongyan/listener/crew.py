"""The fronts: processes that listen in the core's place and hand it what they accept. Started, watched, ended here.

A front that dies is started again; what it had accepted is on disk in the core, what it had not answered yet its
callers ask for again. The port stays open in the core, so that nobody is turned away meanwhile.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from socket import socket
from typing import Any

import structlog

from hongyan.model.errors import Misconfigured

READY = b"ready\n"
_START_S, _END_S = 60.0, 15.0
_AGAIN_FIRST_S, _AGAIN_LONGEST_S = 0.2, 30.0

_log = structlog.get_logger("hongyan.fronts")


class Crew:
    """So many fronts on one port. `told` is what each is told on its standard input, as JSON."""

    def __init__(self, fronts: int, listening: socket, core: Path, told: Mapping[str, Any]) -> None:
        self._fronts, self._listening, self._core, self._told = fronts, listening, core, told
        self._watching: list[asyncio.Task[None]] = []
        self._children: dict[int, asyncio.subprocess.Process] = {}

    async def start(self) -> None:
        """Start them; when this returns, all take requests. Raises Misconfigured."""
        self._listening.listen(2048)
        loop = asyncio.get_running_loop()
        started = await asyncio.gather(*(self._born(number) for number in range(1, self._fronts + 1)))
        for number, child in enumerate(started, 1):
            self._watching.append(loop.create_task(self._watch(number, child), name=f"front-{number}"))

    async def stop(self) -> None:
        """Have them take no more connections, answer what was asked, and end."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        for child in self._children.values():
            if child.returncode is None:
                child.terminate()
        for child in self._children.values():
            try:
                async with asyncio.timeout(_END_S):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()

    async def _born(self, number: int) -> asyncio.subprocess.Process:
        """Start one; return it once it takes requests."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hongyan.front",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=[self._listening.fileno()],
        )
        self._children[number] = child
        assert child.stdin is not None
        assert child.stdout is not None
        told = {**self._told, "number": number, "listening": self._listening.fileno(), "core": str(self._core)}
        child.stdin.write(json.dumps(told).encode() + b"\n")  # it stays open: its end tells the front that we are gone
        try:
            async with asyncio.timeout(_START_S):
                said = await child.stdout.readline()
        except TimeoutError:
            said = b""
        if said != READY:
            raise Misconfigured(f"front {number}", "did not start; its own words are above.", "HONGYAN_FRONTS=0")
        return child

    async def _watch(self, number: int, child: asyncio.subprocess.Process) -> None:
        pause_s = _AGAIN_FIRST_S
        while True:
            code = await child.wait()
            _log.error("a front ended by itself; it is started again", front=number, code=code)
            while True:
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _AGAIN_LONGEST_S)
                try:
                    child = await self._born(number)
                except Misconfigured:
                    continue
                break
