"""Sends by hand through the API of this very program, as any program of a customer would: over HTTP, sealed.

What is sent and answered is what an SDK sends and gets. The call is noted in the audit log, without its text.
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp

from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.journal import Journal

TIMEOUT_S = 30
MOST_ANSWERED = 65_536
_ANY = {"//0.0.0.0:": "//127.0.0.1:", "//[::]:": "//[::1]:"}
"""where all addresses are listened on, this machine's own is called"""


class Sent(NamedTuple):
    """A call that was made."""

    url: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: str
    took_ms: int


def own_address(api_url: str) -> str:
    """Return the address that this machine calls its own API at."""
    for listened, called in _ANY.items():
        api_url = api_url.replace(listened, called)
    return api_url


async def send_through(
    journal: Journal,
    actor: Actor,
    *,
    project: str,
    dialect: str,
    action: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Sent:
    """Make the call; any answer is one. Raises Refused(NOT_PERMITTED), and UNAVAILABLE when nothing answers."""
    actor.need(Role.OPERATOR, project)
    began = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            read = await answer.content.read(MOST_ANSWERED)
            said = tuple(answer.headers.items())
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Refused(Reason.UNAVAILABLE, why=f"our own API does not answer: {type(error).__name__}") from None
    took_ms = round((time.monotonic() - began) * 1000)
    await journal.note(actor, "message.send", dialect, project, endpoint=action, status=status)
    text = body.decode("utf-8", "replace")
    return Sent(url, dict(headers), text, status, said, read.decode("utf-8", "replace"), took_ms)
