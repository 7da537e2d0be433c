"""`hongyan restore FILE`: makes the database what a backup says, all of it or nothing, while no server runs on it."""

import asyncio
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from hongyan.assemble import copy_of
from hongyan.cli.alone import alone
from hongyan.cli.backup import Telling, key_place
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.errors import Misconfigured
from hongyan.settings import Settings, load, master_key_of
from hongyan.store import archive
from hongyan.store.archive import Checked
from hongyan.store.migrate import LATEST
from hongyan.store.vault import Vault


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `hongyan backup` made.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only look whether the file is whole; change nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the database that is there.")] = False,
    any_key: Annotated[
        bool, typer.Option("--any-key", help="Go on with a master key that opens none of the backup's secrets.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make the database what a backup says. Refused while a server runs on it, or when there is one already."""
    settings = load({"data_dir": data}, config=config)
    found = archive.check(file)
    if found.header.schema > LATEST:
        raise Misconfigured(str(file), f"holds tables of version {found.header.schema}.", "a newer hongyan.")
    if not check:
        _restore(settings, file, found, force=force, any_key=any_key)
    if as_json:
        print_json({"restored": not check, "rows": found.rows, "schema": found.header.schema})
        return
    rows, made = sum(found.rows.values()), found.header
    print_lines(f"{file} is whole: {rows:,} rows, made {_day(made.made_at)} UTC by {made.program}.")
    if not check:
        print_lines("Restored. What waited to be sent when it was made is sent after the next start, if still valid.")


def _restore(settings: Settings, file: Path, found: Checked, *, force: bool, any_key: bool) -> None:
    copy = copy_of(settings)
    with alone(settings):
        asyncio.run(copy.refuse_use(force=force))
        key = _key_to_keep(settings, found, any_key=any_key, force=force)
        asyncio.run(copy.load(found.header.schema, archive.pieces(file), Telling()))
        if key is not None:
            _keep(settings.data_dir / "master.key", key)
            if settings.database_url:
                print_lines(f"Its master key: HONGYAN_MASTER_KEY=file:{settings.data_dir / 'master.key'}")


def _key_to_keep(settings: Settings, found: Checked, *, any_key: bool, force: bool) -> str | None:
    """Return the backup's own master key when the data directory is to have it. Raises Misconfigured."""
    inside, place = found.header.master_key, settings.data_dir / "master.key"
    if inside and not settings.master_key and (force or not place.exists()):
        return inside
    if not found.key_ids or any_key:
        return None
    wanted = ", ".join(sorted(found.key_ids))
    if not settings.master_key and not place.exists():
        raise Misconfigured(
            "master key",
            f"the backup's secrets are sealed with key {wanted}, and there is none here.",
            f"copy the old master.key to {place}; or --any-key, and declare all secrets again.",
        )
    mine = Vault(master_key_of(settings).encode()).key_id
    if found.key_ids - {mine}:
        raise Misconfigured(
            "master key",
            f"the backup's secrets are sealed with key {wanted}, the one at {key_place(settings)} is {mine}.",
            "put the old key there; or --any-key, and declare all secrets again.",
        )
    return None


def _keep(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    archive.sync_folder(path.parent)


def _day(ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(ms / 1000))
