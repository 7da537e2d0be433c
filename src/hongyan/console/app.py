"""The console's application: the pages of `pages/`, our own files, and what is said when something cannot be shown."""

from collections.abc import Iterable, Sequence

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hongyan.console import Snippet
from hongyan.console.board import Board
from hongyan.console.doors import Doors
from hongyan.console.drawing import FENCE, static_file
from hongyan.console.frame import Console, Forged, Menu, Visit
from hongyan.console.pages import GROUPS, SECTIONS
from hongyan.console.words import Words
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.sentences import SENTENCES, refusal_text
from hongyan.operate.office import Office

_RETRY_S = 5
_WORDLESS: Words = {}


def console(
    office: Office,
    *,
    hosts: Iterable[str] = (),
    snippets: Sequence[Snippet] = (),
    api_url: str = "",
    proxies: Iterable[str] = (),
    docs: ASGIApp | None = None,
) -> Starlette:
    """Return the app.

    `hosts`: names it answers to beside loopback ones. `snippets`: what an empty inbox shows. `proxies`: see
    `doors.Doors`. `docs`: what answers under `/docs`.
    """
    made = Console(_menu(), office, snippets, api_url, Board(office.live))

    async def sorry(request: Request, error: Exception) -> Response:
        return _sorry(Visit(made, request), error)

    routes = [Route("/static/{name}", static_file)]
    routes += [route for section in SECTIONS for route in section.routes(made)]
    if docs is not None:
        routes.append(Route("/docs{rest:path}", docs))  # its routes carry the whole path
    return Starlette(
        routes=routes,
        middleware=[Middleware(Doors, office=office, hosts=tuple(hosts), proxies=tuple(proxies))],
        exception_handlers={HTTPException: sorry, Refused: sorry, Forged: sorry, Exception: _bug},
    )


async def _bug(_request: Request, _error: Exception) -> Response:
    """Say that something is wrong with us; the server logs what. Nothing is drawn: drawing may be what failed."""
    return Response(
        "The page failed by a fault of ours; it is in the log.\n页面出错，详见日志。\n", 500, FENCE, "text/plain"
    )


def _menu() -> Menu:
    return [(group, [one for one in SECTIONS if one.group == group]) for group in GROUPS]


def _sorry(visit: Visit, error: Exception) -> Response:
    """Say why nothing is shown or done: as a page, or as data where data was asked for."""
    status, title, more, refresh_s = 404, "bad_page", "", 0
    if isinstance(error, HTTPException):
        status = error.status_code
    elif isinstance(error, Forged):
        status, title, more = 403, "sorry_forged", "sorry_forged_more"
    elif isinstance(error, Refused):
        status, title = SENTENCES[error.reason].status, "sorry_refused"
        if error.reason is Reason.UNKNOWN_MESSAGE:
            title, more = "not_found", "not_found_more"
        elif error.reason is Reason.UNAVAILABLE:
            status, title, more, refresh_s = 503, "away", "away_more", _RETRY_S
    if visit.path.endswith((".json", ".csv")):
        body = msgspec.json.encode({"error": title.replace("_", "-")})
        return Response(body, status, FENCE, "application/json")
    said = ""
    if isinstance(error, Refused) and not more:
        said = refusal_text(error.reason, dict(error.facts))[1 if visit.lang == "zh" else 0]
    return visit.draw(
        "sorry.html", _WORDLESS, status=status, refresh_s=refresh_s, title=title, more=more, said=said, at=""
    )
