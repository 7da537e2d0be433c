"""What can be wrong with the data directory: its owner, its mode, the disk below it."""

import getpass
import os
import shlex
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from hongyan.cli.ailments import Finding, fail, ok, warn

_SLOW_FSYNC_MS = 20
_GIB = 1 << 30
_FULL_OCTETS, _NEARLY_FULL_OCTETS, _NEARLY_FULL_SHARE = 64 << 20, _GIB, 0.05
_OVER_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "davfs"}
)
_PASSING = frozenset({"tmpfs", "ramfs", "overlay"})


def data_directory(path: Path, *, holds_database: bool) -> Iterator[Finding]:
    """Look whether the data directory can be written, and what is below it."""
    there = next((one for one in (path, *path.resolve().parents) if one.is_dir()), Path("/"))
    try:
        middle_ms = _fsync_ms(there)
    except OSError as error:
        yield fail("data directory", f"{path} cannot be written ({error.strerror}).", _to_own(path, there))
        return
    if path.is_dir() and path.stat().st_mode & 0o022:
        yield warn(
            "data directory",
            f"others on this machine may put files into {path}.",
            f"chmod 700 {shlex.quote(str(path))}",
        )
    else:
        yield ok("data directory", str(path) if path.is_dir() else f"{path} will be made at the first start.")
    if holds_database:
        yield _kind(path, there)
        says = f"a commit waits {middle_ms:.1f} ms for the disk."
        slow = middle_ms > _SLOW_FSYNC_MS
        yield (
            warn("disk", says, 'a directory on a local SSD: data_dir = "/var/lib/hongyan"')
            if slow
            else ok("disk", says)
        )
    yield _room(path, there)


def _fsync_ms(folder: Path) -> float:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x" * 4096)
        took = []
        for _ in range(5):
            file.write(b"x")
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return sorted(took)[2] * 1000


def _to_own(path: Path, there: Path) -> str:
    name = shlex.quote(str(path.resolve()))
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        user = str(os.geteuid())
    own = f"sudo chown -R {user} {name}"
    return own if there == path else f"sudo mkdir -p {name} && {own}"


def _kind(path: Path, there: Path) -> Finding:
    kind = file_system(there)
    if kind in _OVER_NETWORK:
        return fail(
            "file system",
            f"{path} lies on {kind}: SQLite's file breaks over a network.",
            'data_dir = "/var/lib/hongyan" on a local disk, or database_url = "postgresql://…"',
        )
    if kind in _PASSING:
        return warn(
            "file system",
            f"{path} lies on {kind}: it is gone with the container, or at the next boot.",
            "a volume (-v hongyan-data:/data), or a directory on a disk",
        )
    return ok("file system", kind or "unknown")


def file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the type of the file system that a path lies on; "" where nobody tells."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    found, kind = -1, ""
    for fields in map(str.split, lines):
        place = Path(fields[4].replace("\\040", " "))
        if path.resolve().is_relative_to(place) and len(place.parts) >= found:
            found, kind = len(place.parts), fields[fields.index("-") + 1]
    return kind


def _room(path: Path, there: Path) -> Finding:
    state = os.statvfs(there)
    free, whole = state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize
    says = f"{free / _GIB:.1f} GiB free of {whole / _GIB:.1f}."
    fix = f"df -h {shlex.quote(str(there))}; a larger disk, or fewer days kept: retention_days = 30"
    if free < _FULL_OCTETS:
        return fail("room", f"{says} {path} is full.", fix)
    if free < _NEARLY_FULL_OCTETS or free < whole * _NEARLY_FULL_SHARE:
        return warn("room", says, fix)
    return ok("room", says)
