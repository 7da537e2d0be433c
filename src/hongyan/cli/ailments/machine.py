"""What can be wrong with the machine: Python, its clock, how many files may be open, who listens at our ports."""

import ctypes
import errno
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hongyan.cli.ailments import Finding, fail, ok, warn
from hongyan.settings import Settings
from hongyan.testing.http import Unreachable, call

_FEW_FILES = 4096
_OLDEST_PYTHON = (3, 11)
_YEAR_OF_WRITING = 1_735_689_600
_TIMEX_OCTETS, _UNSYNCHRONISED = 512, 5
_LISTENING = "0A"
_MOST_WORDS = 60


def python() -> Finding:
    """Look at the interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        return fail("python", f"{version} is too old.", "install Python 3.11 or newer.")
    return ok("python", version)


def clock() -> Finding:
    """Look whether the clock can be right, and whether something keeps it right."""
    if time.time() < _YEAR_OF_WRITING:
        return fail("clock", "it stands in the past; signed requests will be refused.", "timedatectl set-ntp true")
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    if _nobody_keeps_it():
        return warn(
            "clock", f"{shown}; nothing keeps it right, and seals fail when it is off.", "timedatectl set-ntp true"
        )
    return ok("clock", shown)


def _nobody_keeps_it() -> bool:
    """Return whether the kernel knows that no time server sets its clock; False where it cannot be asked."""
    with suppress(OSError, AttributeError):
        asked = ctypes.create_string_buffer(_TIMEX_OCTETS)  # all zero: change nothing, only tell
        return bool(ctypes.CDLL(None).adjtimex(asked) == _UNSYNCHRONISED)
    return False


def open_files(connections: int) -> Finding:
    """Look how many connections the process may hold."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < min(connections, _FEW_FILES):
        return warn(
            "open files",
            f"at most {hard}, so fewer connections than max_connections = {connections}.",
            "ulimit -Hn 65536; under systemd LimitNOFILE=65536",
        )
    return ok("open files", "no limit" if hard == resource.RLIM_INFINITY else f"up to {hard}")


def ports(settings: Settings) -> Iterator[Finding]:
    """Look at every port that the settings name."""
    yield listening("API", settings.api_host, settings.api_port, "api_port")
    yield listening("console", settings.console_host, settings.console_port, "console_port")
    for name, port, setting in (
        ("SMPP", settings.smpp_port, "smpp_port"),
        ("SMPP TLS", settings.smpp_tls_port, "smpp_tls_port"),
    ):
        if port >= 0:
            yield listening(name, settings.smpp_host, port, setting)


def listening(name: str, host: str, port: int, setting: str) -> Finding:
    """Look whether a port is free, or ours already."""
    what = f"{name} port"
    if port == 0:
        return ok(what, "any free one.")
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if name == "API" and (ours := _ours(what, shown)):
        return ours
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        return _taken(what, host, shown, port, setting, error)
    return ok(what, f"{shown} is free.")


def _taken(what: str, host: str, shown: str, port: int, setting: str, error: OSError) -> Finding:
    host_setting = setting.partition("_")[0] + "_host"
    if isinstance(error, socket.gaierror):
        return fail(what, f"no address is named {host!r}.", f'{host_setting} = "127.0.0.1"')
    if isinstance(error, PermissionError):
        return fail(what, f"{shown} may be taken by root alone.", f"{setting} = {port + 8000}")
    if error.errno == errno.EADDRNOTAVAIL:
        return fail(what, f"this machine has no address {host}.", f'{host_setting} = "0.0.0.0"')
    who = holder(port)
    if who is None:
        return warn(what, f"{shown} is not free ({error.strerror}).", f"{setting} = {port + 10}")
    pid, command = who
    if "hongyan" in command:
        return ok(what, f"{shown} is held by {command} (process {pid}).")
    other = f"kill {pid}, or another port: {setting} = {port + 10}"
    return warn(what, f"{shown} is taken by {command} (process {pid}).", other)


def _ours(what: str, shown: str) -> Finding | None:
    try:
        reply = call("GET", f"http://{shown.replace('0.0.0.0', '127.0.0.1')}/readyz", timeout_s=5)  # noqa: S104 - replaced, not bound
    except Unreachable:
        return None
    if reply.body.startswith(b'{"ready": true'):
        return ok(what, f"hongyan runs at {shown} and is ready.")
    if reply.body.startswith(b'{"ready"'):
        return fail(
            what, f"hongyan runs but is not ready: {reply.body.decode().strip()}", "journalctl -u hongyan -n 50"
        )
    return None


def holder(port: int) -> tuple[int, str] | None:
    """Return process id and command of whoever listens at a port, as far as /proc tells us."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        with suppress(OSError):
            if any(str(one.readlink()) in inodes for one in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                return int(process.name), command[:_MOST_WORDS]
    return None


def _inodes(port: int) -> Iterator[str]:
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path("/proc/net", name).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]
