"""A listening gateway, whatever its protocol: its door, who may log in, and what is done to its links.

What becomes of messages is `intake.py`'s business.
"""

import asyncio
import ssl
from random import Random

from msgspec import Struct

from hongyan.model.clock import Clock
from hongyan.simulators import (
    Acknowledged,
    Goodbye,
    GoodbyeAnswer,
    Heard,
    KeepAlive,
    Login,
    LoginAnswer,
    No,
    Other,
    Shape,
    Spoken,
    Submitted,
)
from hongyan.simulators.accounts import Account
from hongyan.simulators.caller import Caller
from hongyan.simulators.conduct import Treatment
from hongyan.simulators.counts import Counts
from hongyan.simulators.faults import ACCOUNT_PREFIX, Fault
from hongyan.simulators.intake import Intake
from hongyan.simulators.link import Link, Writing

SWEEP_S = 1.0
LOGIN_WITHIN_MS, ANSWER_WITHIN_MS = 30_000, 60_000
GIVEN_AGAIN_AFTER_MS = 1_000


class Orders(Struct, frozen=True, kw_only=True):
    """What whoever runs a gateway asks of it."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: a free one"""
    accounts: tuple[tuple[str, str], ...] = ()
    """(name, password); empty: the protocol's default"""
    profile: str = "healthy"
    seed: int = 1
    receipt_delay_ms: int = 1000
    magic: bool = True
    faults: tuple[tuple[Fault, int], ...] = ()
    """(fault, percent)"""
    replies: tuple[tuple[str, int], ...] = ()
    """(what handsets answer, percent)"""
    refuse_with: int | None = None
    refuse_login: int | None = None
    window: int = 0
    """submits of a link that may wait for their answers, more are throttled; 0: any number"""
    outstanding: int = 1000
    """receipts and replies of a link that may wait for theirs"""
    keep_alive_s: float = 30
    shape: Shape = Shape()
    report_to: tuple[str, int] | None = None
    """SGIP: where the SP listens"""
    tls: ssl.SSLContext | None = None


