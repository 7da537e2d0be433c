"""`hongyan simulate` in a process that can be killed and started again on its port: carriers' gateways as they are."""

import asyncio
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from operate.dev_process import environment


class Outside:
    """One gateway. `port` stays the same when it comes back."""

    def __init__(self, folder: Path, protocol: str, *options: str) -> None:
        self.protocol, self.port = protocol, 0
        self._folder, self._options = folder, options
        self._control = 0
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """Listen."""
        ready = self._folder / f"{self.protocol}.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "hongyan", "simulate", self.protocol, "--port", str(self.port), *self._options]
        with (self._folder / f"{self.protocol}.txt").open("w") as said:
            self._process = await asyncio.create_subprocess_exec(
                *command, "--http-port", "0", "--json", "--ready-file", str(ready),
                stdout=said, stderr=said, env=environment(),
            )  # fmt: skip
        until = time.monotonic() + 60
        while not ready.exists():
            assert self._process.returncode is None, (self._folder / f"{self.protocol}.txt").read_text()
            assert time.monotonic() < until, "it did not start in time"
            await asyncio.sleep(0.02)
        ports = json.loads(ready.read_text())
        self.port, self._control = ports[self.protocol], ports["http"]

    async def kill(self) -> None:
        """Be gone, in the middle of whatever is going on."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def counts(self) -> dict[str, int]:
        """Return what it has done since it began."""
        counts: dict[str, int] = (await fetched(f"http://127.0.0.1:{self._control}/"))[self.protocol]
        return counts


async def fetched(url: str, body: Any = None, **headers: str) -> Any:
    """Return the decoded answer to a GET, or to a POST of JSON."""
    data = None if body is None else json.dumps(body).encode()

    def ask() -> Any:
        with urlopen(Request(url, data, headers), timeout=20) as answer:
            return json.load(answer)

    return await asyncio.to_thread(ask)
