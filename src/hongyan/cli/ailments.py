"""What `hongyan doctor` can find: functions that each look at one thing and say how it is and what would mend it."""

import os
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hongyan.declare.checks import refuse_demo
from hongyan.declare.plan import described
from hongyan.ledger.price import PriceList
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Leg
from hongyan.model.world import App, CarrierConfig, Key, Project, Review, Signature, Template, World
from hongyan.settings import Settings, master_key_of
from hongyan.testing.http import Unreachable, call

_SLOW_FSYNC_MS = 20
_FEW_FILES = 4096
_OLDEST_PYTHON = (3, 11)
_YEAR_OF_WRITING = 1_735_689_600


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    state: str
    """ok, warn or fail"""
    says: str
    fix: str


def of_machine(settings: Settings) -> Iterator[Finding]:
    """Look at the machine and at what the settings name on it."""
    yield python()
    yield clock()
    yield open_files(settings.max_connections)
    yield from data_directory(settings.data_dir)
    yield master_key(settings)
    for name, host, port in (
        ("API", settings.api_host, settings.api_port),
        ("console", settings.console_host, settings.console_port),
    ):
        yield listening(name, host, port)


def python() -> Finding:
    """Look at the interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("python", "fail", f"{version} is too old.", "install Python 3.11 or newer.")
    return Finding("python", "ok", version, "")


def clock() -> Finding:
    """Look whether the clock can be right."""
    if time.time() < _YEAR_OF_WRITING:
        return Finding(
            "clock", "fail", "it stands in the past; signed requests will be refused.", "timedatectl set-ntp true"
        )
    return Finding("clock", "ok", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()), "")


def open_files(connections: int) -> Finding:
    """Look how many connections the process may hold."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < min(connections, _FEW_FILES):
        return Finding(
            "open files", "warn", f"at most {hard}, so fewer connections than max_connections.", "ulimit -Hn 65536"
        )
    return Finding("open files", "ok", "no limit" if hard == resource.RLIM_INFINITY else f"up to {hard}", "")


def data_directory(path: Path) -> Iterator[Finding]:
    """Look whether the data directory can be written, and how long the disk takes to keep something."""
    there = next((one for one in (path, *path.resolve().parents) if one.is_dir()), Path("/"))
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x" * 4096)
            took = []
            for _ in range(5):
                file.write(b"x")
                file.flush()
                began = time.perf_counter()
                os.fsync(file.fileno())
                took.append(time.perf_counter() - began)
    except OSError as error:
        yield Finding(
            "data directory", "fail", f"{path} cannot be written ({error.strerror}).", f"mkdir -p {path}, or --data DIR"
        )
        return
    yield Finding(
        "data directory", "ok", str(path) if path.is_dir() else f"{path} will be made at the first start.", ""
    )
    middle = sorted(took)[2] * 1000
    says = f"a commit waits {middle:.1f} ms for the disk."
    if middle > _SLOW_FSYNC_MS:
        yield Finding("disk", "warn", says, "put the data directory on a local SSD.")
    else:
        yield Finding("disk", "ok", says, "")


def master_key(settings: Settings) -> Finding:
    """Look whether secrets can be opened; makes no key."""
    if not settings.master_key and not settings.database_url:
        path = settings.data_dir / "master.key"
        if not path.exists():
            return Finding("master key", "ok", f"{path} will be made at the first start.", "")
        if path.stat().st_mode & 0o077:
            return Finding("master key", "warn", f"{path} can be read by others.", f"chmod 600 {path}")
    try:
        master_key_of(settings)
    except Misconfigured as error:
        return Finding("master key", "fail", error.what, error.try_this)
    return Finding("master key", "ok", "can be read; keep a copy of it apart from the database.", "")


def listening(name: str, host: str, port: int) -> Finding:
    """Look whether a port is free, or ours already."""
    what = f"{name} port"
    if port == 0:
        return Finding(what, "ok", "any free one.", "")
    if name == "API":
        try:
            reply = call("GET", f"http://{host}:{port}/readyz", timeout_s=5)
        except Unreachable:
            pass
        else:
            if reply.body.startswith(b'{"ready": true'):
                return Finding(what, "ok", f"hongyan runs at {host}:{port} and is ready.", "")
            if reply.body.startswith(b'{"ready"'):
                return Finding(
                    what, "fail", f"hongyan runs but is not ready: {reply.body.decode().strip()}", "see its log."
                )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            flag = "--api-port" if name == "API" else "--console-port"
            return Finding(
                what, "warn", f"{host}:{port} is not free ({error.strerror}).", f"stop what listens there, or {flag} 0"
            )
    return Finding(what, "ok", f"{host}:{port} is free.", "")


def of_world(world: World) -> Iterator[Finding]:
    """Look at what is declared."""
    if not world.projects:
        yield Finding("world", "warn", "nothing is declared.", "hongyan apply world.toml")
        return
    try:
        refuse_demo(world.things)
    except Misconfigured as error:
        yield Finding("credentials", "warn", f"{error.what} `serve` will not start.", error.try_this)
    yield from _prices(world)
    yield from _switched_off(world)
    for thing in world.things:
        if isinstance(thing, Template | Signature) and thing.review is not Review.APPROVED:
            yield Finding(described(thing), "warn", f"is {thing.review}, so it cannot be sent.", 'review = "approved"')
    if not world.routes or not any(carrier.enabled for carrier in world.carriers.values()):
        yield Finding(
            "routes",
            "fail",
            "no route or no carrier: every message will be rejected.",
            "declare [[carriers]] and [[routes]].",
        )


def _prices(world: World) -> Iterator[Finding]:
    prices = PriceList(world)
    for project in world.projects:
        legs = {Leg.TEXT} | {template.leg for template in world.templates.get(project, {}).values()}
        for leg in sorted(legs):
            if prices.each(project, leg, "8613800138000") is None:
                yield Finding(
                    f"projects {project}",
                    "warn",
                    f"has no price for {leg} to 86; such sends are refused.",
                    "declare [[prices]].",
                )


def _switched_off(world: World) -> Iterator[Finding]:
    for thing in world.things:
        if isinstance(thing, Project | Key | App | CarrierConfig) and not thing.enabled:
            yield Finding(described(thing), "warn", "is switched off.", "enabled = true")
