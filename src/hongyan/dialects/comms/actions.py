"""The three things a comms caller can ask, whichever door (plain, APPCODE, gateway) the request came through.

Each takes the identified caller and the decoded fields, and returns the success body or raises `Refused`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hongyan.accept import Desk
from hongyan.dialects.comms.words import pullable, status, success
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import from_hex32, hex32
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange, Item, Submission
from hongyan.model.world import Caller
from hongyan.report import Reports
from hongyan.text.loose_list import loose_list

MOST_IDS = 100
"""spec: comms#pullset.most"""
MOST_URL = 2048
CHANNELS = ("0", "1")
"""spec: comms#send.channel"""

Fields = Mapping[str, Any]
Action = Callable[[Exchange, Caller, Fields], Awaitable[dict[str, Any]]]


class Actions:
    """The actions, by the name they have in paths and in the gateway's `act`."""

    def __init__(self, desk: Desk, reports: Reports, clock: Clock) -> None:
        self._desk, self._reports, self._clock = desk, reports, clock
        self.by_name: Mapping[str, Action] = {
            "sendmsg": self._sendmsg,
            "sendmsgall": self._sendmsg,  # spec: comms#send.all
            "pullSmsSendStatus": self._pull,
            "pullSmsSendStatusSet": self._pull_set,
        }

    async def _sendmsg(self, exchange: Exchange, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Send one templated text.

        spec: comms#send.mobile, comms#send.mobile.loose, comms#send.templateID, comms#send.templateParamSet,
        comms#send.values.surplus
        """
        if _text(fields, "channel") not in ("", *CHANNELS):
            raise Refused(Reason.BAD_FIELD, field="channel", why="0 or 1")
        mobile, code = _required(fields, "mobile"), _required(fields, "templateID")
        template = caller.template(code)
        if template is not None and template.dialect != exchange.dialect:
            raise Refused(Reason.UNKNOWN_TEMPLATE, template=code)
        item = Item(
            to=mobile.strip(),
            template=code,
            values=loose_list(fields.get("templateParamSet"), field="templateParamSet"),
            report_to=_callback(_text(fields, "callbackUrl")),
        )
        verdicts = await self._desk.accept(caller, Submission(exchange=exchange, items=[item], whole=True))
        message = verdicts[0].message
        if message is None:
            raise Refused(verdicts[0].reason or Reason.INTERNAL, **verdicts[0].facts)
        # spec: comms#answer.externalId
        return success(exchange.request_id, externalId=hex32(message.id))

    async def _pull(self, exchange: Exchange, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Tell where one message stands. spec: comms#pull.externalId, comms#pull.unknown."""
        message_id = from_hex32(_required(fields, "externalId").strip())
        message = None if message_id is None else await self._reports.message(caller.project.name, message_id)
        if (
            message is None
            or message.dialect != exchange.dialect
            or not pullable(message, self._clock.now_ms(), caller.project.pull_window_s)
        ):
            raise Refused(Reason.UNKNOWN_MESSAGE)
        return success(exchange.request_id, status=status(message))

    async def _pull_set(self, exchange: Exchange, caller: Caller, fields: Fields) -> dict[str, Any]:
        """Tell where up to a hundred messages stand, leaving out those unknown or past their window.

        spec: comms#pullset.externalIds, comms#pullset.most, comms#pullset.empty, comms#pullset.unknown,
        comms#pullset.set
        """
        asked = loose_list(_given(fields, "externalIds"), field="externalIds", most=MOST_IDS)
        if not asked:
            raise Refused(Reason.NO_ITEMS, field="externalIds")
        written = {message_id: text for text in asked if (message_id := from_hex32(text)) is not None}
        found = await self._reports.messages(caller.project.name, list(written)) if written else []
        now_ms, window_s = self._clock.now_ms(), caller.project.pull_window_s
        return success(
            exchange.request_id,
            smsSendStatusSet=[
                {"externalId": written[one.id], "status": status(one)}
                for one in found
                if one.dialect == exchange.dialect and pullable(one, now_ms, window_s)
            ],
        )


def _given(fields: Fields, name: str) -> Any:
    value = fields.get(name)
    if value is None or value == "":
        raise Refused(Reason.MISSING_FIELD, field=name)
    return value


def _required(fields: Fields, name: str) -> str:
    value = _given(fields, name)
    if not isinstance(value, str):
        raise Refused(Reason.BAD_FIELD, field=name, why="a text is wanted")
    return value


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(Reason.BAD_FIELD, field=name, why="a text is wanted")
    return value


def _callback(url: str) -> str | None:
    """Return where the receipt goes. spec: comms#send.callbackUrl."""
    if not url:
        return None
    if not url.startswith(("http://", "https://")) or len(url) > MOST_URL or not url.isprintable() or " " in url:
        raise Refused(Reason.BAD_FIELD, field="callbackUrl", why="an http or https address is wanted")
    return url
