"""comms: templated texts to one number, and the pulling of their states.

On the road: 1, dialects. Three doors lead to the same actions: the plain paths (no credentials, or an APPCODE
header), and `/gateways` with an APPCODE and its secret or with a signed envelope. Which of them a project accepts is
its key's `auth`. Facts and sources: docs/specs/comms.md.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import msgspec

from hongyan.accept import Desk
from hongyan.dialects import Answer, Claim, Exchange, Handler, Meant
from hongyan.dialects.codes import meanings
from hongyan.dialects.comms import gateway
from hongyan.dialects.comms.actions import Actions
from hongyan.dialects.comms.push import CommsPush
from hongyan.dialects.comms.words import code_of, failure, http_status, request_id, text_of
from hongyan.dialects.reading import FORM, form_fields, json_object, media_type
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.world import World
from hongyan.report import Reports

__all__ = ["Comms"]

_FOLDER = "/" + gateway.ACTION_FOLDER
_GATEWAYS = "/gateways"


class Comms:
    """The comms API."""

    name = "comms"
    prefixes: tuple[str, ...] = ("/comms/", _GATEWAYS)  # spec: comms#http.path

    def __init__(self, desk: Desk, reports: Reports, clock: Clock, world: Callable[[], World], random: Random) -> None:
        self._desk, self._clock, self._world, self._random = desk, clock, world, random
        self._actions = Actions(desk, reports, clock).by_name
        # spec: comms#send.path, comms#pull.path, comms#pullset.path
        self.endpoints: Mapping[str, Handler] = {
            _FOLDER + action: partial(self._plain, action) for action in self._actions
        } | {_GATEWAYS: self._gateways}
        self.push = CommsPush(self.mint)

    def mint(self) -> str:
        """Return a new request id."""
        return request_id(self._clock.now_ms(), self._random)

    def codes(self) -> Mapping[str, Meant]:
        """Return the vendor's codes of refusals, each with what it is said for."""
        return meanings(lambda reason, _: code_of(reason))

    def refusal(self, exchange: Exchange, reason: Reason, facts: Mapping[str, Any]) -> Answer:
        """Return the failure body, with the request id it was given before anything was read."""
        return failure(exchange.request_id, reason, facts)

    async def _plain(self, action: str, exchange: Exchange) -> Answer:
        exchange.action = action
        _only_post(exchange)
        caller = self._desk.identify(exchange, self._plain_claim(exchange))
        words = await self._actions[action](exchange, caller, _fields(exchange))
        return Answer(200, msgspec.json.encode(words))

    async def _gateways(self, exchange: Exchange) -> Answer:
        _only_post(exchange)
        query = form_fields(exchange.query)
        if "APPCODE" in query:
            return await self._simple_gateway(exchange, query)
        return await self._signed_gateway(exchange)

    async def _simple_gateway(self, exchange: Exchange, query: Mapping[str, str]) -> Answer:
        """Answer a plain request that names its action in the query. spec: comms#auth.gateway.simple."""
        action = self._known(exchange, query.get("ACTION", ""))
        secret = _appcode(exchange)
        if not secret:
            raise Refused(Reason.MISSING_SEAL, field="Authorization")
        claim = self._claim(query["APPCODE"], "signed")._replace(prove=gateway.equals_secret(secret))
        caller = self._desk.identify(exchange, claim)
        words = await self._actions[action](exchange, caller, _fields(exchange))
        return Answer(200, msgspec.json.encode(words))

    async def _signed_gateway(self, exchange: Exchange) -> Answer:
        """Answer a signed envelope with a sealed one. spec: comms#auth.gateway.signed."""
        envelope = gateway.read_envelope(exchange.body)
        claim = self._claim(envelope.appCode, "signed")._replace(
            prove=envelope.prove,
            sealed_at=envelope.sealed_at(),
            window_ms=gateway.WINDOW_MS,
            nonce=envelope.bizNo,  # spec: comms#gateway.bizNo
        )
        caller = self._desk.identify(exchange, claim)
        status = 200
        try:
            action = self._known(exchange, envelope.act)
            words = await self._actions[action](exchange, caller, envelope.fields())
        except Refused as refused:  # the caller is known now, so the refusal is sealed too
            self._desk.record(exchange, refused)
            status = http_status(refused.reason)
            words = {
                "code": code_of(refused.reason),
                "msg": text_of(refused.reason, refused.facts),
                "requestId": exchange.request_id,
            }
        return gateway.sealed_answer(envelope, caller.key.secret, self._clock.now_ms(), words, status)

    def _known(self, exchange: Exchange, act: str) -> str:
        action = act.strip("/").removeprefix(gateway.ACTION_FOLDER)
        if action not in self._actions:
            raise Refused(Reason.UNKNOWN_ACTION, field="ACTION")
        exchange.action = action
        return action

    def _plain_claim(self, exchange: Exchange) -> Claim:
        """Return who calls on a plain path. spec: comms#auth.none, comms#auth.appcode."""
        code = _appcode(exchange)
        return Claim(key_id="", mode="none") if code is None else self._claim(code, "appcode")

    def _claim(self, key_id: str, mode: str) -> Claim:
        """Return a claim to a key. One whose project asks for no credentials may be named all the same.

        With `appcode` the key's name is itself the code, so only keys declared so can be had for their name.
        """
        key = self._world().keys.get((self.name, key_id))
        if key is not None and key.auth == "none":
            return Claim(key_id=key_id, mode="none")
        if not key_id:
            raise Refused(Reason.MISSING_SEAL, field="APPCODE")
        if key is not None and mode == "appcode" and key.auth != mode:
            raise Refused(Reason.BAD_SEAL_METHOD, wanted=key.auth, got=mode)
        return Claim(key_id=key_id, mode=mode)


def _only_post(exchange: Exchange) -> None:
    """Refuse other HTTP methods. spec: comms#http.method."""
    if exchange.method != "POST":
        raise Refused(Reason.UNKNOWN_METHOD, method=exchange.method[:20])


def _appcode(exchange: Exchange) -> str | None:
    """Return the code in `Authorization: APPCODE <code>`, or None without that header."""
    given = exchange.headers.get("authorization")
    if given is None:
        return None
    scheme, _, code = given.strip().partition(" ")
    if scheme.upper() != "APPCODE":
        raise Refused(Reason.BAD_SEAL_METHOD, wanted="APPCODE", got=scheme[:20])
    return code.strip()


def _fields(exchange: Exchange) -> Mapping[str, Any]:
    """Return the fields of a JSON or form body. spec: comms#body.json, comms#body.form.

    JSON sent with the form's media type is what `curl -d` does; it is read as the JSON it is.
    """
    kind = media_type(exchange)
    body = exchange.body
    if kind in ("", FORM):
        return json_object(body) if body.lstrip()[:1] == b"{" else form_fields(body)
    if kind.endswith(("/json", "+json")):
        return json_object(body)
    raise Refused(Reason.BAD_REQUEST, why="a JSON or form body is wanted", field="Content-Type")
