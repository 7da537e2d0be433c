"""`hongyan export --number N`: everything held about a number, for whoever asks what we know of them."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from hongyan.assemble import open_store
from hongyan.cli.exits import Exit
from hongyan.cli.options import Config, Data
from hongyan.cli.printing import print_json
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.model.tally import Tally
from hongyan.operate.journal import Journal
from hongyan.operate.person import Person, held, person, records
from hongyan.settings import Settings, load
from hongyan.text.numbers import masked

BY_HAND = Actor(name="operator", role=Role.ADMIN, via="cli")
Number = Annotated[str, typer.Option("--number", help="The number, country code first: +8613800138000.")]


def export(
    number: Number,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file, which only you can read.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Print everything held about a number as JSON. Exit code 1 when nothing is."""
    who = person(number)
    found = asyncio.run(_export(load({"data_dir": data}, config=config), who))
    if out is None:
        print_json(found)
    else:
        _write(out, found)
    if not any(value for value in found.values() if isinstance(value, list)):
        raise typer.Exit(Exit.NO)


async def _export(settings: Settings, who: Person) -> dict[str, Any]:
    clock = SystemClock()
    store = open_store(settings, clock, Tally())
    await store.open()
    try:
        found = records(who, await held(store, who), clock.now_ms())
        await Journal(store, clock).note(BY_HAND, "person.export", masked(who.digits))
    finally:
        await store.close()
    return found


def _write(path: Path, found: dict[str, Any]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Misconfigured(str(path), f"cannot be written ({error.strerror}).", "another --out") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        print_json(found, file)
