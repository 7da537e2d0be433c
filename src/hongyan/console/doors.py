"""Who may come in: the Host header must be one of ours (against DNS rebinding), what changes something must come from
one of our own pages, and where people log in, whoever asks must be somebody.

Pure ASGI, in front of every page. Leaves an `Actor` and the token of our forms in the request's state.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hongyan.model.actor import Actor, Role

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_READING = {"GET", "HEAD"}
_OUR_SITES = {"", "none", "same-origin"}


class Doors:
    """Passes a request on when it knocks by a known name and, if need be, with the token.

    `token`: None asks for none; "" lets nobody in; else it is taken as a Bearer token or as a Basic password, so that
    a browser asks for it.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = (), token: str | None = None) -> None:
        self._app, self._token = app, token
        self._hosts = frozenset(name.lower() for name in (*LOOPBACK_NAMES, *hosts))
        self._csrf = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(Headers(scope=scope), scope["method"])
        if refusal is None:
            client = scope.get("client")
            name = "dev" if self._token is None else "operator"
            actor = Actor(name=name, role=Role.ADMIN, via="console", peer=client[0] if client else "")
            scope.setdefault("state", {}).update(actor=actor, csrf=self._csrf)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers, method: str) -> Response | None:
        if _name(headers.get("host", "")) not in self._hosts:
            return PlainTextResponse(
                "The console does not answer to this host name. Open it at 127.0.0.1, or add it to allowed_hosts.\n",
                status_code=421,
            )
        if method not in _READING and not self._is_from_here(headers):
            return PlainTextResponse("This request comes from a page that is not ours.\n", status_code=403)
        if self._token is None or self._passes(headers.get("authorization", "")):
            return None
        said = "The admin token is the password." if self._token else "Set admin_token to open the console."
        return PlainTextResponse(
            said + "\n", status_code=401, headers={"www-authenticate": 'Basic realm="Hongyan console", charset="UTF-8"'}
        )

    def _is_from_here(self, headers: Headers) -> bool:
        """Return whether a browser says that one of our own pages sent this; one that says nothing has the token."""
        if headers.get("sec-fetch-site", "") not in _OUR_SITES:
            return False
        origin = headers.get("origin")
        return origin is None or (origin != "null" and urlsplit(origin).netloc.lower() == headers["host"].lower())

    def _passes(self, authorization: str) -> bool:
        scheme, _, rest = authorization.partition(" ")
        given = rest.strip()
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        elif scheme.lower() != "bearer":
            return False
        return bool(self._token) and hmac.compare_digest(given.encode(), (self._token or "").encode())


def _name(host: str) -> str:
    """Return a Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
