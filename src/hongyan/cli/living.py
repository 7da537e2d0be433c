"""The life of `dev` and `serve`: start the system, say that it is ready, wait for a signal, drain, end."""

import asyncio
import gc
import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from hongyan.assemble import System, running
from hongyan.cli.alone import alone
from hongyan.model.errors import Misconfigured
from hongyan.model.world import Declared, World
from hongyan.settings import Settings
from hongyan.watch import logs


def live(
    settings: Settings,
    *,
    ready: Callable[[System], None],
    ready_file: Path | None,
    demo: bool = False,
    seed: Callable[[World], Sequence[Declared]] | None = None,
    check: Callable[[World], None] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; return after everything is drained. Raises Misconfigured.

    The ready file is there while everything listens: a stale one is removed first, ours at the end.
    """
    logs.configure(level=settings.log_level, form=settings.log_format)
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)

    async def life() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running(settings, demo=demo, seed=seed, check=check) as system:
            _calm_collector()
            if ready_file is not None:
                write_ready(ready_file, system)
            ready(system)
            await stop.wait()

    with alone(settings):
        try:
            uvloop.run(life())
        finally:
            if ready_file is not None:
                ready_file.unlink(missing_ok=True)


def _calm_collector() -> None:
    """Let the cycle collector pass over what lives as long as the process, and look less often at what does not.

    The road's values hold no cycles; at Python's defaults the collector took a fifth of the CPU of a bulk send.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def write_ready(path: Path, system: System) -> None:
    """Write both addresses, whole or not at all."""
    text = json.dumps({"api": system.api_url, "console": system.console_url}) + "\n"
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        raise Misconfigured(str(path), f"the ready file cannot be written ({error.strerror}).") from None
