"""Logging in and out, and one's own account: password and sessions. Nobody is led to another site from here."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console.doors import LOG_IN, own_path
from hongyan.console.drawing import FENCE
from hongyan.console.frame import Console, Section, Visit, action, page
from hongyan.console.tables import Column, Table
from hongyan.console.words.login import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.passwords import LEAST
from hongyan.operate.sessions import BY_TOKEN, Begun, Session, Turned

_SESSIONS = (Column("peer"), Column("agent"), Column("created_at", "time"), Column("seen_at", "time"))
_NO_MATCH, _TOO_MANY = 401, 429


def _routes(console: Console) -> Sequence[Route]:
    return [
        page(console, LOG_IN, form),
        action(console, LOG_IN, log_in, Role.VIEWER),
        action(console, "/logout", log_out, Role.VIEWER),
        page(console, "/me", me),
        action(console, "/me/password", change_password, Role.VIEWER),
        action(console, "/me/sessions/end", end_session, Role.VIEWER),
        action(console, "/me/sessions/end-others", end_others, Role.VIEWER),
    ]


SECTION = Section("me", "/me", "", _routes)


async def form(visit: Visit) -> Response:
    """Show the log-in, or go on when somebody is logged in already."""
    if visit.is_known:
        return RedirectResponse(_onwards(visit, visit.asked_whole("next")), 303, FENCE)
    return _form(visit, next_=own_path(visit.asked_whole("next")))


async def log_in(visit: Visit) -> Response:
    """Begin a session, always a new one, and lead on to where somebody wanted to go."""
    sent, sessions, knock = visit.sent, visit.office.sessions, visit.knock
    next_ = own_path(sent.get("next", ""))
    begun: Begun | Turned
    if token := sent.get("token", ""):
        begun = await sessions.log_in_by_token(token.strip(), peer=knock.peer, agent=knock.agent)
    else:
        name, password = sent.get("name", ""), sent.get("password", "")
        begun = await sessions.log_in(name, password, peer=knock.peer, agent=knock.agent)
    if isinstance(begun, Turned):
        return _form(visit, next_=next_, turned=begun, name=sent.get("name", ""), by_token=bool(token))
    return _let_in(visit, begun, RedirectResponse(_onwards(visit, next_), 303, FENCE))


async def log_out(visit: Visit) -> Response:
    """End this session."""
    answer = visit.back(LOG_IN, done="logged_out")
    if visit.session is not None:
        await visit.office.sessions.log_out(visit.actor, visit.session)
        answer.headers.append("set-cookie", visit.knock.set(visit.knock.session_cookie, "", 0))
    return answer


async def me(visit: Visit) -> Response:
    """Show one's own account."""
    return await _me(visit)


async def change_password(visit: Visit) -> Response:
    """Change one's own password. All other sessions end."""
    session = _mine(visit)
    new = visit.sent.get("new", "")
    if session.account == BY_TOKEN:
        raise Refused(Reason.NOT_PERMITTED, why="the admin token is a setting", why_zh="管理令牌是一项设置")
    if new != visit.sent.get("again", ""):
        return await _me(visit, status=400, wrong="not_same")
    try:
        begun = await visit.office.people.change_own(
            visit.actor, session, visit.sent.get("old", ""), new, visit.knock.agent
        )
    except Refused as refused:
        said = str(refused.facts.get("why_zh" if visit.lang == "zh" else "why", ""))
        return await _me(visit, status=400, wrong="too_easy", said=said)
    if isinstance(begun, Turned):
        status = _TOO_MANY if begun.wait_s else _NO_MATCH
        return await _me(visit, status=status, wrong="too_many" if begun.wait_s else "not_old", wait_s=begun.wait_s)
    return _let_in(visit, begun, visit.back("/me", done="password"))


async def end_session(visit: Visit) -> Response:
    """End one of one's sessions."""
    await visit.office.sessions.end(visit.actor, _mine(visit).account, visit.sent.get("id", ""))
    return visit.back("/me", done="ended")


async def end_others(visit: Visit) -> Response:
    """End all of one's sessions but this."""
    session = _mine(visit)
    await visit.office.sessions.end_all(visit.actor, session.account, but=session)
    return visit.back("/me", done="ended")


def _mine(visit: Visit) -> Session:
    if visit.session is None:
        raise Refused(Reason.NOT_PERMITTED, why="nobody is logged in here", why_zh="当前没有登录会话")
    return visit.session


async def _me(visit: Visit, *, status: int = 200, **more: Any) -> Response:
    session = visit.session
    rows = await visit.office.sessions.listed(visit.actor, session.account) if session else []
    for row in rows:
        row["is_this"] = session is not None and row["id"] == session.id
    shown = {"wrong": "", "said": "", "wait_s": 0} | more
    return visit.draw(
        "me.html",
        WORDS,
        status=status,
        table=Table("sessions", _SESSIONS, rows),
        has_password=session is not None and session.account != BY_TOKEN,
        least=LEAST,
        at="me",
        **shown,
    )


def _form(
    visit: Visit, *, next_: str, turned: Turned | None = None, name: str = "", by_token: bool = False
) -> Response:
    wait_s = turned.wait_s if turned else 0
    answer = visit.draw(
        "login.html",
        WORDS,
        status=200 if turned is None else _TOO_MANY if wait_s else _NO_MATCH,
        next_=next_ if next_ != "/" else "",
        turned=turned is not None,
        wait_s=wait_s,
        name=name[:200],
        by_token=by_token,
        has_token=visit.office.sessions.has_token,
        is_anybodys=visit.office.sessions.is_anybodys(),
        at="",
    )
    if wait_s:
        answer.headers["retry-after"] = str(wait_s)
    return answer


def _let_in(visit: Visit, begun: Begun, answer: Response) -> Response:
    cookie = visit.knock.set(visit.knock.session_cookie, begun.token, visit.office.sessions.longest_s)
    answer.headers.append("set-cookie", cookie)
    if visit.knock.door_cookie in visit.knock.cookies:
        answer.headers.append("set-cookie", visit.knock.set(visit.knock.door_cookie, "", 0))
    return answer


def _onwards(visit: Visit, next_: str) -> str:
    path = own_path(next_)
    return visit.page(path) if "?" not in path else path
