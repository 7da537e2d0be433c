"""Who may look: the Host header must be one of ours (against DNS rebinding), and where a token is set, it is asked for.

Pure ASGI, in front of every page of the console.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Doors:
    """Passes a request on when it knocks by a known name and, if need be, with the token.

    `token`: None asks for none; "" lets nobody in; else it is taken as a Bearer token or as a Basic password, so that
    a browser asks for it.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = (), token: str | None = None) -> None:
        self._app, self._token = app, token
        self._hosts = frozenset(name.lower() for name in (*LOOPBACK_NAMES, *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        if _name(headers.get("host", "")) not in self._hosts:
            return PlainTextResponse(
                "The console does not answer to this host name. Open it at 127.0.0.1, or add it to allowed_hosts.\n",
                status_code=421,
            )
        if self._token is None or self._passes(headers.get("authorization", "")):
            return None
        said = "The admin token is the password." if self._token else "Set admin_token to open the console."
        return PlainTextResponse(
            said + "\n", status_code=401, headers={"www-authenticate": 'Basic realm="Hongyan console", charset="UTF-8"'}
        )

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
