"""A backup as a file: gzipped JSON lines that anybody can read (`zcat`), with a hash of all lines at its end.

First a header, then for each table a head and its rows, one a line, then the trailer. The file gets its name when
it is whole and on disk, so a backup that was cut off never looks like one. Knows no engine: see `Copy`.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import Struct

from hongyan.model.errors import Misconfigured

FORMAT = 1
ROWS_AT_ONCE = 1000
LEFT_OUT = frozenset({"alembic_version", "sessions"})
"""tables that no backup holds: the version is in the header, and who restores logs in anew"""
_LIGHT = 3
"""of gzip's nine: the road should not wait for a processor"""


class Header(Struct, kw_only=True, forbid_unknown_fields=True):
    """First line of a backup."""

    hongyan_backup: int = FORMAT
    schema: str
    """version of the tables"""
    made_at: int
    program: str
    engine: str
    master_key: str = ""
    """only when it was asked for"""


class TableHead(Struct, frozen=True, forbid_unknown_fields=True):
    """What the rows after it are."""

    table: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    """of each column: whole, text, fact or octets"""


class Trailer(Struct, kw_only=True, forbid_unknown_fields=True):
    """Last line of a backup."""

    rows: dict[str, int]
    sha256: str
    """of all lines before, as they were before gzip"""


Piece = TableHead | list[Sequence[Any]]
"""a table begins, or some of its rows"""
Progress = Callable[[str, int], None]
"""told now and then: table, rows of it so far"""


class Snapshot(NamedTuple):
    """A database at one moment."""

    schema: str
    pieces: AsyncIterator[Piece]


class Copy(Protocol):
    """What each engine does for backups."""

    engine: str

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """Hold one moment while the block reads it; servers go on writing. Raises Misconfigured."""
        ...

    async def refuse_use(self, *, force: bool) -> None:
        """Raise Misconfigured while a server runs on the database, or, unless forced, when there is one."""
        ...

    async def load(self, schema: str, pieces: Iterator[Piece], progress: Progress) -> None:
        """Make the database what the pieces say, all of it or nothing, then lead it to the latest tables."""
        ...


class Checked(NamedTuple):
    """What a whole backup says about itself."""

    header: Header
    rows: Mapping[str, int]
    key_ids: frozenset[str]
    """of the master keys under which its secrets are sealed"""


async def write(path: Path, header: Header, pieces: AsyncIterator[Piece], progress: Progress) -> Trailer:
    """Write a backup; return how it ended. The file is there when all of it is on disk. Raises Misconfigured."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_LIGHT, filename="") as out:
                trailer = await _written(out, header, pieces, progress)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Misconfigured(str(path), f"cannot be written ({error.strerror}).", "another place for the file") from None
    finally:
        beside.unlink(missing_ok=True)
    return trailer


async def _written(out: gzip.GzipFile, header: Header, pieces: AsyncIterator[Piece], progress: Progress) -> Trailer:
    encoder, digest = msgspec.json.Encoder(), hashlib.sha256()
    rows: dict[str, int] = {}
    table = ""

    def put(lines: bytes) -> None:
        digest.update(lines)
        out.write(lines)

    put(encoder.encode(header) + b"\n")
    async for piece in pieces:
        if isinstance(piece, TableHead):
            table = piece.table
            rows[table] = 0
            put(encoder.encode(piece) + b"\n")
        else:
            rows[table] += len(piece)
            put(encoder.encode_lines(piece))
            progress(table, rows[table])
    trailer = Trailer(rows=rows, sha256=digest.hexdigest())
    out.write(encoder.encode(trailer) + b"\n")
    return trailer


def sync_folder(folder: Path) -> None:
    """Have a folder's names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(path: Path) -> Checked:
    """Read a backup to its end and hold it against its own hash. Raises Misconfigured."""
    digest, counted, sealed = hashlib.sha256(), dict[str, int](), set[str]()
    table, header, trailer = "", _header_of(path), None
    for line in _lines(path):
        if trailer is not None:
            raise _broken(path, "something follows its end")
        if line.startswith(b'{"rows"'):
            trailer = _decoded(path, line, Trailer)
            continue
        digest.update(line)
        if line.startswith(b'{"table"'):
            table = _decoded(path, line, TableHead).table
            counted[table] = 0
        elif line.startswith(b"["):
            counted[table] = counted.get(table, 0) + 1
            if table == "world_items":
                sealed |= _key_ids(line)
    if trailer is None:
        raise _broken(path, "its end is missing")
    if trailer.sha256 != digest.hexdigest() or trailer.rows != counted:
        raise _broken(path, "it does not match its own hash")
    return Checked(header, counted, frozenset(sealed))


def _key_ids(line: bytes) -> set[str]:
    secrets = msgspec.json.decode(line)[-1]
    return {text.split(".")[1] for text in msgspec.json.decode(secrets).values()} if secrets else set()


def pieces(path: Path) -> Iterator[Piece]:
    """Yield the tables of a checked backup."""
    head = TableHead("", (), ())
    for rows, lines in groupby(_lines(path), key=lambda line: line.startswith(b"[")):
        if not rows:
            for line in lines:
                if line.startswith(b'{"table"'):
                    head = _decoded(path, line, TableHead)
                    yield head
            continue
        decoder = _decoder(head)
        batch: list[Sequence[Any]] = []
        for line in lines:
            batch.append(decoder.decode(line))
            if len(batch) == ROWS_AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch


def _decoder(head: TableHead) -> msgspec.json.Decoder[tuple[Any, ...]]:
    kinds: dict[str, Any] = {"octets": bytes}
    return msgspec.json.Decoder(tuple[tuple(kinds.get(kind, Any) for kind in head.kinds)])  # type: ignore[misc] # made of the head


def _header_of(path: Path) -> Header:
    first = next(_lines(path), b"")
    if not first.startswith(b'{"hongyan_backup"'):
        raise Misconfigured(str(path), "is no backup of hongyan.", "name a file that `hongyan backup` made.")
    header: Header = _decoded(path, first, Header)
    if header.hongyan_backup != FORMAT:
        raise Misconfigured(str(path), f"is a backup of form {header.hongyan_backup}.", "restore it with that hongyan.")
    return header


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except EOFError:
        raise _broken(path, "its end is missing") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _broken(path, str(error)) from None
    except OSError as error:
        raise Misconfigured(str(path), f"cannot be read ({error.strerror}).", "check the path.") from None


def _decoded(path: Path, line: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError as error:
        raise _broken(path, str(error)) from None


def _broken(path: Path, why: str) -> Misconfigured:
    return Misconfigured(str(path), f"is not a whole backup: {why}.", "use another one; this one is damaged.")
