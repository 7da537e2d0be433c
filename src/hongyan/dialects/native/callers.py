"""Who may use `/v1`: the operator's token, a key of dialect native, and in dev anybody on this machine.

"On this machine" must hold against a web page that its owner happens to have open: such a page comes from a
foreign origin (CSRF) or names us by its own host (DNS rebinding), and both are refused.
"""

import hmac
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request

from hongyan.accept import Desk
from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.model.peers import is_here, is_loopback
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Proof
from hongyan.model.world import Caller, Key, World

DIALECT = "native"
CLI_AGENT = "hongyan-cli"
"""how our own command line names itself"""
_SAFE_SITES = {"", "none", "same-origin", "same-site"}


NOBODY = Actor(name="", role=Role.VIEWER, via="api")


class Asker(NamedTuple):
    """Who asks. The operator sees every project; a key sees its own."""

    caller: Caller | None
    """None: the operator"""
    actor: Actor = NOBODY
    """the same as the audit log names them"""

    @property
    def project(self) -> str | None:
        """The one project that may be seen, or None for all."""
        return None if self.caller is None else self.caller.project.name


class Doorkeeper:
    """Tells who asks. `dev` lets callers on this machine in without a token."""

    def __init__(
        self, desk: Desk, world: Callable[[], World], *, admin_token: str, allowed_hosts: Sequence[str], dev: bool
    ) -> None:
        self._desk, self._world = desk, world
        self._admin_token, self._dev = admin_token, dev
        self._hosts = frozenset(host.lower() for host in allowed_hosts)

    def asker(self, request: Request, exchange: Exchange) -> Asker:
        """Return who asks. Raises Refused."""
        scheme, _, token = exchange.headers.get("authorization", "").partition(" ")
        if token:
            if scheme.lower() != "bearer":
                raise Refused(Reason.BAD_SEAL_METHOD, wanted="Bearer")
            return self._by_token(token.strip(), exchange)
        if not self._dev:
            raise Refused(Reason.MISSING_SEAL, field="Authorization: Bearer")
        if not is_here(exchange.peer, exchange.headers.keys()):
            raise Refused(Reason.MISSING_SEAL, field="Authorization: Bearer", why="only this machine may go without")
        self._refuse_pages(request)
        return Asker(None, _admin("dev", exchange))

    def on_behalf(self, asker: Asker, project: str | None, exchange: Exchange) -> Caller:
        """Return the caller that a message is sent for: the key's project, or the one the operator names."""
        world = self._world()
        if asker.caller is not None:
            if project not in {None, asker.project}:
                raise Refused(Reason.NOT_PERMITTED, project=project)
            return asker.caller
        name = project if project is not None else _usual_project(world)
        found = world.projects.get(name)
        if found is None or not found.enabled:
            raise Refused(Reason.PROJECT_CLOSED, project=name[:100])
        exchange.project, exchange.key_id = found.name, "operator"
        return Caller(project=found, key=Key(project=found.name, dialect=DIALECT, name="operator"), world=world)

    def _by_token(self, token: str, exchange: Exchange) -> Asker:
        if self._admin_token and hmac.compare_digest(token.encode(), self._admin_token.encode()):
            return Asker(None, _admin("operator", exchange))
        name, dot, given = token.partition(".")
        if not dot or not name:
            raise Refused(Reason.UNKNOWN_KEY)

        def prove(secret: str) -> Proof:
            same = hmac.compare_digest(secret.encode(), given.encode())
            return Proof(valid=same and bool(secret), theirs="(hidden)", ours="(hidden)", string_to_sign="")

        caller = self._desk.identify(exchange, Claim(key_id=name, prove=prove))
        project = caller.project.name
        actor = Actor(name=name, role=Role.OPERATOR, via=_via(exchange), peer=exchange.peer, project=project)
        return Asker(caller, actor)

    def _refuse_pages(self, request: Request) -> None:
        headers = request.headers
        if not self._is_ours(_host_of(headers.get("host", ""))):
            raise Refused(Reason.NOT_PERMITTED, field="Host", why="not a name of this machine")
        origin = headers.get("origin")
        if origin is not None and not self._is_ours(_host_of(urlsplit(origin).netloc) if "//" in origin else ""):
            raise Refused(Reason.NOT_PERMITTED, field="Origin", why="a page from elsewhere")
        if headers.get("sec-fetch-site", "") not in _SAFE_SITES:
            raise Refused(Reason.NOT_PERMITTED, field="Sec-Fetch-Site", why="a page from elsewhere")

    def _is_ours(self, host: str) -> bool:
        return host == "localhost" or is_loopback(host) or host in self._hosts


def _admin(name: str, exchange: Exchange) -> Actor:
    return Actor(name=name, role=Role.ADMIN, via=_via(exchange), peer=exchange.peer)


def _via(exchange: Exchange) -> str:
    return "cli" if exchange.headers.get("user-agent", "").startswith(CLI_AGENT) else "api"


def _host_of(netloc: str) -> str:
    """Return the host of `host:port` or `[v6]:port` in lower case, "" when it is malformed."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _usual_project(world: World) -> str:
    """Return the project that pays when none is named: the last declared, in the demo world `demo`."""
    if not world.projects:
        raise Refused(Reason.PROJECT_CLOSED, project="")
    return "demo" if "demo" in world.projects else next(iter(world.projects))
