"""`hongyan erase --number N`: takes a number out of everything we hold, for whoever asks to be forgotten."""

import asyncio
import sys
from typing import Annotated

import typer
from sqlalchemy import text

from hongyan.assemble import open_store
from hongyan.cli.exits import Exit
from hongyan.cli.export import BY_HAND, Number
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.model.tally import Tally
from hongyan.operate.forget import Erased, planned, unfinished
from hongyan.operate.forget import erase as forget
from hongyan.operate.journal import Journal
from hongyan.operate.person import Person, held, person
from hongyan.settings import Settings, load
from hongyan.text.numbers import masked


def erase(
    number: Number,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, change nothing.")] = False,
    forget_stop: Annotated[
        bool, typer.Option("--forget-stop", help="Off the stop lists, too: the number may be written to again.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Erase a number and its texts everywhere; money still adds up. Refused while a message to it is under way."""
    who, settings = person(number), load({"data_dir": data}, config=config)
    done, erased = asyncio.run(
        _erase(settings, who, dry_run=dry_run, forget_stop=forget_stop, ask=not (yes or as_json), show=not as_json)
    )
    if as_json:
        print_json({**done._asdict(), "erased": erased})
    elif not erased:
        print_lines("nothing was changed.")
        if not dry_run:
            raise typer.Exit(Exit.NO)
    else:
        print_lines("erased. Backups made before still hold it, and carriers' and callers' own logs may.")


async def _erase(
    settings: Settings, who: Person, *, dry_run: bool, forget_stop: bool, ask: bool, show: bool
) -> tuple[Erased, bool]:
    clock = SystemClock()
    store = open_store(settings, clock, Tally())
    await store.open()
    try:
        found = await held(store, who)
        done = planned(found, forget_stop=forget_stop)
        if show:
            print_lines(text_of(done, kept_stops=0 if forget_stop else len(found.rows["stops"])))
        if not dry_run and (under_way := unfinished(found)):
            raise Misconfigured(
                masked(who.digits),
                f"{under_way.messages} messages to it are under way, the last until {under_way.until}.",
                "erase it once they have ended; `hongyan messages --to` shows them.",
            )
        if dry_run or not _anything(done) or (ask and not _agreed()):
            return done, False
        if not settings.database_url:
            await store.change(text("PRAGMA secure_delete = ON"))  # what goes is overwritten in the file, too
        await forget(store, who, found, clock.now_ms(), forget_stop=forget_stop)
        await Journal(store, clock).note(
            BY_HAND, "person.erase", masked(who.digits), messages=done.blanked.get("messages", 0), stops=done.stops
        )
    finally:
        await store.close()
    return done, True


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise Misconfigured("erase", "nobody is there to be asked.", "--yes")
    return typer.confirm("erase this? it cannot be undone")


def _anything(done: Erased) -> bool:
    return bool(done.blanked or done.deleted or done.masked or done.stops)


def text_of(done: Erased, kept_stops: int) -> str:
    """Return what would be done as lines."""
    lines = [f"~ {count} {name}: number, texts and ids blanked" for name, count in done.blanked.items()]
    lines += [f"- {count} {name}" for name, count in done.deleted.items()]
    lines += [
        f"~ {count} {name} about something else: the number in them blanked" for name, count in done.masked.items()
    ]
    if done.stops:
        lines.append(f"- off {done.stops} stop lists: it may be written to again")
    if kept_stops:
        lines.append(f"= on {kept_stops} stop lists, which stays: it protects the person (--forget-stop drops it)")
    lines += [
        f"! {name} is declared with the number: take it out of the world file and apply it" for name in done.declared
    ]
    return "\n".join(lines) or "nothing is held about this number."
