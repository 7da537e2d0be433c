"""What other sites' pages, other names, odd paths and links to elsewhere get: nothing."""

import asyncio
import re
from collections.abc import AsyncIterator
from http.client import HTTPConnection
from io import BytesIO
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from hongyan.model.peers import behind, is_here
from hongyan.model.world import Link
from security.guarded_house import TOKEN, House, guarded, routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE = "https://evil.example"
FOREIGN: tuple[dict[str, Any], ...] = (
    {"origin": ELSEWHERE},
    {"origin": "null"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
)
"""what a browser says of a form on another site's page"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dev(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A developer's machine: nobody logs in, so everything hangs on who asks."""
    folder = tmp_path_factory.mktemp("dev")
    links = [Link(project="demo", name="odd", target="javascript:alert(1)")]
    async with guarded(folder, links, demo=True) as running:
        yield running


async def raw(url: str, path: str, **headers: str) -> tuple[int, str]:
    """Ask for a path as it is written: no client of ours tidies it."""

    def ask() -> tuple[int, str]:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.putrequest("GET", path, skip_host="host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, body

    return await asyncio.to_thread(ask)


async def test_names_that_are_not_ours_are_not_answered(dev: House) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example:8051", "localhost.evil", "0.0.0.0:8051", "[::2]:8051"):
        for path in (
            "/",
            "/messages.json",
            "/live?page=inbox",
            "/docs/",
            "/static/console.css",
            "/login",
            "/accounts.json",
        ):
            status, body = await raw(dev.system.console_url, path, host=host)
            assert status == 421, (host, path)
            assert len(body) < 200
        for path in ("/v1/messages", "/v1/accounts", "/v1/audit", "/v1/projects"):
            status, body = await raw(dev.system.api_url, path, host=host)
            assert (status, "not a name of this machine" in body) == (403, True), (host, path)


async def test_other_sites_pages_read_nothing(dev: House) -> None:
    browser = dev.browser()
    for route in routes("GET"):
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        for headers in (
            {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
            {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
            {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
            {"origin": ELSEWHERE},
            {"origin": "null"},
        ):
            page = await browser.get(path, **headers)
            assert (page.status, len(page.body) < 100) == (403, True), (path, headers)
            assert "access-control-allow-origin" not in page.headers
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert (await browser.get("/", **link)).status == 200, "a link in a chat leads to its page"
    for path in ("/v1/messages", "/v1/accounts"):
        url = dev.system.api_url + path
        for headers in ({"origin": ELSEWHERE}, {"sec-fetch-site": "cross-site"}, {"x-forwarded-for": "1.2.3.4"}):
            async with dev.session.get(url, headers=headers) as reply:
                assert reply.status in {401, 403}, (path, headers)


async def test_other_sites_pages_change_nothing(dev: House) -> None:
    browser = dev.browser()
    csrf = await browser.csrf() or re.findall(r'csrf" value="([^"]+)', (await browser.get("/accounts")).body)[0]
    for route in routes("POST"):
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        for headers in FOREIGN:
            assert (await browser.post(path, csrf=csrf, **headers)).status == 403, (path, headers)
        for wrong in ("", "x" * 43, csrf[:-1]):
            assert (await browser.post(path, csrf=wrong)).status == 403, path
    status, _ = await raw(dev.system.console_url, "/accounts", x_http_method_override="POST")
    assert status == 200
    forged = {
        "content-type": "text/plain",
        "origin": ELSEWHERE,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "no-cors",
    }
    url = dev.system.api_url + "/v1/accounts"
    async with dev.session.post(url, data=b'{"name":"evil","role":"admin"}', headers=forged) as reply:
        assert reply.status == 403
    assert not dev.office.world().accounts


async def test_whoever_comes_through_a_proxy_is_not_on_this_machine(dev: House) -> None:
    browser = dev.browser()
    for header in ("x_forwarded_for", "forwarded", "x_real_ip"):
        page = await browser.get("/refusals", **{header: "198.51.100.7"})
        assert (page.status, page.headers["location"]) == (303, "/login?next=%2Frefusals")
        assert (await browser.get("/messages.json", **{header: "127.0.0.1"})).status == 401
    assert (
        await browser.get("/messages.json", x_forwarded_for="1.2.3.4", authorization=f"Bearer {TOKEN}")
    ).status == 200


async def test_every_answer_is_fenced_in(dev: House) -> None:
    browser = dev.browser()
    paths = [
        "/nothing",
        "/static/nothing",
        "/login",
        *(route.path.replace("{", "").replace("}", "") for route in routes("GET")),
    ]
    for path in paths:
        if path == "/live":
            continue
        page = await browser.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert page.headers["x-content-type-options"] == "nosniff", path
        assert page.headers["x-frame-options"] == "DENY", path
        if not path.startswith("/static/"):
            assert page.headers["cache-control"] == "no-store", path
    assert (await browser.post("/accounts", csrf="x", sec_fetch_site="cross-site")).headers["x-frame-options"] == "DENY"


async def test_paths_lead_to_no_other_files(dev: House) -> None:
    for path in (
        "/static/../doors.py",
        "/static/..%2fdoors.py",
        "/static/%2e%2e/doors.py",
        "/static/..%5cdoors.py",
        "/static/....//doors.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/console.css%00.py",
        "/docs/../doors.py",
        "/docs/..%2f..%2f..%2fetc/passwd",
        "/docs/%2e%2e/%2e%2e/etc/passwd",
        "/docs//etc/passwd",
        "/docs/static/..%2fapp.py",
        "//etc/passwd",
        "/messages/..%2f..%2fetc%2fpasswd",
    ):
        for url in (dev.system.console_url, dev.system.api_url):
            status, body = await raw(url, path)
            assert status in {400, 404, 301, 307, 308} or (status == 200 and "<html" in body), path
            assert "import " not in body, path
            assert "root:" not in body, path


async def test_short_links_lead_only_where_they_were_made_to(dev: House) -> None:
    for path in ("/l/", "/c/"):
        for code in (
            "//evil.example",
            "https:%2f%2fevil.example",
            "%5c%5cevil.example",
            "nothing?url=https://evil.example",
            "..%2f..%2fv1",
        ):
            status, body = await raw(dev.system.api_url, path + code)
            assert status in {400, 404}, path + code
            assert "evil.example" not in body
    sent = await dev.api("POST", "/v1/messages", {"to": "13800138000", "text": "【鸿雁】看看 #1#", "short_link": "odd"})
    assert "javascript:" not in sent.body
    for found in re.findall(r"/l/\w+", sent.body):
        url = dev.system.api_url + found
        async with dev.session.get(url, allow_redirects=False) as reply:
            assert not reply.headers.get("location", "").startswith("javascript:")


async def test_a_form_has_its_bounds(dev: House) -> None:
    large = b"csrf=x&name=" + b"x" * (1 << 20)
    async with dev.session.post(dev.system.console_url + "/accounts", data=BytesIO(large)) as reply:
        assert reply.status == 413


async def test_proxies_are_believed_only_where_they_are_ours() -> None:
    ours = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32")]
    assert behind("127.0.0.1", "198.51.100.7", ours) == "198.51.100.7"
    assert behind("127.0.0.1", "1.1.1.1, 198.51.100.7, 10.1.2.3", ours) == "198.51.100.7", (
        "what the caller wrote is not"
    )
    assert behind("198.51.100.7", "127.0.0.1", ours) == "198.51.100.7"
    assert behind("127.0.0.1", "nonsense", ours) == "127.0.0.1"
    assert is_here("::ffff:127.0.0.1", ["host"])
    assert not is_here("127.0.0.1", ["x-forwarded-for"])
    assert not is_here("10.0.0.1", [])
    assert not is_here("", [])
