"""The control port of listening gateways: HTTP on loopback, JSON in and out. For tests and rehearsals, without log-in.

GET / counts; GET /messages; POST /reply, /fault, /log-out, /reset. With several gateways `?protocol=` chooses one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from hongyan.model.errors import Misconfigured
from hongyan.simulators.faults import Fault
from hongyan.simulators.gateway import Gateway
from hongyan.simulators.handset import shown

_GATEWAYS: web.AppKey[Mapping[str, Gateway]] = web.AppKey("gateways")


class ReplyAsked(Struct, rename={"sender": "from"}):
    """A text that a handset sends."""

    sender: str
    to: str
    text: str
    account: str = ""
    """"": the first"""


class FaultAsked(Struct):
    """A fault to switch."""

    name: Fault
    percent: int = 100
    """0: off"""


def control(gateways: Sequence[Gateway]) -> web.Application:
    """Return the pages of the control port."""
    app = web.Application(middlewares=[_plainly])
    app[_GATEWAYS] = {gateway.spoken.name: gateway for gateway in gateways}
    app.add_routes(
        [
            web.get("/", _counts),
            web.get("/messages", _messages),
            web.post("/reply", _reply),
            web.post("/fault", _fault),
            web.post("/log-out", _log_out),
            web.post("/reset", _reset),
        ]
    )
    return app


@web.middleware
async def _plainly(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answer what cannot be done with a sentence."""
    try:
        return await handler(request)  # type: ignore[no-any-return]  # aiohttp leaves handlers untyped here
    except (msgspec.DecodeError, Misconfigured) as error:
        return _json({"error": str(error)}, status=400)


def _chosen(request: web.Request) -> Gateway:
    gateways = request.app[_GATEWAYS]
    asked = request.query.get("protocol") or next(iter(gateways))
    if asked not in gateways:
        raise Misconfigured("protocol", f"no gateway for {asked!r} runs here.", ", ".join(gateways))
    return gateways[asked]


async def _counts(request: web.Request) -> web.Response:
    return _json({name: gateway.counts.shown() for name, gateway in request.app[_GATEWAYS].items()})


async def _messages(request: web.Request) -> web.Response:
    gateway = _chosen(request)
    return _json([shown(gateway.spoken, message) for message in gateway.intake.lately])


async def _reply(request: web.Request) -> web.Response:
    gateway = _chosen(request)
    asked = msgspec.json.decode(await request.read(), type=ReplyAsked)
    account = asked.account or next(iter(gateway.accounts))
    if account not in gateway.accounts:
        raise Misconfigured("account", f"there is no account {account!r}.", ", ".join(gateway.accounts))
    return _json({"pieces": gateway.intake.reply(account, asked.sender, asked.to, asked.text)})


async def _fault(request: web.Request) -> web.Response:
    faults = _chosen(request).treatment.faults
    asked = msgspec.json.decode(await request.read(), type=FaultAsked)
    if asked.percent > 0:
        faults[asked.name] = asked.percent
    else:
        faults.pop(asked.name, None)
    return _json(faults)


async def _log_out(request: web.Request) -> web.Response:
    return _json({"links": _chosen(request).log_out()})


async def _reset(request: web.Request) -> web.Response:
    return _json({"links": _chosen(request).reset()})


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
