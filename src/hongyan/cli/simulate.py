"""`hongyan simulate`: a gateway that listens, to rehearse against. Any client will do, ours or another's."""

import asyncio
import gc
import json
import os
import signal
import ssl
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import SystemRandom
from typing import Annotated, Any

import typer
import uvloop
from aiohttp import web

from hongyan.carriers.fate import check_profile, nearest
from hongyan.cli.options import AsJson
from hongyan.cli.printing import print_lines
from hongyan.cli.simulate_card import card
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.session.tls import server_tls
from hongyan.simulators import Shape, Spoken
from hongyan.simulators.cmpp import CMPP
from hongyan.simulators.control import control
from hongyan.simulators.counts import Counts, line
from hongyan.simulators.faults import FAULTS, Fault
from hongyan.simulators.gateway import Gateway, Orders
from hongyan.simulators.sgip import SGIP
from hongyan.simulators.smgp import SMGP
from hongyan.simulators.smpp import RECEIPT_IDS, SMPP

PROTOCOLS: dict[str, Spoken] = {spoken.name: spoken for spoken in (SMPP, CMPP, SMGP, SGIP)}
ALL = "all"
_ANSWER_IDS, _PARTS = ("hex", "decimal"), ("both", "text", "tlvs")
_PERCENT = 100
_LEAVING_S = 0.2


def simulate(
    protocol: Annotated[str, typer.Argument(help="smpp, cmpp, smgp, sgip, or all of them.", metavar="PROTOCOL")],
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; 0 picks one; not given: the protocol's usual.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    account: Annotated[
        str, typer.Option("--account", "--system-id", help="Who may log in; not given: printed at the start.")
    ] = "",
    password: Annotated[str, typer.Option("--password", help="Its password or shared secret.")] = "",
    profile: Annotated[
        str, typer.Option("--profile", help="healthy, slow, flaky, throttling or dead: how it treats messages.")
    ] = "healthy",
    seed: Annotated[int, typer.Option("--seed", help="The same seed and messages end the same.", min=0)] = 1,
    receipt_delay_ms: Annotated[
        int, typer.Option("--receipt-delay-ms", help="How long receipts take, about.", min=0)
    ] = 1000,
    magic: Annotated[
        bool,
        typer.Option("--magic/--no-magic", help="Whether the last four digits of a number decide (magic-numbers)."),
    ] = True,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Misbehave: a name of magic-numbers, or NAME=PERCENT. May be repeated."),
    ] = None,
    reply: Annotated[
        list[str] | None,
        typer.Option("--reply", help="What handsets answer: a text, or TEXT=PERCENT of them. May be repeated."),
    ] = None,
    refuse_with: Annotated[
        int | None, typer.Option("--refuse-with", help="Status of messages that are refused for their number.", min=1)
    ] = None,
    refuse_login: Annotated[
        int | None, typer.Option("--refuse-login", help="Refuse every log-in with this status.", min=1)
    ] = None,
    window: Annotated[
        int,
        typer.Option("--window", help="Submits of a link without an answer; more are throttled. 0: no limit.", min=0),
    ] = 0,
    outstanding: Annotated[
        int, typer.Option("--outstanding", help="Receipts and replies given to a link and not answered.", min=1)
    ] = 1000,
    keep_alive_s: Annotated[
        float, typer.Option("--keep-alive-s", help="Ask a silent link whether it lives after this; 0: never.", min=0)
    ] = 30,
    answer_ids: Annotated[
        str, typer.Option("--answer-ids", help="SMPP: how answers write ids: hex or decimal.")
    ] = "hex",
    receipt_ids: Annotated[
        str, typer.Option("--receipt-ids", help="SMPP: how receipts write them: same, hex, decimal, upper or padded.")
    ] = "same",
    receipt_in: Annotated[
        str, typer.Option("--receipt-in", help="SMPP: where receipts say it: both, text or tlvs.")
    ] = "both",
    report_to: Annotated[
        str, typer.Option("--report-to", help="SGIP: HOST:PORT where the SP listens for receipts and replies.")
    ] = "",
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", help="Certificate chain (PEM): listen with TLS.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its key (PEM).")] = None,
    http_port: Annotated[
        int | None,
        typer.Option("--http-port", help="Control port on loopback: counts, messages, replies; 0 picks one."),
    ] = None,
    as_json: AsJson = False,
    ready_file: Annotated[
        Path | None, typer.Option("--ready-file", help="Write the ports here as JSON once everything listens.")
    ] = None,
) -> None:
    """Run a carrier's gateway that listens, with magic numbers, profiles and faults. Ctrl-C ends it."""
    check_profile("--profile", profile)
    for option, chosen, known in (
        ("--answer-ids", answer_ids, _ANSWER_IDS),
        ("--receipt-ids", receipt_ids, RECEIPT_IDS),
        ("--receipt-in", receipt_in, _PARTS),
    ):
        if chosen not in known:
            raise Misconfigured(option, f"{chosen!r} is not possible.", ", ".join(known))
    faults = tuple(_fault(one) for one in fault or ())
    gateways = []
    for spoken in _chosen(protocol):
        for option, status in (("--refuse-with", refuse_with), ("--refuse-login", refuse_login)):
            if status is not None and status > spoken.statuses_most:
                most = f"{spoken.title} has statuses of at most {spoken.statuses_most}"
                raise Misconfigured(option, f"{status} cannot be written.", most)
        orders = Orders(
            host=host,
            port=spoken.port if port is None else port,
            accounts=((account or spoken.account, password or spoken.password),),
            profile=profile,
            seed=seed,
            receipt_delay_ms=receipt_delay_ms,
            magic=magic,
            faults=faults,
            replies=tuple(_shared("--reply", one) for one in reply or ()),
            refuse_with=refuse_with,
            refuse_login=refuse_login,
            window=window,
            outstanding=outstanding,
            keep_alive_s=keep_alive_s,
            shape=Shape(receipt_ids, answer_ids, receipt_in),
            report_to=_address(report_to) if report_to else None,
            tls=_tls(tls_cert, tls_key),
        )
        gateways.append(Gateway(spoken, orders, clock=SystemClock(), chance=SystemRandom()))
    uvloop.run(_live(gateways, http_port=http_port, as_json=as_json, ready_file=ready_file))


