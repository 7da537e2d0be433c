"""`hongyan doctor`: looks at the machine, the settings, the database and what is declared; each finding has its fix."""

import asyncio
from collections.abc import Iterator

import typer

from hongyan.assemble import examined, open_store
from hongyan.cli.ailments import Finding, database, declared, disk, fail, keys, lines, machine, ok
from hongyan.cli.exits import Exit
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.settings import Settings, load
from hongyan.store.examined import Barred, Examined
from hongyan.store.migrate import LATEST

_NEXT, _UNDER = "\n", " " * len("      fix: ")
_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """Check everything that can be wrong on this machine; exit code 1 when something is. Changes nothing."""
    settings = load({"data_dir": data}, config=config)
    findings = [*_of_machine(settings), *asyncio.run(_of_database(settings))]
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            print_lines(f"{_MARKS[finding.state]}  {finding.what}: {finding.says}")
            if finding.fix:
                print_lines(f"      fix: {finding.fix.replace(_NEXT, _NEXT + _UNDER)}")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(Exit.NO)


def _of_machine(settings: Settings) -> Iterator[Finding]:
    yield machine.python()
    yield machine.clock()
    yield machine.open_files(settings.max_connections)
    yield from disk.data_directory(settings.data_dir, holds_database=not settings.database_url)
    yield from machine.ports(settings)


async def _of_database(settings: Settings) -> list[Finding]:
    file = settings.data_dir / "hongyan.db"
    if not settings.database_url and not file.exists():
        none = ok("database", f"none yet in {settings.data_dir}; the first start makes it.")
        return [keys.master_key(settings), none]
    try:
        found = await examined(settings)
    except Refused as error:
        why = error.facts.get("why")
        restored = "hongyan restore BACKUP --force makes it anew from a backup"
        return [fail("database", f"{file} cannot be read: {why}.", restored)]
    key = keys.master_key(settings, found.key_ids if isinstance(found, Examined) else frozenset())
    findings = [key, *database.of_database(settings, found, SystemClock().now_ms())]
    if isinstance(found, Barred) or found.schema != LATEST or "fail" in {one.state for one in findings}:
        return findings  # opening the store would change its tables, make a key or fail
    try:
        world = await _world(settings)
    except (Misconfigured, Refused) as error:
        return [*findings, fail("database", str(error), "hongyan apply world.toml declares everything again")]
    of_world = [*declared.of_world(world), *await lines.of_callbacks(world)]
    if "credentials" not in {one.what for one in of_world}:  # a developer's world needs nobody who logs in
        findings += keys.operators(settings, len(world.accounts))
    return findings + of_world + await lines.of_carriers(world)


async def _world(settings: Settings) -> World:
    store = open_store(settings, SystemClock(), Tally())
    await store.open()
    try:
        return await store.world()
    finally:
        await store.close()