class Gateway:
    """Listens, and plays carrier to whoever logs in."""

    def __init__(self, spoken: Spoken, orders: Orders, *, clock: Clock, chance: Random) -> None:
        self.spoken, self.orders = spoken, orders
        self.port = orders.port
        self.counts = Counts()
        self.treatment = Treatment(
            orders.profile, seed=orders.seed, receipt_delay_ms=orders.receipt_delay_ms, magic=orders.magic
        )
        self.treatment.faults.update(orders.faults)
        self.treatment.replies.update(orders.replies)
        self.treatment.refuse_with = orders.refuse_with
        self.refuse_login = orders.refuse_login
        self.links: dict[int, Link] = {}
        self._caller = None if orders.report_to is None else Caller(*orders.report_to, self._link, self._join)
        accounts = orders.accounts or ((spoken.account, spoken.password),)
        self.accounts = {
            name: Account(name, password, self.counts, self._caller or _nobody_to_call) for name, password in accounts
        }
        self._clock = clock
        mint = spoken.minting(clock.now_ms(), chance)
        self.intake = Intake(
            spoken, self.treatment, self.counts, self.accounts, mint=mint, clock=clock, window=orders.window
        )
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._last_link = 0

    async def open(self) -> None:
        """Listen. Raises OSError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        orders = self.orders
        self._server = await loop.create_server(self._link, orders.host, orders.port, ssl=orders.tls, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]
        self._sweeper = loop.call_later(SWEEP_S, self._sweep)

    async def close(self) -> None:
        """Log every link out, and end."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._caller is not None:
            await self._caller.close()
        if self._server is not None:
            self._server.close()
        self.intake.stop()
        for link in list(self.links.values()):
            if link.account:
                link.say(link.voice.say_goodbye(link.next_key()))
            link.close()
        self._server = None

    # by hand
    def log_out(self) -> int:
        """Ask every link to go; return how many there were."""
        links = [link for link in self.links.values() if link.account]
        for link in links:
            link.say(link.voice.say_goodbye(link.next_key()))
            link.flush()
        return len(links)

    def reset(self) -> int:
        """Reset every link; return how many there were."""
        links = list(self.links.values())
        for link in links:
            link.say(b"", Writing.RESET)
        return len(links)

    # what links tell
    def entered(self, link: Link) -> bool:
        """Take a connection, unless the carrier is down."""
        if self.treatment.is_down:
            return False
        self.links[link.number] = link
        return True

    def left(self, link: Link) -> None:
        """Forget a link; what it was given and did not answer is given again."""
        self.links.pop(link.number, None)
        account = self.accounts.get(link.account)
        if account is not None and link in account.links:
            account.links.remove(link)
            self.counts.links -= 1
            account.again(list(link.unanswered.values()))
            link.unanswered.clear()
            account.give()

    def malformed(self, link: Link) -> None:  # noqa: ARG002 - one shape for all
        """Count octets that could not be read."""
        self.counts.malformed += 1

    def has_room(self, link: Link) -> None:
        """Give more."""
        if link.account:
            self.accounts[link.account].give()

    def acknowledged(self, link: Link, answer: Acknowledged) -> None:
        """Forget what was taken; give again what could not be."""
        given = link.unanswered.pop(answer.key, None)
        if given is None:
            return
        if not answer.again:
            self.counts.acknowledged += 1
            return
        given.tries += 1
        self.intake.give_later(given, GIVEN_AGAIN_AFTER_MS)

    def submitted(self, link: Link, messages: list[Submitted]) -> None:
        """Take messages."""
        self.intake.take(link, messages)

    def told(self, link: Link, heard: Heard) -> None:
        """Answer what is not a message."""
        match heard:
            case Login():
                self._log_in(link, heard)
            case KeepAlive():
                if Fault.MUTE not in self.treatment.faults:
                    link.say(heard.answer)
            case Goodbye():
                link.say(heard.answer)
                link.close()
            case GoodbyeAnswer():
                link.close()
            case LoginAnswer(welcome=True) if self._caller is not None:
                self._caller.welcomed(link)
            case LoginAnswer():
                link.close()
            case Other():
                link.say(heard.answer)

    def _log_in(self, link: Link, login: Login) -> None:
        codes = self.spoken.codes
        account = self.accounts.get(login.account)
        status = login.wrong
        if link.account:
            status = codes[No.LOGGED_IN_ALREADY]
        elif self.refuse_login is not None:
            status = self.refuse_login
        elif login.account.startswith(ACCOUNT_PREFIX) and login.account[len(ACCOUNT_PREFIX) :].isdecimal():
            status = max(1, min(int(login.account[len(ACCOUNT_PREFIX) :]), self.spoken.statuses_most))
        elif account is None:
            status = status or codes[No.WRONG_ACCOUNT]
        elif not login.proves(account.password):
            status = status or codes[No.WRONG_PASSWORD]
        if status or account is None:
            self.counts.turned_away += 1
            link.say(link.voice.turn_away(login, status))
            if not link.account:
                link.close()
            return
        link.say(link.voice.welcome(login, account.password))
        link.sends, link.receives = login.sends, login.receives and self._caller is None
        self._join(link, account)

    def _join(self, link: Link, account: Account) -> None:
        """Let a link speak for an account."""
        link.account = account.name
        account.links.append(link)
        self.counts.links += 1
        account.give()
        link.flush()

    def _link(self) -> Link:
        self._last_link += 1
        now = self._clock.now_ms
        unproven = Fault.BAD_AUTHENTICATOR in self.treatment.faults
        voice = self.spoken.voice(self.orders.shape._replace(bad_authenticator=unproven), now())
        return Link(self, voice, self._last_link, now=now, outstanding=self.orders.outstanding)

    def _sweep(self) -> None:
        """Close who does not log in, ask who is silent, give again what is not answered."""
        now = self._clock.now_ms()
        idle_ms = self.orders.keep_alive_s * 1000
        for link in list(self.links.values()):
            if not link.account:
                if now - link.opened_at > LOGIN_WITHIN_MS:
                    link.close()
                continue
            if idle_ms and now - link.heard_at >= idle_ms:
                link.heard_at = now
                link.say(link.voice.ask_alive(link.next_key()))
                link.flush()
            late = [key for key, given in link.unanswered.items() if now - given.sent_at > ANSWER_WITHIN_MS]
            if late:
                account = self.accounts[link.account]
                account.again([link.unanswered.pop(key) for key in late])
                account.give()
        self._sweeper = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep)


def _nobody_to_call(account: Account) -> None:
    """Wait: whoever the account belongs to logs in when it likes."""
