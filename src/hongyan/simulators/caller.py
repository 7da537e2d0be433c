"""SGIP's other half: the gateway calls the SP, logs in there, and gives receipts and replies over that link.

While nobody answers there, the links that the submits come by take them.
"""

import asyncio
from collections.abc import Callable

from hongyan.simulators.accounts import Account
from hongyan.simulators.link import Link

WELCOME_WITHIN_S, AGAIN_AFTER_S = 5.0, 5.0


class Caller:
    """Calls when there is something to give and no link to give it by."""

    def __init__(self, host: str, port: int, link: Callable[[], Link], join: Callable[[Link, Account], None]) -> None:
        self._host, self._port = host, port
        self._link, self._join = link, join
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._welcomes: dict[int, asyncio.Future[None]] = {}

    def __call__(self, account: Account) -> None:
        """Begin to call for an account, unless that is being done."""
        if account.name not in self._calls:
            self._calls[account.name] = asyncio.get_running_loop().create_task(self._call(account))

    def welcomed(self, link: Link) -> None:
        """Take note that the SP let a link of ours in."""
        welcome = self._welcomes.get(link.number)
        if welcome is not None and not welcome.done():
            welcome.set_result(None)

    async def close(self) -> None:
        """Call no more."""
        for call in self._calls.values():
            call.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _call(self, account: Account) -> None:
        loop = asyncio.get_running_loop()
        link = self._link()
        welcome = self._welcomes[link.number] = loop.create_future()
        try:
            async with asyncio.timeout(WELCOME_WITHIN_S):
                await loop.create_connection(lambda: link, self._host, self._port)
                link.say(link.voice.log_in(link.next_key(), account.name, account.password))
                link.flush()
                await welcome
        except (OSError, TimeoutError):
            link.close()
            await self._fall_back(account)
        else:
            link.receives = True
        finally:
            del self._welcomes[link.number]
            del self._calls[account.name]
        if link.receives:
            self._join(link, account)
        else:
            account.give()

    async def _fall_back(self, account: Account) -> None:
        """Give by the links of the submits for a while."""
        for link in account.links:
            link.receives = True
        account.give()
        await asyncio.sleep(AGAIN_AFTER_S)
        for link in account.links:
            link.receives = False
