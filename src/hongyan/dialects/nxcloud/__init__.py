"""NXCloud's bulk send in the vendor's own words: 200 items a request, an answer for each, receipts by form.

1 on the road. seal.py reads who calls, bulk.py the body and its rows, reasons.py the codes, receipts.py what
receivers are told. Never touches the store; asks the desk.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hongyan.accept import Desk
from hongyan.dialects import Answer, Exchange, Handler, Meant, Submission
from hongyan.dialects.codes import meanings
from hongyan.dialects.nxcloud import bulk
from hongyan.dialects.nxcloud.reasons import CODES
from hongyan.dialects.nxcloud.receipts import Receipts
from hongyan.dialects.nxcloud.seal import claim
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import SPARE_NODE, HexMint, IdMint
from hongyan.model.push import PushShape
from hongyan.model.reason import Reason
from hongyan.model.world import App, Caller, World
from hongyan.report import Reports

__all__ = ["Nxcloud"]

_JSON = ("content-type", "application/json;charset=UTF-8")


class Nxcloud:
    """Implements `Dialect`."""

    name = "nxcloud"
    prefixes: tuple[str, ...] = ("/api/sms/multi/",)

    def __init__(self, desk: Desk, reports: Reports, clock: Clock, world: Callable[[], World], random: Random) -> None:
        del reports, world  # receipts are pushed, never asked for; the world comes with the caller
        self._desk, self._request_ids = desk, HexMint(clock, random, 32)
        self._spare_ids = IdMint(clock, SPARE_NODE)  # of refused rows: none is ever a message's
        self.push: PushShape = Receipts()
        # one handler, whatever the host or scheme. spec: nxcloud#bulk.path
        self.endpoints: Mapping[str, Handler] = {
            "/v1/sms/multi/mt": self.send_bulk,
            "/api/sms/multi/mt": self.send_bulk,
        }

    def mint(self) -> str:
        """Return a new request id: 32 hexadecimal digits, the vendor's `traceId`."""
        return self._request_ids.mint()

    async def send_bulk(self, exchange: Exchange) -> Answer:
        """Answer a bulk send.

        spec: nxcloud#bulk.method, nxcloud#bulk.content-type, nxcloud#bulk.auth
        """
        exchange.action = "mtsend"
        if exchange.method != "POST":
            raise Refused(Reason.UNKNOWN_METHOD, method=exchange.method)
        caller = self._desk.identify(exchange, claim(exchange))
        _check_content_type(exchange)
        body = bulk.read(exchange.body)
        app = _app(caller, body.appKey)
        if app.verification and len(body.items) > app.max_numbers:
            raise Refused(Reason.TOO_MANY_NUMBERS, most=app.max_numbers, got=len(body.items))
        asked = bulk.items(body.items, app)
        submission = Submission(
            exchange=exchange,
            items=asked,
            app=app.name,
            default_country=app.default_country,
            max_characters=bulk.MOST_FINISHED,
        )
        verdicts = await self._desk.accept(caller, submission)
        rows = bulk.rows(asked, verdicts, app.default_country, self._spare_ids.mint)
        return _answer(exchange, bulk.answer(0, rows))

    def codes(self) -> Mapping[str, Meant]:
        """Return the vendor's codes of refusals, each with what it is said for."""
        return meanings(lambda reason, _: str(CODES[reason]))

    def refusal(self, exchange: Exchange, reason: Reason, facts: Mapping[str, Any]) -> Answer:
        """Return the vendor's words for a refused request: HTTP 200, `data` null.

        spec: nxcloud#answer.request-error, nxcloud#answer.http-status
        """
        del facts
        return _answer(exchange, bulk.answer(CODES[reason], None))


def _answer(exchange: Exchange, body: bytes) -> Answer:
    """Return the answer with its request id, which has no place in the vendor's body."""
    return Answer(200, body, (_JSON, ("x-request-id", exchange.request_id)))


def _check_content_type(exchange: Exchange) -> None:
    """Refuse a body declared as something else; one without a declaration is read as JSON."""
    written = exchange.headers.get("content-type", "")
    if written == "application/json":
        return
    kind = written.split(";", 1)[0].strip().lower()
    if kind and kind != "application/json":
        raise Refused(Reason.BAD_REQUEST, why=f"Content-Type is {kind[:100]}, not application/json")


def _app(caller: Caller, app_key: str) -> App:
    """Return the caller's own app. The desk checks its address list and its pace."""
    app = caller.world.apps.get(app_key)
    if app is None or not app.enabled or app.project != caller.project.name:
        raise Refused(Reason.UNKNOWN_APP, app=app_key[:100])
    return app
