"""Who may come in. Pure ASGI, in front of every page.

The Host header must be one of our names (against DNS rebinding); what another site's page asks for is refused, except
that its links may lead here; what changes something must come from one of our own pages. Whoever asks must be logged
in, or bring the admin token; in `hongyan dev` people on this machine need not. Leaves `actor`, `csrf`, `session` and
`knock` in the request's state, and fences every answer in.
"""

import asyncio
import base64
import binascii
import secrets
from collections.abc import Iterable
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hongyan.console.drawing import FENCE
from hongyan.console.knock import DOOR_S, Knock, form_token, knock_of
from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.model.peers import is_here
from hongyan.operate.office import Office
from hongyan.operate.sessions import Session, Turned

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
LOG_IN = "/login"
_READING = {"GET", "HEAD"}
_OUR_SITES = {"", "none", "same-origin"}
_STATIC, _DOCS = "/static/", "/docs"
"""shown to everybody: our own files and the documentation"""
_HSTS = "max-age=31536000"
_LOOK_AGAIN_S = 1.0
_STREAM = "text/event-stream"


class Entry(NamedTuple):
    """How somebody comes in."""

    actor: Actor
    csrf: str
    session: Session | None = None
    cookie: str = ""
    """to be set with the answer"""


class Doors:
    """Passes a request on, or says why not. `hosts`: names of ours beside loopback ones; `proxies`: CIDR ranges."""

    def __init__(self, app: ASGIApp, *, office: Office, hosts: Iterable[str] = (), proxies: Iterable[str] = ()) -> None:
        self._app, self._office = app, office
        self._hosts = frozenset(name.lower() for name in (*LOOPBACK_NAMES, *hosts))
        self._proxies = [ip_network(one, strict=False) for one in proxies]
        self._csrf = secrets.token_urlsafe(32)
        """of people on this machine"""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        knock = knock_of(scope, headers, self._proxies)
        answer: Entry | Response
        try:
            answer = self._foreign(headers, scope["method"]) or await self._entry(scope, headers, knock)
        except Refused:
            answer = _said("The store cannot be reached right now. / 暂时无法访问存储。", 503, headers)
        fenced = _fenced(send, knock, answer.cookie if isinstance(answer, Entry) else "")
        if isinstance(answer, Response):
            await answer(scope, receive, fenced)
            return
        scope.setdefault("state", {}).update(
            actor=answer.actor, csrf=answer.csrf, session=answer.session, knock=knock
        )  # fmt: skip
        if answer.session is None:
            await self._app(scope, receive, fenced)
        else:
            await self._while_logged_in(knock.token, scope, receive, fenced)

    def _foreign(self, headers: Headers, method: str) -> Response | None:
        """Return the refusal of a request by another name of ours, or from another site's page."""
        if _name(headers.get("host", "")) not in self._hosts:
            said = "The console does not answer to this host name. Open it at 127.0.0.1, or add it to allowed_hosts."
            return PlainTextResponse(said + "\n", 421)
        site, origin = headers.get("sec-fetch-site", ""), headers.get("origin")
        is_ours = site in _OUR_SITES and (origin is None or _is_same(origin, headers["host"]))
        if not is_ours and not (method in _READING and _is_link(headers)):
            return PlainTextResponse("This request comes from a page that is not ours.\n", 403)
        return None

    async def _entry(self, scope: Scope, headers: Headers, knock: Knock) -> Entry | Response:
        """Return how somebody comes in; Refused when the store is away."""
        path: str = scope["path"]
        nobody = Entry(Actor(name="", role=Role.VIEWER, via="console", peer=knock.peer), "")
        if path.startswith(_STATIC):
            return nobody
        known = await self._known(headers, knock)
        if known is not None:
            return known
        if path == LOG_IN:
            return _at_the_form(nobody, knock)
        return nobody if path == _DOCS or path.startswith(f"{_DOCS}/") else _log_in_first(scope, headers)

    async def _known(self, headers: Headers, knock: Knock) -> Entry | Response | None:
        """Return the entry of somebody whom we know, None for others; or what is wrong with a token."""
        if self._office.dev and is_here(knock.peer, headers.keys()):
            return Entry(Actor(name="dev", role=Role.ADMIN, via="console", peer=knock.peer), self._csrf)
        if given := _given(headers.get("authorization", "")):
            return await self._with_token(given, knock, headers)
        session = await self._office.sessions.find(knock.token) if knock.token else None
        if session is None:
            return None
        actor = Actor(name=session.account, role=session.role, via="console", peer=knock.peer)
        return Entry(actor, session.csrf, session)

    async def _with_token(self, given: str, knock: Knock, headers: Headers) -> Entry | Response:
        found = await self._office.sessions.by_token(given, peer=knock.peer)
        if isinstance(found, Actor):
            return Entry(found, form_token(given))
        if found.wait_s:
            return _wait(found, headers)
        return _said("The admin token is another one. / 管理令牌不正确。", 401, headers)

    async def _while_logged_in(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a stream ends when the session does."""
        loop = asyncio.get_running_loop()
        is_stream, looked_at = False, loop.time()
        try:
            async with asyncio.timeout(None) as limit:

                async def send_on(message: Message) -> None:
                    nonlocal is_stream, looked_at
                    if message["type"] == "http.response.start":
                        is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith(_STREAM)
                    elif is_stream and loop.time() - looked_at > _LOOK_AGAIN_S:
                        looked_at = loop.time()
                        if await self._office.sessions.find(token) is None:
                            limit.reschedule(looked_at)
                            await asyncio.sleep(_LOOK_AGAIN_S)  # until the stream is cut
                    await send(message)

                await self._app(scope, receive, send_on)
        except TimeoutError:
            if not limit.expired():
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def own_path(text: str) -> str:
    """Return a path of ours that somebody may be led to after the log-in; "/" for anything else."""
    is_ours = text.startswith("/") and not text.startswith(("//", LOG_IN))
    is_plain = all(" " < letter <= "~" and letter != "\\" for letter in text) and len(text) <= 2_000  # noqa: PLR2004 - more is no address of ours
    return text if is_ours and is_plain else "/"


def _at_the_form(nobody: Entry, knock: Knock) -> Entry:
    """Return the entry of somebody who is to log in: their form is bound to a cookie of its own."""
    known = knock.cookies.get(knock.door_cookie, "")
    cookie = known or secrets.token_urlsafe(32)
    set_cookie = "" if known else knock.set(knock.door_cookie, cookie, DOOR_S)
    return nobody._replace(csrf=form_token(cookie), cookie=set_cookie)


def _log_in_first(scope: Scope, headers: Headers) -> Response:
    """Lead a person to the log-in, tell a program that it must."""
    if _wants_data(scope["path"], headers):
        return _said("Log in first, or send the admin token. / 请先登录，或提供管理令牌。", 401, headers, data=True)
    asked = {"next": _whole_path(scope)} if scope["method"] in _READING and scope["path"] != "/" else {}
    return RedirectResponse(f"{LOG_IN}?{urlencode(asked)}" if asked else LOG_IN, 303)


def _whole_path(scope: Scope) -> str:
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"].decode("latin-1")
    path = raw.decode("latin-1").partition("?")[0]
    return own_path(f"{path}?{query}" if query else path)


def _wants_data(path: str, headers: Headers) -> bool:
    """Return whether a program or script asks, which cannot use a form."""
    return (
        path.endswith((".json", ".csv"))
        or _STREAM in headers.get("accept", "")
        or headers.get("sec-fetch-dest", "document") != "document"
    )


def _wait(turned: Turned, headers: Headers) -> Response:
    said = f"Too many tries. Wait {turned.wait_s} s. / 尝试次数过多，请等待 {turned.wait_s} 秒。"
    answer = _said(said, 429, headers)
    answer.headers["retry-after"] = str(turned.wait_s)
    return answer


def _said(sentence: str, status: int, headers: Headers, *, data: bool = False) -> Response:
    if data or "html" not in headers.get("accept", ""):
        return JSONResponse({"error": sentence}, status)
    return PlainTextResponse(sentence + "\n", status)


def _fenced(send: Send, knock: Knock, cookie: str) -> Send:
    """Return a sender that adds the headers which no answer may lack."""

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in FENCE.items():
                headers.setdefault(name, value)
            headers.setdefault("x-frame-options", "DENY")
            if knock.is_https:
                headers.setdefault("strict-transport-security", _HSTS)
            if cookie:
                headers.append("set-cookie", cookie)
        await send(message)

    return send_on


def _is_same(origin: str, host: str) -> bool:
    scheme, _, named = origin.partition("://")
    return scheme in {"http", "https"} and named.lower() == host.lower()


def _is_link(headers: Headers) -> bool:
    """Return whether a browser says that somebody followed a link: a page of its own, in no frame."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _given(authorization: str) -> str:
    """Return the token of a Bearer or Basic header, "" when there is none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2] or "-"
        except (binascii.Error, UnicodeDecodeError):
            return "-"
    return (rest.strip() if scheme.lower() == "bearer" else authorization.strip()) or ("-" if authorization else "")


def _name(host: str) -> str:
    """Return a Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
