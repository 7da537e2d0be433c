"""One POST to a caller's address: guarded, bounded in time and size, redirects followed by hand.

Knows HTTP, nothing of messages or of whether the answer is a good one. Never raises for what a receiver does.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from hongyan.model.errors import Refused
from hongyan.model.push import PushCall
from hongyan.report.target import GuardedResolver, checked, redirected

MOST_ANSWER = 65_536
MOST_REDIRECTS = 3
_SAME_POST = frozenset({301, 302, 307, 308})
_HEADERS = {"User-Agent": "hongyan", "Accept": "*/*", "Accept-Encoding": "identity"}
_KEEP_ALIVE_S = 4.0
"""shorter than common servers keep a connection, so that we seldom write to one that is closing"""
_AT_ONCE = 200
"""calls under way, to all receivers together: each takes a file handle"""
_LOOKUPS = 16


class Posted(NamedTuple):
    """What came of a call. `status` 0: there was no answer, and `why` says the reason."""

    status: int
    body: bytes
    why: str = ""
    headers: Iterable[tuple[str, str]] = ()
    """of the answer"""


class Poster:
    """Makes calls over kept connections; one set for the outside, one that may go inside."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS, "lookup")
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def post(self, call: PushCall, timeout_s: float, *, inside: bool) -> Posted:
        """Make the call; `timeout_s` is for all of it, redirects and body included, but not for waiting for room."""
        try:
            async with self._room, asyncio.timeout(timeout_s):
                return await self._follow(call, inside=inside)
        except TimeoutError:
            return Posted(0, b"", f"no answer within {timeout_s:g} s")
        except Refused as refused:
            return Posted(0, b"", f"not called: {refused.facts.get('why', refused)}")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Posted(0, b"", f"{type(error).__name__}: {error}"[:200])

    async def _follow(self, call: PushCall, *, inside: bool) -> Posted:
        session = self._session(inside=inside)
        url = checked(call.url, inside=inside)
        for _ in range(MOST_REDIRECTS + 1):
            posted, location = await _once(session, url, call)
            if location is None:
                return posted
            url = redirected(url, location, inside=inside)
        return Posted(0, b"", f"more than {MOST_REDIRECTS} redirects")

    def _session(self, *, inside: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(inside)
        if session is None:
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(self._threads, inside=inside),
                limit=0,  # we count ourselves: waiting for room is not the receiver's fault
                keepalive_timeout=_KEEP_ALIVE_S,
            )
            reuse = aiohttp.TraceConfig()
            reuse.on_connection_reuseconn.append(_mark_reused)
            session = self._sessions[inside] = aiohttp.ClientSession(
                connector=connector,
                headers=_HEADERS,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trace_configs=[reuse],
            )
        return session

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _mark_reused(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
    context.trace_request_ctx.reused = True


async def _once(session: aiohttp.ClientSession, url: URL, call: PushCall) -> tuple[Posted, str | None]:
    """Return (what came of it, where it redirects to).

    A kept connection that the receiver closes just as we write to it says nothing about the receiver: the call is
    made again, once, on a new one.
    """
    context = SimpleNamespace(reused=False)
    try:
        return await _request(session, url, call, context)
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
        if not context.reused:
            raise
    return await _request(session, url, call, SimpleNamespace(reused=False))


async def _request(
    session: aiohttp.ClientSession, url: URL, call: PushCall, context: SimpleNamespace
) -> tuple[Posted, str | None]:
    async with session.post(
        url, data=call.body, headers=call.headers, allow_redirects=False, trace_request_ctx=context
    ) as response:
        if response.status in _SAME_POST:
            location = response.headers.get("location")
            if location:
                return Posted(response.status, b""), location
        content = response.content
        body = await content.read(MOST_ANSWER)
        while len(body) < MOST_ANSWER and not content.at_eof():
            body += await content.read(MOST_ANSWER - len(body))
        return Posted(response.status, body, "", response.headers.items()), None