async def _live(gateways: Sequence[Gateway], *, http_port: int | None, as_json: bool, ready_file: Path | None) -> None:
    """Listen until a signal comes; say how it goes meanwhile."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as opened:
        for gateway in gateways:
            try:
                await gateway.open()
            except OSError as error:
                where = f"{gateway.orders.host}:{gateway.orders.port}"
                raise Misconfigured(where, f"cannot listen there ({error.strerror}).", "another --port") from None
            opened.push_async_callback(gateway.close)
        ready: dict[str, Any] = {gateway.spoken.name: gateway.port for gateway in gateways}
        if http_port is not None:
            ready["http"] = await _open_control(opened, gateways, http_port)
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        if ready_file is not None:
            _write_ready(ready_file, ready)
            opened.callback(ready_file.unlink, missing_ok=True)
        if as_json:
            print(json.dumps({"ready": ready}), flush=True)
        else:
            print_lines(card(gateways, ready.get("http")))
        await _watch(gateways, stop, as_json=as_json)
    await asyncio.sleep(_LEAVING_S)
    _say_end(gateways, as_json=as_json)


def _write_ready(path: Path, ready: dict[str, Any]) -> None:
    """Write the ports, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(ready) + "\n", "utf-8")
        beside.replace(path)
    except OSError as error:
        raise Misconfigured(str(path), f"the ready file cannot be written ({error.strerror}).") from None


async def _open_control(opened: AsyncExitStack, gateways: Sequence[Gateway], port: int) -> int:
    runner = web.AppRunner(control(gateways), access_log=None)
    await runner.setup()
    opened.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", port)
    try:
        await site.start()
    except OSError as error:
        raise Misconfigured(
            f"127.0.0.1:{port}", f"cannot listen there ({error.strerror}).", "another --http-port"
        ) from None
    return int(runner.addresses[0][1])


async def _watch(gateways: Sequence[Gateway], stop: asyncio.Event, *, as_json: bool) -> None:
    """Say once a second how it goes: JSON when something happened; for people one line that is written over."""
    before = [Counts() for _ in gateways]
    while not stop.is_set():
        try:
            async with asyncio.timeout(1):
                await stop.wait()
        except TimeoutError:
            pass
        for at, gateway in enumerate(gateways):
            now = Counts(**gateway.counts.shown())
            if as_json and now != before[at]:
                print(json.dumps({gateway.spoken.name: now.shown()}), flush=True)
            elif not as_json and sys.stdout.isatty() and (len(gateways) == 1 or now != before[at]):
                name = f"{gateway.spoken.name}: " if len(gateways) > 1 else ""
                end = "\n" if len(gateways) > 1 else ""
                print(f"\r\x1b[2K{name}{line(now, before[at], 1)}", end=end, flush=True)
            before[at] = now


def _say_end(gateways: Sequence[Gateway], *, as_json: bool) -> None:
    for gateway in gateways:
        if as_json:
            print(json.dumps({"ended": {gateway.spoken.name: gateway.counts.shown()}}), flush=True)
        else:
            said = line(gateway.counts, gateway.counts, 0).partition(" · ")[2]
            print(
                f"\r\x1b[2K{gateway.spoken.title}: {said}" if sys.stdout.isatty() else f"{gateway.spoken.title}: {said}"
            )


def _chosen(protocol: str) -> list[Spoken]:
    if protocol == ALL:
        return list(PROTOCOLS.values())
    if protocol not in PROTOCOLS:
        raise Misconfigured("PROTOCOL", f"no gateway speaks {protocol!r}.", nearest(protocol, {**PROTOCOLS, ALL: None}))
    return [PROTOCOLS[protocol]]


def _fault(asked: str) -> tuple[Fault, int]:
    name, percent = _shared("--fault", asked)
    if name not in FAULTS:
        raise Misconfigured("--fault", f"no fault {name!r}.", nearest(name, {fault.value: None for fault in FAULTS}))
    return Fault(name), percent


def _shared(option: str, asked: str) -> tuple[str, int]:
    """Return what stands before the last `=`, and the percentage behind it."""
    name, equals, percent = asked.rpartition("=")
    if not equals:
        return asked, _PERCENT
    if not (percent.isascii() and percent.isdigit() and 0 < int(percent) <= _PERCENT):
        raise Misconfigured(option, f"{percent!r} is no percentage.", f"{name}=10")
    return name, int(percent)


def _address(asked: str) -> tuple[str, int]:
    host, _, port = asked.rpartition(":")
    if not host or not port.isdigit():
        raise Misconfigured("--report-to", f"{asked!r} is no address.", "127.0.0.1:8801")
    return host, int(port)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    return server_tls("--tls-cert", certificate=str(certificate), key=str(key or ""))
