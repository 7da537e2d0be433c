"""One request at the door: where it comes from, over which kind of connection, with which cookies.

Cookies carry nothing but a random token. Their name has our port in it, for browsers do not tell ports apart, and the
prefix `__Host-` where the connection is HTTPS: no other host can then set one for us.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from hongyan.model.peers import Networks, behind, is_in

DOOR_S = 3_600
"""how long a log-in form may stand open"""


class Knock(NamedTuple):
    """Who is at the door."""

    peer: str
    """their address; behind a proxy of ours the one that it tells"""
    is_https: bool
    port: str
    cookies: Mapping[str, str]
    agent: str

    @property
    def _prefix(self) -> str:
        return f"{'__Host-' if self.is_https else ''}hongyan"

    @property
    def session_cookie(self) -> str:
        """The name of the cookie that holds a session's token."""
        return f"{self._prefix}_{self.port}" if self.port else self._prefix

    @property
    def door_cookie(self) -> str:
        """The name of the cookie that a log-in form is bound to."""
        return f"{self.session_cookie}_door"

    @property
    def token(self) -> str:
        """The session's token, "" when there is none."""
        return self.cookies.get(self.session_cookie, "")

    def set(self, name: str, value: str, kept_s: int) -> str:
        """Return a Set-Cookie header. Lax, so that a link in a chat leads somebody logged in to its page."""
        secure = "; Secure" if self.is_https else ""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={kept_s}{secure}"


def knock_of(scope: Scope, headers: Headers, proxies: Networks) -> Knock:
    """Return what a request says. A proxy is believed only where it is ours."""
    client = scope.get("client")
    peer = client[0] if client else ""
    is_https = scope.get("scheme") == "https"
    if proxies and is_in(peer, proxies):
        is_https = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower() == "https"
        if "x-forwarded-for" in headers:
            peer = behind(peer, ",".join(headers.getlist("x-forwarded-for")), proxies)
    port = headers.get("host", "").rpartition("]")[2].rpartition(":")[2]
    cookies = cookie_parser(headers.get("cookie", ""))
    return Knock(peer, is_https, port if port.isdigit() else "", cookies, headers.get("user-agent", ""))


def form_token(cookie: str) -> str:
    """Return what a form carries that is bound to a cookie: nobody can tell it who does not know the cookie."""
    return hmac.new(cookie.encode("utf-8", "replace"), b"hongyan log-in form", hashlib.sha256).hexdigest()
