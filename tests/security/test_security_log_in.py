"""Who may come in: log-ins, sessions, roles, guessing; what is taken from somebody is gone with their next click."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from hongyan.console.app import console
from hongyan.model.actor import Role
from hongyan.model.clock import FakeClock
from hongyan.model.errors import Refused
from hongyan.operate.journal import AuditQuery
from hongyan.store.tables import sessions
from page_visits import visitor
from security.guarded_house import BOSS, PASSWORD, TOKEN, House, guarded, routes

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def a_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with guarded(tmp_path_factory.mktemp("house"), clock=FakeClock()) as running:
        yield running


@pytest.fixture
def house(a_house: House) -> House:
    """A day later than the test before: nothing that was guessed then counts."""
    assert isinstance(a_house.clock, FakeClock)
    a_house.clock.push(90_000)
    return a_house


async def made(house: House, name: str, role: Role = Role.OPERATOR) -> str:
    await house.office.people.add(BOSS, name, role, PASSWORD)
    return name


async def actions(house: House, target: str) -> list[str]:
    return [one["action"] for one in await house.office.journal.entries(AuditQuery(target=target, limit=200))]


async def test_nobody_sees_anything_before_the_log_in(house: House) -> None:
    stranger = house.browser()
    for route in routes("GET"):
        if route.path == "/login":
            continue
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        page = await stranger.get(f"{path}?a=b")
        if path.endswith((".json", ".csv")):
            assert (page.status, "error" in page.body) == (401, True), path
        else:
            assert page.status == 303, path
            assert page.headers["location"].startswith("/login?next=%2F") or path == "/", path
    assert (await stranger.get("/live?page=inbox", accept="text/event-stream")).status == 401
    login = await stranger.get("/login")
    assert "menu" not in login.body.partition("<body>")[2]
    for route in routes("POST"):
        if route.path == "/login":
            continue
        page = await stranger.post(re.sub(r"\{[^}]*\}", "1", route.path))
        assert (page.status, page.headers["location"]) == (303, "/login"), route.path


async def test_a_log_in_begins_a_session_that_only_its_cookie_opens(house: House) -> None:
    name, browser = await made(house, "Wang.Li"), house.browser()
    planted = {f"hongyan_{house.system.console_url.rpartition(':')[2]}": "planted-by-somebody"}
    browser.cookies |= planted
    page = await browser.log_in("WANG.li ", next="/refusals?a=1")
    assert (page.status, page.headers["location"]) == (303, "/refusals?a=1")
    (cookie,) = [one for one in page.cookies if "Max-Age=0" not in one]
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) >= 43  # 256 bits
    assert token not in planted.values(), "a session that was there before is never taken over"
    me = await browser.get("/me")
    assert (me.status, name.lower() in me.body) == (200, True)
    rows = await house.office.store.select(select(sessions.c.token).order_by(sessions.c.created_at.desc()))
    assert token not in {row[0] for row in rows}, "the store has a digest alone"
    thief = house.browser()
    thief.cookies = {next(iter(planted)): rows[0][0]}
    assert (await thief.get("/me")).status == 303, "what the store has opens nothing"
    left = await browser.post("/logout")
    assert (left.status, left.headers["location"]) == (303, "/login?done=logged_out")
    thief.cookies = {next(iter(planted)): token}
    assert (await thief.get("/me")).status == 303, "the session is over, whoever kept its cookie"
    assert {"session.begin", "session.log-out"} <= set(await actions(house, "wang.li"))


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(house: House) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7", "host": "127.0.0.1:8051"}
    for proxies, believed in (((), False), (("127.0.0.1/32",), True), (("203.0.113.0/24",), False)):
        page = await visitor(console(house.office, proxies=proxies))("/login", forwarded)
        assert ("strict-transport-security" in page.headers) == believed
        assert page.headers["set-cookie"].startswith("__Host-" if believed else "hongyan_8051_door=")
        assert ("; Secure" in page.headers["set-cookie"]) == believed


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=1",
        "\t//evil.example",
        "/login",
        "evil",
    ],
)
async def test_the_log_in_leads_to_no_other_site(house: House, next_: str) -> None:
    browser = house.browser()
    await browser.get("/login")
    page = await browser.post("/login", {"token": TOKEN, "next": next_})
    assert (page.status, page.headers["location"]) == (303, "/")
    again = await browser.get(
        f"/login?next={next_!r}".replace("'", "").replace("\\r\\n", "%0d%0a").replace("\\t", "%09")
    )
    assert (again.status, again.headers["location"]) == (303, "/")


async def test_forms_of_strangers_and_of_others_are_not_taken(house: House) -> None:
    await made(house, "one")
    await made(house, "two")
    one, two = house.browser(), house.browser()
    await one.log_in("one")
    await two.log_in("two")
    assert (await one.post("/logout", csrf=await two.csrf())).status == 403
    for csrf in ("", "x", "é"):
        assert (await one.post("/logout", csrf=csrf)).status == 403
    before = await one.csrf()
    for origin in ("https://evil.example", "null", f"{house.system.console_url}0", "http://127.0.0.1"):
        assert (await one.post("/logout", csrf=before, origin=origin)).status == 403
    for site in ("cross-site", "same-site"):
        assert (await one.post("/logout", csrf=before, sec_fetch_site=site)).status == 403
    assert (await one.get("/logout")).status == 405
    assert (await one.get("/me")).status == 200
    stranger, other = house.browser(), house.browser()
    await other.get("/login")
    assert (await stranger.post("/login", {"token": TOKEN}, csrf=await other.csrf())).status == 403
    assert (
        await one.post("/logout", csrf=before, origin=house.system.console_url, sec_fetch_site="same-origin")
    ).status == 303


async def test_guessing_is_told_to_wait_and_learns_no_names(house: House) -> None:
    await made(house, "guessed")
    said: dict[str, list[tuple[int, str]]] = {}
    for name in ("guessed", "nobody-at-all"):
        browser = house.browser()
        for _ in range(7):
            page = await browser.log_in(name, "wrong password here")
            body = re.sub(r'(csrf" value="|name="name" value=")[^"]*', "", page.body)
            said.setdefault(name, []).append((page.status, re.sub(r"[1-4] s\.", "", body)))
        assert [status for status, _ in said[name]] == [401] * 5 + [429] * 2, name
        assert int(page.headers["retry-after"]) >= 1
        assert "Too many tries" in page.body
    assert said["guessed"] == said["nobody-at-all"]
    right = await house.browser().log_in("guessed")
    assert right.status == 429, "the right password waits as well"
    found = await house.office.journal.entries(AuditQuery(action="session.refused", target="guessed"))
    assert [one["facts"]["failures"] for one in found][-3:] == [4, 2, 1]
    assert not await actions(house, "nobody-at-all"), "what strangers type is not kept: it may be a password"


async def test_many_guesses_at_once_get_no_more_tries(house: House) -> None:
    name = await made(house, "stormed")
    tries = await asyncio.gather(
        *(house.office.sessions.log_in(name, "wrong password here", peer=f"192.0.2.{place}") for place in range(30))
    )
    assert sum(one.wait_s == 0 for one in tries) == 5  # type: ignore[union-attr] # none was right


async def test_disabled_demoted_removed_and_new_passwords_count_with_the_next_click(house: House) -> None:
    people, name = house.office.people, await made(house, "leaving")
    await made(house, "staying", Role.ADMIN)
    browser, other = house.browser(), house.browser()
    await browser.log_in(name)
    await other.log_in(name)
    assert (await browser.get("/audit")).status == 200
    await people.set_role(BOSS, name, "viewer")
    assert (await browser.get("/audit")).status == 403
    assert "/audit" not in (await browser.get("/")).body
    await people.set_role(BOSS, name, "admin")
    assert (await browser.get("/accounts")).status == 200

    new = "another quiet goose"
    wrong = await browser.post("/me/password", {"old": "not this one, no", "new": new, "again": new})
    assert (wrong.status, "another one" in wrong.body) == (401, True)
    for bad in ("short", "leavingleaving", "aaaaaaaaaaaaaa", "Password1234"):
        assert (await browser.post("/me/password", {"old": PASSWORD, "new": bad, "again": bad})).status == 400
    before = dict(browser.cookies)
    assert (await browser.post("/me/password", {"old": PASSWORD, "new": new, "again": new})).status == 303
    assert browser.cookies != before, "the session goes on under a new token"
    assert (await browser.get("/me")).status == 200
    assert (await other.get("/me")).status == 303, "all others are over"

    await people.set_enabled(BOSS, name, enabled=False)
    assert (await browser.get("/me")).status == 303
    assert (await house.browser().log_in(name, new)).status == 401
    await people.set_enabled(BOSS, name, enabled=True)
    await browser.log_in(name, new)
    await people.remove(BOSS, name)
    assert (await browser.get("/me")).status == 303
    done = await actions(house, name)
    assert [one for one in done if one.startswith("account.")] == [
        "account.remove", "account.enable", "account.disable", "account.password", "account.role", "account.role",
        "account.add",
    ]  # fmt: skip


async def test_sessions_are_seen_and_ended_one_by_one(house: House) -> None:
    name = await made(house, "many")
    first, second = house.browser(), house.browser()
    await first.log_in(name)
    await second.log_in(name)
    shown = (await second.get("/me")).body
    (mine,) = [one for one in await house.office.sessions.listed(BOSS, name) if f'value="{one["id"]}"' in shown]
    assert (await second.post("/me/sessions/end", {"id": mine["id"]})).status == 303
    assert (await first.get("/me")).status == 303
    await first.log_in(name)
    assert (await second.post("/me/sessions/end-others")).status == 303
    assert ((await first.get("/me")).status, (await second.get("/me")).status) == (303, 200)
    for bad in ("", "%", "' OR 1=1 --", "0" * 16):
        assert (await second.post("/me/sessions/end", {"id": bad})).status == 404


async def test_a_stream_ends_when_the_session_does(house: House) -> None:
    name, browser = await made(house, "watching"), house.browser()
    await browser.log_in(name)
    url = f"{house.system.console_url}/live?page=inbox&digest=x"
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    async with house.session.get(url, headers={"cookie": cookie}) as stream:
        assert stream.status == 200
        assert await stream.content.readany()
        await house.office.people.set_enabled(BOSS, name, enabled=False)
        async with asyncio.timeout(20):
            while True:
                sent = await house.api("POST", "/v1/messages", {"to": "13800138000", "text": "【鸿雁】你好"})
                assert sent.status in {201, 429}
                try:
                    async with asyncio.timeout(0.6):
                        if not await stream.content.readany():
                            break
                except TimeoutError:
                    continue


async def test_the_admin_token_is_a_way_in_for_emergencies(house: House) -> None:
    browser = house.browser()
    await browser.get("/login")
    assert (await browser.post("/login", {"token": TOKEN})).status == 303
    me = await browser.get("/me")
    assert "operator" in me.body
    assert "change_password" not in me.body
    assert (await browser.post("/me/password", {"old": TOKEN, "new": PASSWORD, "again": PASSWORD})).status == 403
    script = house.browser()
    for authorization in (f"Bearer {TOKEN}", f"Basic {base64.b64encode(f'x:{TOKEN}'.encode()).decode()}"):
        assert (await script.get("/messages.json", authorization=authorization)).status == 200
    for authorization in ("Bearer wrong", "Basic ???", "Digest x", "Bearer "):
        assert (await script.get("/messages.json", authorization=authorization)).status == 401


async def test_an_admin_always_stays(house: House) -> None:
    people = house.office.people
    first, second = await made(house, "first", Role.ADMIN), await made(house, "second", Role.ADMIN)
    for one in await people.list(BOSS):
        if one["role"] == "admin" and one["name"] not in {first, second}:
            await people.set_role(BOSS, one["name"], "viewer")
    both = [people.set_role(BOSS, name, "viewer") for name in (first, second)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, Refused) for one in done) == 1, "two who demote each other at once do not both succeed"
    (left,) = [one["name"] for one in await people.list(BOSS) if one["role"] == "admin"]
    for act in (
        people.remove(BOSS, left),
        people.set_role(BOSS, left, "operator"),
        people.set_enabled(BOSS, left, enabled=False),
    ):
        with pytest.raises(Refused, match="not-permitted"):
            await act


@pytest.mark.asyncio(loop_scope="function")
async def test_processes_on_one_database_know_the_same_people(tmp_path: Path, postgres_dsn: str) -> None:
    shared: dict[str, Any] = {"database_url": postgres_dsn, "master_key": "of these tests alone " * 2}
    async with guarded(tmp_path / "a", **shared) as here, guarded(tmp_path / "b", **shared) as there:
        name, browser = await made(here, "both"), here.browser()
        await browser.log_in(name)
        port, other_port = (one.system.console_url.rpartition(":")[2] for one in (here, there))
        elsewhere = there.browser()
        elsewhere.cookies = {f"hongyan_{other_port}": browser.cookies[f"hongyan_{port}"]}
        assert (await elsewhere.get("/me")).status == 200
        await here.office.people.set_enabled(BOSS, name, enabled=False)
        assert (await elsewhere.get("/me")).status == 303
        tries = [
            await one.office.sessions.log_in("guessed", "wrong password here", peer="192.0.2.1")
            for one in (here, there, here, there, here, there)
        ]
        assert [one.wait_s > 0 for one in tries] == [False] * 5 + [True]  # type: ignore[union-attr] # none was right
