"""A whole `hongyan serve` with people who log in to its console, for the security tests: real ports, real cookies."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import aiohttp
from starlette.routing import Route

from hongyan.assemble import System, running
from hongyan.console.frame import Doorway
from hongyan.console.pages import SECTIONS
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, SystemClock
from hongyan.model.world import Declared
from hongyan.settings import load
from hongyan.testing.demo import DEV_DEFAULTS, demo_world, to_seed

TOKEN = "the-token-of-the-operator"
BOSS = Actor(name="setup", role=Role.ADMIN, via="cli")
PASSWORD = "a quiet goose on the lake"


class Page(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    cookies: Sequence[str]
    body: str


class Browser:
    """Somebody's browser at the console: keeps cookies, follows nothing by itself."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base, self._session = base, session
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Page:
        """Ask for a path; underscores in header names become dashes."""
        return await self._ask("GET", path, None, headers)

    async def post(
        self, path: str, form: Mapping[str, str] | None = None, *, csrf: str | None = None, **headers: Any
    ) -> Page:
        """Send a form, by default with the token that a page of ours gives this browser."""
        token = await self.csrf() if csrf is None else csrf
        return await self._ask("POST", path, {"csrf": token, **(form or {})}, headers)

    async def csrf(self) -> str:
        """Return the token of the forms that this browser gets."""
        for path in ("/me", "/login"):
            found = re.search(r'name="csrf" value="([^"]*)"', (await self.get(path)).body)
            if found:
                return found[1]
        return ""

    async def log_in(self, name: str, password: str = PASSWORD, **fields: str) -> Page:
        """Fill in the log-in."""
        await self.get("/login")
        return await self.post("/login", {"name": name, "password": password, **fields})

    async def _ask(self, method: str, path: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Page:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        url = self.base + path
        async with self._session.request(method, url, data=form, headers=named, allow_redirects=False) as reply:
            set_cookies = reply.headers.getall("set-cookie", [])
            for one in set_cookies:
                name, _, value = one.partition(";")[0].partition("=")
                self.cookies[name] = value
                if "Max-Age=0" in one:
                    del self.cookies[name]
            body = (await reply.read()).decode("utf-8", "replace")
            answered = {name.lower(): value for name, value in reply.headers.items()}
            return Page(reply.status, answered, set_cookies, body)


class House:
    """The running system."""

    def __init__(self, system: System, session: aiohttp.ClientSession, clock: Clock) -> None:
        self.system, self.session, self.clock = system, session, clock
        self.office = system.road.reception.office

    def browser(self) -> Browser:
        """Return a browser that knows nothing yet."""
        return Browser(self.system.console_url, self.session)

    async def people(self, *roles: Role) -> list[Browser]:
        """Return a logged-in browser for each role; accounts are named after them."""
        found = []
        known = {one["name"] for one in await self.office.people.list(BOSS)}
        for role in roles:
            name = f"a-{role}"
            if name not in known:
                await self.office.people.add(BOSS, name, role, PASSWORD)
            browser = self.browser()
            assert (await browser.log_in(name)).status == 303
            found.append(browser)
        return found

    async def api(self, method: str, path: str, json: Any = None, **headers: str) -> Page:
        """Ask `/v1` as the operator."""
        named = {"authorization": f"Bearer {TOKEN}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        url = self.system.api_url + path
        async with self.session.request(method, url, json=json, headers=named, allow_redirects=False) as reply:
            return Page(reply.status, dict(reply.headers), (), await reply.text())


@asynccontextmanager
async def guarded(
    folder: Path, world: Sequence[Declared] = (), *, demo: bool = False, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[House]:
    """Run a whole system on free ports; `demo` False is `serve`. Its passwords are cheap to compute."""
    clock = clock or SystemClock()
    loaded = load(
        {"data_dir": folder, "api_port": 0, "console_port": 0, "admin_token": TOKEN, "receipt_delay_s": 0.02}
        | {"rehearsal": True}
        | settings,
        defaults=DEV_DEFAULTS,
    )
    seeds = (*demo_world(loaded), *world)
    with patch("hongyan.operate.passwords.PASSES", 1), patch("hongyan.operate.passwords.MEMORY_KIB", 64):
        async with (
            running(loaded, demo=demo, seed=lambda known: to_seed(seeds, known.things), clock=clock) as system,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            yield House(system, session, clock)


def routes(method: str) -> Iterator[Doorway]:
    """Yield every route of the console that answers to a method, whoever made its page."""
    for section in SECTIONS:
        for route in section.routes(None):  # type: ignore[arg-type] # routes are made without asking the console
            assert isinstance(route, Route)
            assert isinstance(route, Doorway), f"{route.path} has no role: make it with page, action or table_pages"
            if method in (route.methods or ()):
                yield route


class Links(HTMLParser):
    """Elements and attributes of a page, as a browser would make them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action", "formaction"} and value is not None:
                self.addresses.append(value)


def pattern_of(route: Doorway) -> re.Pattern[str]:
    """Return what paths of a route look like."""
    return re.compile(re.sub(r"\\\{[^}]*\}", "[^/?]+", re.escape(route.path)))


async def crawl(browser: Browser, begin: Sequence[str], most_of_a_kind: int = 3) -> dict[str, Page]:
    """Return these pages and those that links lead to, a few of each route, with the data beside each."""
    patterns = [pattern_of(route) for route in routes("GET") if route.path not in {"/login", "/live"}]
    data = [route.path for route in routes("GET") if route.path.endswith((".json", ".csv"))]
    kinds: Counter[re.Pattern[str]] = Counter()
    seen: dict[str, Page] = {}
    ahead = [(path, True) for path in begin]
    while ahead:
        path, is_wanted = ahead.pop(0)
        bare = path.partition("?")[0]
        kind = next((one for one in patterns if one.fullmatch(bare)), None)
        if kind is None or path in seen or (kinds[kind] >= most_of_a_kind and not is_wanted):
            continue
        kinds[kind] += 1
        page = seen[path] = await browser.get(path)
        if page.headers.get("content-type", "").startswith("text/html"):
            found = [one for one in Links(page.body).addresses if one.startswith("/") and not one.startswith("//")]
            ahead += [(one.partition("#")[0], False) for one in found]
            ahead += [(f"{bare}.json", False)] if any(re.fullmatch(r".*\}\.json", one) for one in data) else []
    return seen
