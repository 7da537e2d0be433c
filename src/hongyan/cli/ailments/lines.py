"""What can be wrong on the way to others: carriers that no name or line leads to, callbacks to our own side."""

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from hongyan.assemble import carrier_factories
from hongyan.carriers.cmpp.settings import PORT as CMPP_PORT
from hongyan.carriers.sgip.settings import PORT as SGIP_PORT
from hongyan.carriers.smgp.settings import PORT as SMGP_PORT
from hongyan.carriers.smpp.settings import PORT as SMPP_PORT
from hongyan.carriers.smpp.settings import TLS_PORT
from hongyan.cli.ailments import Finding, fail, ok, warn
from hongyan.declare.plan import described
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.world import App, CarrierConfig, Declared, Project, World
from hongyan.report.target import allowed, checked

_PORTS: Mapping[str, int] = {"smpp": SMPP_PORT, "cmpp": CMPP_PORT, "smgp": SMGP_PORT, "sgip": SGIP_PORT}
_PATIENCE_S = 3.0


async def of_carriers(world: World) -> list[Finding]:
    """Try every line that a declared carrier would dial; nobody logs in."""
    factories = carrier_factories(SystemClock())
    found: list[Finding] = []
    dialled: list[tuple[CarrierConfig, str, int]] = []
    for carrier in world.carriers.values():
        try:
            factories[carrier.protocol](carrier)
        except Misconfigured as error:
            found.append(fail(described(carrier), error.what, error.try_this or "see docs/carriers.md"))
            continue
        if carrier.enabled and carrier.protocol in _PORTS:
            dialled += [(carrier, host, port) for host, port in _addresses(carrier)]
    return found + list(await asyncio.gather(*(_line(*one) for one in dialled)))


def _addresses(carrier: CarrierConfig) -> Iterator[tuple[str, int]]:
    settings = carrier.settings
    usual = TLS_PORT if carrier.protocol == "smpp" and settings.get("tls") else _PORTS[carrier.protocol]
    port = int(settings.get("port") or usual)
    for text in (str(settings.get("host", "")), *map(str, settings.get("hosts", ()))):
        parts = urlsplit(f"//{text}" if text.count(":") < 2 or text.startswith("[") else f"//[{text}]")  # noqa: PLR2004 - bare IPv6 has more
        if parts.hostname:
            yield parts.hostname, parts.port or port


async def _line(carrier: CarrierConfig, host: str, port: int) -> Finding:
    what = f"{described(carrier)} line"
    try:
        async with asyncio.timeout(_PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port)
    except socket.gaierror:
        return fail(
            what, f"no address is named {host!r}.", f"getent hosts {host}; correct settings.host of {carrier.name}"
        )
    except ConnectionRefusedError:
        return fail(
            what, f"{host}:{port} refuses connections.", f"nc -vz {host} {port}; correct settings.port, or call them"
        )
    except (OSError, TimeoutError):
        return fail(
            what,
            f"{host}:{port} does not answer within {_PATIENCE_S:g} s.",
            f"nc -vz {host} {port}; ask the carrier to let your address in, open your firewall outward",
        )
    writer.close()
    return ok(what, f"{host}:{port} takes connections.")


async def of_callbacks(world: World) -> list[Finding]:
    """Look for callbacks that lead to our own side of the wall, or nowhere; nobody is called."""
    looked = [_callback(world, *one) for one in _callbacks(world.things)]
    return [finding for finding in await asyncio.gather(*looked) if finding is not None]


async def _callback(world: World, thing: Declared, project: str, field: str, url: str) -> Finding | None:
    inside = project in world.projects and world.projects[project].allow_inside
    open_to_us = f'an address outside, or allow_inside = true in [[projects]] of "{project}"'
    try:
        host = checked(url, inside=inside).raw_host or ""
    except Refused as refused:
        return warn(described(thing), f"{field} {url} is never called: {refused.facts.get('why')}.", open_to_us)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return warn(described(thing), f"{field} {url}: no address is named {host!r}.", f"getent hosts {host}")
    for *_, place in found:
        if not allowed(ip_address(place[0]), inside=inside):
            return warn(described(thing), f"{field} {url} is never called: {host} is {place[0]}.", open_to_us)
    return None


def _callbacks(things: Sequence[Declared]) -> Iterator[tuple[Declared, str, str, str]]:
    for thing in things:
        if isinstance(thing, Project):
            for field in ("callbacks", "reply_callbacks"):
                for dialect, url in getattr(thing, field).items():
                    yield thing, thing.name, f"{field}.{dialect}", url
        elif isinstance(thing, App) and thing.report_to:
            yield thing, thing.project, "report_to", thing.report_to
