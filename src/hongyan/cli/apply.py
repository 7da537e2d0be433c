"""`hongyan apply world.toml`: make what is declared what the file says, after showing the difference."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hongyan.assemble import carrier_factories, open_store
from hongyan.cli.exits import Exit
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.declare.checks import check_world
from hongyan.declare.file import Placed, read_world
from hongyan.declare.plan import Plan, described, fields_of, plan
from hongyan.model.clock import SystemClock
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig
from hongyan.settings import Settings, load


def apply(
    file: Annotated[Path, typer.Argument(help="The world file (TOML).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what the file does not mention.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Declare projects, keys, templates, prices, carriers and routes from a file; a running server follows."""
    settings = load({"data_dir": data}, config=config)
    placed = read_world(file)
    found, applied = asyncio.run(
        _apply(settings, placed, dry_run=dry_run, prune=prune, show=not as_json, ask=not (yes or as_json))
    )
    if as_json:
        print_json(_as_json(found, prune=prune) | {"applied": applied})
    elif applied:
        print_lines("applied; a running server follows within a second.")
    elif not dry_run and (found.puts() or (prune and found.absent)):
        print_lines("nothing was changed.")
        raise typer.Exit(Exit.NO)


async def _apply(
    settings: Settings, placed: list[Placed], *, dry_run: bool, prune: bool, show: bool, ask: bool
) -> tuple[Plan, bool]:
    clock = SystemClock()
    store = open_store(settings, clock, Tally())
    await store.open()
    try:
        declared = (await store.world()).things
        check_world(placed, () if prune else declared)
        _check_carriers(placed)
        found = plan(declared, [one.thing for one in placed])
        if show:
            print_lines(text_of(found, prune=prune))
        drops = found.drops() if prune else []
        if dry_run or not (found.puts() or drops):
            return found, False
        if ask and sys.stdin.isatty() and not typer.confirm("apply this?"):
            return found, False
        await store.declare(found.puts(), drops, clock.now_ms())
        return found, True
    finally:
        await store.close()


def _check_carriers(placed: list[Placed]) -> None:
    factories = carrier_factories(SystemClock())
    for one in placed:
        if isinstance(one.thing, CarrierConfig):
            factories[one.thing.protocol](one.thing)


def text_of(found: Plan, *, prune: bool) -> str:
    """Return a plan as lines: + added, ~ changed field by field, - removed, ? not in the file."""
    lines: list[str] = []
    for thing in found.added:
        fields = ", ".join(f"{name} = {value}" for name, value in fields_of(thing).items())
        lines.append(f"+ {described(thing)}: {fields}")
    for change in found.changed:
        lines.append(f"~ {described(change.thing)}")
        lines += [f"    {one.field}: {one.before} -> {one.after}" for one in change.differences]
    mark, behind = ("-", "") if prune else ("?", " (declared, not in the file; --prune removes it)")
    lines += [f"{mark} {described(thing)}{behind}" for thing in found.absent]
    lines.append(
        f"{len(found.added)} to add, {len(found.changed)} to change, "
        f"{len(found.absent) if prune else 0} to remove, {found.unchanged} as they are"
    )
    return "\n".join(lines)


def _as_json(found: Plan, *, prune: bool) -> dict[str, Any]:
    return {
        "added": [{"what": described(thing), "fields": fields_of(thing)} for thing in found.added],
        "changed": [
            {"what": described(one.thing), "fields": {name: [old, new] for name, old, new in one.differences}}
            for one in found.changed
        ],
        "removed": [described(thing) for thing in found.absent] if prune else [],
        "absent": [described(thing) for thing in found.absent],
        "unchanged": found.unchanged,
    }
