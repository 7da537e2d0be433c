"""`hongyan backup FILE`: everything in the database at one moment, in one file, while a server goes on writing."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from hongyan import __version__
from hongyan.assemble import copy_of
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.settings import Settings, load, master_key_of
from hongyan.store import archive
from hongyan.store.archive import Header, Trailer
from hongyan.store.migrate import LATEST

_EVERY_S = 1.0


def backup(
    file: Annotated[Path, typer.Argument(help="Where the backup goes, such as hongyan-backup.jsonl.gz.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the master key in, too: who has the file can open all secrets.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Write everything in the database to one file, also while a server runs. The master key is not in it."""
    settings = load({"data_dir": data}, config=config)
    if file.exists() and not force:
        raise Misconfigured(str(file), "there is a file already.", "another name, or --force to replace it.")
    trailer = asyncio.run(_backup(settings, file, with_key=with_key))
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "octets": size, "rows": trailer.rows, "with_key": with_key})
        return
    print_lines(f"{file}: {sum(trailer.rows.values()):,} rows of {len(trailer.rows)} tables, {size:,} octets.")
    if with_key:
        print_lines("The master key is in it: keep the file as you keep the key.")
    else:
        print_lines(
            f"The master key is not in it, and without it no secret opens. Keep it apart: {key_place(settings)}"
        )


async def _backup(settings: Settings, file: Path, *, with_key: bool) -> Trailer:
    copy = copy_of(settings)
    async with copy.snapshot() as found:
        if found.schema > LATEST:
            raise Misconfigured(
                "database", f"its tables are of version {found.schema}.", "back it up with its hongyan."
            )
        header = Header(
            schema=found.schema,
            made_at=SystemClock().now_ms(),
            program=__version__,
            engine=copy.engine,
            master_key=_key(settings) if with_key else "",
        )
        return await archive.write(file, header, found.pieces, Telling())


def _key(settings: Settings) -> str:
    """Return the master key; a lost one is not made anew. Raises Misconfigured."""
    place = settings.data_dir / "master.key"
    if not (settings.master_key or settings.database_url or place.exists()):
        raise Misconfigured(str(place), "there is no master key.", "put it there, or leave out --with-key.")
    return master_key_of(settings)


def key_place(settings: Settings) -> str:
    """Return where the master key is, as people read it."""
    if settings.master_key:
        return (
            settings.master_key.removeprefix("file:")
            if settings.master_key.startswith("file:")
            else "HONGYAN_MASTER_KEY"
        )
    return str(settings.data_dir / "master.key")


class Telling:
    """Says on a terminal's standard error how far long work is, once a second."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _EVERY_S

    def __call__(self, table: str, rows: int) -> None:
        """Say it when a second is over."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_S
            print(f"  {table}: {rows:,} rows", file=sys.stderr, flush=True)
