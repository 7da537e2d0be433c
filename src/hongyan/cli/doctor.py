"""`hongyan doctor`: looks at the machine, the settings, the database and what is declared; each finding has its fix."""

import asyncio

import typer

from hongyan.assemble import open_store
from hongyan.cli import ailments
from hongyan.cli.ailments import Finding
from hongyan.cli.exits import Exit
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.settings import Settings, load

_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """Check everything that can be wrong on this machine; exit code 1 when something is."""
    settings = load({"data_dir": data}, config=config)
    findings = [*ailments.of_machine(settings), *asyncio.run(_of_database(settings))]
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            print_lines(f"{_MARKS[finding.state]}  {finding.what}: {finding.says}")
            if finding.fix:
                print_lines(f"      fix: {finding.fix}")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(Exit.NO)


async def _of_database(settings: Settings) -> list[Finding]:
    if not settings.database_url and not (settings.data_dir / "hongyan.db").exists():
        return [Finding("database", "ok", f"none yet in {settings.data_dir}; the first start makes it.", "")]
    try:
        world = await _world(settings)
    except (Misconfigured, Refused) as error:
        return [Finding("database", "fail", str(error), "check database_url, the server behind it and the master key.")]
    return [Finding("database", "ok", "reachable, its secrets open.", ""), *ailments.of_world(world)]


async def _world(settings: Settings) -> World:
    store = open_store(settings, SystemClock(), Tally())
    await store.open()
    try:
        return await store.world()
    finally:
        await store.close()
