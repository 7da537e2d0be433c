"""What every page is made in: who looks, in which language, at which address; how a page, a table or an action answers.

A page's functions get a `Visit`. They ask the office, and answer with `draw`, `table_answer` or `back`.
"""

import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console import Snippet
from hongyan.console.board import Board
from hongyan.console.drawing import FENCE, draw
from hongyan.console.knock import Knock
from hongyan.console.leaving import Leaving, leaving
from hongyan.console.tables import Table, as_csv, as_json
from hongyan.console.ways import Ways, curl
from hongyan.console.words import Words
from hongyan.links.language import LANGUAGES, language
from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.office import Office
from hongyan.operate.sessions import Session
from hongyan.text.characters import is_storable

_LONGEST = 200
_MOST_FORM = 1 << 20
CSRF_FIELD = "csrf"


class Console(NamedTuple):
    """What the pages are made with: one for the process."""

    menu: "Menu"

    office: Office
    snippets: Sequence[Snippet]
    api_url: str
    """where the API answers, for snippets and commands"""
    board: Board
    """lists that follow what happens"""


class Visit:
    """One request at the console."""

    def __init__(self, console: Console, request: Request, sent: Mapping[str, str] | None = None) -> None:
        self.console, self.request = console, request
        self.sent = sent or {}
        """what a form sent; its token was checked before"""
        self.office = console.office
        self.actor: Actor = request.state.actor
        self.csrf: str = request.state.csrf
        self.session: Session | None = request.state.session
        """None: the admin token, somebody on a developer's machine, or nobody"""
        self.knock: Knock = request.state.knock
        self.query: QueryParams = request.query_params
        self.path: str = request.url.path
        """the page's own path"""
        chosen = self.query.get("lang", "")
        self.kept = {"lang": chosen} if chosen in LANGUAGES else {}
        self.lang = chosen if chosen in LANGUAGES else language(request.headers.get("accept-language", ""), "en")

    def standing_at(self, path: str, without: Collection[str]) -> "Visit":
        """Return this visit as if it were one of another page, with the same fields but for some."""
        there = copy(self)
        there.path = path
        there.query = QueryParams([pair for pair in self.query.multi_items() if pair[0] not in without])
        return there

    @property
    def is_known(self) -> bool:
        """Whether somebody is there who was let in: others see the log-in and the documentation alone."""
        return bool(self.actor.name)

    def asked(self, name: str) -> str:
        """Return a field of the address, trimmed and bounded; "" when it is not there or cannot be stored."""
        value = self.query.get(name, "").strip()[:_LONGEST]
        return value if is_storable(value) else ""

    def asked_whole(self, name: str) -> str:
        """Return a field of the address as it came, for whoever checks it; "" when it is not there."""
        return self.query.get(name, "")

    def may(self, role: Role) -> bool:
        """Return whether whoever looks may do what needs this role: what they may not is not offered."""
        return self.actor.role.may(role)

    def page(self, path: str, **fields: Any) -> str:
        """Return a link to a page; fields that are None or "" are left out."""
        stated = {name: str(value) for name, value in fields.items() if value not in {None, ""}}
        said = self.kept | stated
        return f"{path}?{urlencode(said)}" if said else path

    def here(self, **changes: Any) -> str:
        """Return a link to this page with some fields of its address changed; None drops one."""
        fields = {name: value for name, value in self.query.items() if name != "done"} | {
            name: None if value is None else str(value) for name, value in changes.items()
        }
        stated = {name: value for name, value in fields.items() if value}
        return f"{self.path}?{urlencode(stated)}" if stated else self.path

    def menu(self) -> "Menu":
        """Return the menu's groups with the sections that whoever looks may use."""
        if not self.is_known:
            return ()
        groups = ((group, tuple(one for one in found if self.may(one.role))) for group, found in self.console.menu)
        return tuple((group, found) for group, found in groups if found)

    def leaving(self) -> Sequence[Leaving]:
        """Return the projects whose messages leave for real, and through which carriers."""
        return leaving(self.office.world()) if self.is_known else ()

    def mode_of(self, project: str) -> str:
        """Return how far messages of a project go; "" for one that is not declared."""
        found = self.office.world().projects.get(project)
        return "" if found is None else str(found.mode)

    def draw(self, template: str, words: Words, *, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        return draw(template, self, words, status=status, **context)

    def back(self, path: str, done: str = "", **fields: Any) -> Response:
        """Lead to a page after an action; `done` names the word that it says: `done_<name>`."""
        return RedirectResponse(self.page(path, done=done, **fields), status_code=303, headers=FENCE)

    def ways(self, cli: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Ways:
        """Return how the same is done at a terminal: by our command line, and by curl."""
        return Ways(cli, curl(self.console.api_url, method, path, body, needs_token=not self.office.dev))


Page = Callable[[Visit], Awaitable[Response]]


class Section(NamedTuple):
    """A page in the menu, with everything below it."""

    name: str
    """its word in the menu, `menu_<name>`, and what `at` is called"""
    path: str
    group: str
    routes: Callable[[Console], Sequence[Route]]
    role: Role = Role.VIEWER
    """who finds it in the menu; each action checks its own"""


Menu = Sequence[tuple[str, Sequence[Section]]]
"""(group, its sections), in the order they are shown"""


class Doorway(Route):
    """A route of the console that asks for a role before anything else is looked at."""

    role: Role


def page(console: Console, path: str, show: Page, role: Role = Role.VIEWER) -> Doorway:
    """Return the route of a page, for those who have the role."""

    async def answer(request: Request) -> Response:
        request.state.actor.need(role)
        return await show(Visit(console, request))

    return _doorway(path, answer, "GET", role)


def action(console: Console, path: str, act: Page, role: Role = Role.OPERATOR) -> Doorway:
    """Return the route that a form is sent to, for those who have the role.

    Only forms that we drew for this visitor come through. The office checks again what the actor may.
    """

    async def answer(request: Request) -> Response:
        request.state.actor.need(role)
        sent = await _form(request)
        if not hmac.compare_digest(sent.get(CSRF_FIELD, "").encode(), request.state.csrf.encode()):
            raise Forged
        return await act(Visit(console, request, sent))

    return _doorway(path, answer, "POST", role)


def _doorway(path: str, answer: Callable[[Request], Awaitable[Response]], method: str, role: Role) -> Doorway:
    route = Doorway(path, answer, methods=[method])
    route.role = role
    return route


class Forged(Exception):  # noqa: N818 - said as a sentence on the page
    """A form without the token that we gave this visitor."""


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; of two with one name the values one below the other. Raises Refused(TOO_LARGE)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM:
            raise Refused(Reason.TOO_LARGE, most=_MOST_FORM)
    fields: dict[str, str] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields


def table_pages(
    console: Console,
    path: str,
    load: Callable[[Visit], Awaitable[Table]],
    show: Callable[[Visit, Table], Awaitable[Response]],
    role: Role = Role.VIEWER,
) -> list[Route]:
    """Return a table's three routes: the page, its `.json` and its `.csv`, all with the same rows."""

    async def as_page(visit: Visit) -> Response:
        return await show(visit, await load(visit))

    return [page(console, path, as_page, role), *table_data(console, path, load, role)]


def table_data(
    console: Console, stem: str, load: Callable[[Visit], Awaitable[Table]], role: Role = Role.VIEWER
) -> list[Route]:
    """Return a table's `.json` and `.csv`."""

    async def json(visit: Visit) -> Response:
        return Response(as_json(await load(visit)), media_type="application/json", headers=FENCE)

    async def csv(visit: Visit) -> Response:
        table = await load(visit)
        named = {"content-disposition": f'attachment; filename="{table.name}.csv"'}
        return Response(as_csv(table), media_type="text/csv; charset=utf-8", headers=FENCE | named)

    return [page(console, f"{stem}.json", json, role), page(console, f"{stem}.csv", csv, role)]
