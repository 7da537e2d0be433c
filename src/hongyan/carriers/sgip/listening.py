"""The half of an SGIP carrier that is its own: links that come up on demand, and the gateway that calls us.

A gateway's call logs in with the name and password of the contract; on it, as on our own links, reports and replies
come. A link that closed because nothing went over it is no trouble: there is room as long as no dial has failed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Any

import structlog

from hongyan.carriers import Events, LinkLook
from hongyan.carriers.declared import setting
from hongyan.carriers.links import Wired, Wording
from hongyan.carriers.looks import look
from hongyan.carriers.preview import Reading
from hongyan.model.cause import Cause
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.world import address_allowed
from hongyan.session import Ended, LinkState, Speech
from hongyan.session.dial import Dialer
from hongyan.session.doorway import Doorway
from hongyan.session.link import Link
from hongyan.session.transcript import Transcript
from hongyan.wire import sgip

LISTENING_SETTINGS = (
    setting(
        "listen_host",
        "0.0.0.0",  # noqa: S104 - the gateway calls from outside; `listen_from` narrows it
        "Address to listen on for the gateway's calls; empty: we are not called.",
        "监听网关来连的地址；留空则不监听。",
    ),
    setting(
        "listen_port",
        8801,
        "Port to listen on; 0: any free one.",
        "监听端口；0 表示任意空闲端口。",
        least=0,
        most=65535,
    ),
    setting(
        "listen_name", "", "Name that the gateway logs in with; empty: login_name.", "网关登录名；留空则为 login_name。"
    ),
    setting("listen_from", (), "Addresses (CIDR) that may call; empty: any.", "允许来连的地址（CIDR）；留空不限。"),
    setting(
        "listen_quiet_s",
        300.0,
        "Seconds without traffic after which a call of the gateway's is ended; 0: never.",
        "网关来连的连接无业务多少秒后断开；0 表示不断开。",
        least=0,
        most=86400,
    ),
)
AGAIN_S = 5.0
"""between tries to have a port that somebody else has"""
_LOGIN_TYPES = frozenset({1, 2, 11})
"""SP to SMG, which some gateways say too; SMG to SP; a test"""
_BAD_LOG_IN, _WRONG_TYPE = 1, 4
_LINKS_MOST = 50
_ORDERLY = frozenset({"GOODBYE", "FAREWELL"})

log = structlog.get_logger(stage="carriers")


class Callers:
    """Who may call: the gateway of the contract."""

    def __init__(self, where: str, chosen: Mapping[str, Any], password: str, speech: Speech) -> None:
        self.host: str = chosen["listen_host"]
        self.port: int = chosen["listen_port"]
        self.speech = speech
        self._name: str = chosen["listen_name"] or chosen["login_name"]
        self._password = password
        self._addresses: tuple[str, ...] = chosen["listen_from"]
        try:
            address_allowed("127.0.0.1", self._addresses)
        except ValueError as wrong:
            raise Misconfigured(where, f"listen_from: {wrong}.") from None

    def result(self, bind: Any, address: str) -> int:
        """Return what a Bind is answered."""
        if bind.__class__ is not sgip.Bind or not address_allowed(address, self._addresses):
            return _BAD_LOG_IN
        if bind.login_type not in _LOGIN_TYPES:
            return _WRONG_TYPE
        knows = compare_digest(bind.login_password.encode(), self._password.encode())
        return 0 if knows and bind.login_name == self._name else _BAD_LOG_IN


class TwoWay(Wired):
    """A carrier that dials on demand and is called."""

    def __init__(
        self,
        name: str,
        wording: Wording,
        *,
        chosen: Mapping[str, Any],
        callers: Callers,
        clock: Clock,
        dialers: Callable[[Wired, Transcript], Sequence[Dialer]],
        reading: Reading,
    ) -> None:
        super().__init__(
            name,
            wording,
            clock=clock,
            dialers=dialers,
            sends=_is_ours,
            pause_ms=chosen["throttle_pause_ms"],
            reading=reading,
        )
        self._callers = callers
        self._unopened_room: int = chosen["links"] * chosen["window"]
        self._is_down = False
        """the last dial failed, or a link broke: no room until one is up again"""
        self._doorway: Doorway | None = None
        self._listening: asyncio.Task[None] | None = None
        self.listening_port = 0
        """0: not listening"""
        self._trouble = ""
        """why the gateway cannot call, or did not get in"""
        self._since_ms = clock.now_ms()

    async def open(self, events: Events) -> None:
        """Be ready to dial and to be called."""
        await super().open(events)
        self._is_down = False
        if self._callers.host:
            self._doorway = Doorway(
                self._callers.speech,
                self,
                name=f"{self.name}/in",
                clock=self._clock,
                links_most=_LINKS_MOST,
                transcript=self.transcript,
            )
            self._listening = asyncio.create_task(self._listen(self._doorway), name=f"listen {self.name}")
        events.has_room(self.name)

    def room(self) -> int:
        """Return what open links hold; while none is needed, or one is being closed in order, what they would."""
        at_rest = self._events is not None and not (self._is_down or self._closing)
        if not at_rest or any(link.state is LinkState.OPEN for link in self._open):
            return super().room()
        return max(0, self._unopened_room - len(self._queue))

    def links(self) -> Sequence[LinkLook]:
        """Return how our links are doing, and those of the gateway; while it has none, what keeps it out."""
        called = [] if self._doorway is None else sorted(self._doorway.links, key=lambda link: link.name)
        looks = [*super().links(), *(look(link) for link in called)]
        if self._trouble and not called:
            where = f"{self._callers.host}:{self._callers.port}"
            name, state = f"{self.name}/in", LinkState.CLOSED
            looks.append(LinkLook(name=name, state=state, since=self._since_ms, peer=where, last_error=self._trouble))
        return looks

    def rebind(self) -> None:
        """Log in anew, and have the gateway call anew."""
        super().rebind()
        if self._doorway is not None:
            for link in list(self._doorway.links):
                link.drain()

    async def close(self) -> None:
        """Listen no more, then close what is ours."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._doorway is not None:
            await self._doorway.close()
        self.listening_port = 0
        await super().close()

    # --- Owner of the links
    def logging_in(self, link: Link, request: Any) -> None:
        """Let the gateway in, or whoever else calls not."""
        result = self._callers.result(request, link.address)
        answer = sgip.encode(sgip.BindResp(request.sequence, result))
        if result:
            log.warning("a call was turned away", carrier=self.name, peer=link.peer, result=result)
            self._keeps_out(f"REFUSED: a call from {link.address} was turned away with result {result}")
            link.refuse(answer)
        else:
            self._trouble = ""
            link.admit(answer)

    def opened(self, link: Link) -> None:
        """Use our own link; be told on theirs."""
        if _is_ours(link):
            self._is_down = False
        super().opened(link)

    def closed(self, link: Link, unwritten: list[Any], unsure: list[Any], ended: Ended) -> None:
        """Take a link of ours that ended in order, or idle, for none that failed."""
        if _is_ours(link):
            was_open = link in self._open
            idle = was_open and ended.code == "LOST" and not (unwritten or unsure or link.context)
            self._is_down = not (ended.code in _ORDERLY or idle or any(one is not link for one in self._open))
        super().closed(link, unwritten, unsure, ended)
        self._tell_room()

    # --- inside
    def _strand(self, cause: Cause | None = None) -> None:
        """Have a link dialled for what waits; give it back only when that has failed."""
        if self._queue and not (self._open or self._is_down or self._closing):
            for dialer in self._dialers:
                dialer.want()
            return
        super()._strand(cause)

    async def _listen(self, doorway: Doorway) -> None:
        """Have the port, now or when whoever has it lets it go."""
        while True:
            try:
                self.listening_port = await doorway.listen(self._callers.host, self._callers.port)
            except OSError as failed:
                if not self._trouble:
                    log.error(  # noqa: TRY400 - the sentence says all
                        "the gateway cannot call us: the port cannot be had",
                        carrier=self.name,
                        port=self._callers.port,
                        error=failed.strerror,
                    )
                self._keeps_out(f"NO-PORT: the gateway cannot call us, the port cannot be had ({failed.strerror})")
                await asyncio.sleep(AGAIN_S)
            else:
                self._trouble = ""
                return

    def _keeps_out(self, why: str) -> None:
        if why != self._trouble:
            self._trouble, self._since_ms = why, self._clock.now_ms()


def _is_ours(link: Link) -> bool:
    return link.speech.log_in is not None
