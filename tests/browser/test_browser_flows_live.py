"""Pages that move by themselves, pages without a script, and what is copied."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from browser.chromium import Tab, chromium
from hongyan.console.pages import SECTIONS
from hongyan.console.words.common import WORDS as COMMON
from hongyan.console.words.inbox import WORDS
from hongyan.testing.client import Client
from local_vendor import LocalVendor

AT_ONCE_MS = 2_000 * 3
"""two seconds, and patience with a machine that does much else"""
PATIENCE_MS = 20_000
_MOST_KEPT = 6
"""connections that a browser keeps to one host"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("live")) as running:
        yield running


@contextlib.contextmanager
def tab_of(browser: Browser, **context: object) -> Iterator[Tab]:
    tab = Tab(browser, **context)
    yield tab
    tab.close()
    assert not tab.troubles


def connections(url: str) -> int:
    """Return how many open connections a port of this machine has, as the kernel counts them."""
    place = f"0100007F:{urlsplit(url).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(row[1] == place and row[3] == "01" for row in rows)


def test_an_empty_inbox_shows_the_first_message_in_every_tab_without_a_reload(
    browser: Browser, vendor: LocalVendor
) -> None:
    client = Client(vendor.api_url)
    client.erase()
    with tab_of(browser) as english, tab_of(browser) as chinese:
        for tab, lang in ((english, "en"), (chinese, "zh")):
            tab.page.goto(f"{vendor.console_url}/?lang={lang}")
            expect(tab.page.locator("[data-live-state]")).to_have_text(WORDS["live_now"][lang == "zh"])
            expect(tab.page.locator(".waiting-first")).to_be_visible()
            tab.page.evaluate("window.marker = 'still here'")
        client.send_alibaba("13800138011")
        for tab, lang in ((english, "en"), (chinese, "zh")):
            expect(tab.page.locator("li.item")).to_have_count(1, timeout=AT_ONCE_MS)
            expect(tab.page.locator("#arrived")).to_contain_text(WORDS["arrived"][lang == "zh"])
            expect(tab.page.locator("li.item .badge.delivered")).to_be_visible(timeout=AT_ONCE_MS)
            assert tab.page.evaluate("window.marker") == "still here"


def test_pages_that_were_left_leave_no_connection_behind(browser: Browser, vendor: LocalVendor) -> None:
    id_ = Client(vendor.api_url).send("13800138012", "Left 1234").json()["messages"][0]["id"]
    with tab_of(browser) as tab:
        for _ in range(7):
            for path in ("/", f"/messages/{id_}", "/phone/8613800138012"):
                with tab.page.expect_request(lambda request: "/live?" in request.url):
                    tab.page.goto(vendor.console_url + path, wait_until="commit")
        tab.page.goto(f"{vendor.console_url}/health")
        vendor.eventually(lambda: connections(vendor.console_url) <= _MOST_KEPT)
    vendor.eventually(lambda: connections(vendor.console_url) == 0)


def test_a_page_says_that_the_server_is_away_and_goes_on_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as held:
            ports.append(held.getsockname()[1])
    tab = Tab(browser)
    with LocalVendor(tmp_path, api_port=ports[0], console_port=ports[1]) as first:
        Client(first.api_url).send("13800138021", "Before 1234")
        tab.page.goto(first.console_url)
        expect(tab.page.locator("[data-live-state]")).to_have_text(WORDS["live_now"][0])
        expect(tab.page.locator("li.item")).to_have_count(1)
        tab.page.evaluate("window.marker = 'still here'")
    expect(tab.page.locator("[data-live-state]")).to_have_text(WORDS["live_lost"][0])
    with LocalVendor(tmp_path, api_port=ports[0], console_port=ports[1]) as second:
        Client(second.api_url).send("13800138022", "After 1234")
        expect(tab.page.locator("[data-live-state]")).to_have_text(WORDS["live_now"][0], timeout=PATIENCE_MS)
        expect(tab.page.locator("li.item")).to_have_count(2, timeout=PATIENCE_MS)
        assert tab.page.evaluate("window.marker") == "still here"
        tab.close()  # what went wrong while the server was away is in the browser's console, as it should be


def test_pages_work_without_a_script(browser: Browser, vendor: LocalVendor) -> None:
    client = Client(vendor.api_url)
    client.send_alibaba("13800138031")
    id_ = client.wait_for("13800138031", until="final")["id"]
    with (
        tab_of(browser, java_script_enabled=False) as inbox,
        tab_of(browser, java_script_enabled=False) as other,
    ):
        inbox.page.goto(vendor.console_url)
        inbox.page.locator("input[type=search]").fill("to:8613800138032")
        inbox.page.locator("form.search button").click()
        expect(inbox.page.locator("li.item")).to_have_count(0)
        inbox.page.goto(vendor.console_url)
        new = inbox.page.locator("li.item", has_text="Comes by itself")
        expect(new).to_have_count(0)
        client.send("13800138032", "Comes by itself 1234")
        paths = [section.path for section in SECTIONS if section.group]
        for path in [*paths, f"/messages/{id_}", "/phone/8613800138031", "/projects/demo-alibaba", "/docs"]:
            answer = other.page.goto(vendor.console_url + path)
            assert answer is not None
            assert answer.status == 200, path
            expect(other.page.locator("h1")).to_be_visible()
            for button in ("button.copy", "button[data-copy]"):
                assert not any(one.is_visible() for one in other.page.locator(button).all()), f"{path} {button}"
        other.page.goto(f"{vendor.console_url}/carriers/simulator")
        other.page.locator("form[action*='/pace'] input[name=per_second]").fill("800")
        other.page.locator("form[action*='/pace'] button").click()
        expect(other.page.locator(".notice.good")).to_be_visible()
        expect(new).to_have_count(1, timeout=PATIENCE_MS)


def test_what_is_shown_to_be_copied_is_copied(browser: Browser, vendor: LocalVendor) -> None:
    client = Client(vendor.api_url)
    with tab_of(browser, permissions=["clipboard-read", "clipboard-write"]) as tab:
        page = tab.page
        page.goto(f"{vendor.console_url}/send")
        snippet = page.locator("[aria-labelledby=program] .code")
        snippet.locator("button.copy").press("Enter")
        expect(snippet.locator("button.copy")).to_have_text(COMMON["copied"][0])
        assert page.evaluate("navigator.clipboard.readText()") == snippet.locator("code").inner_text()
        client.send("13800138041", "Your code is 975310")
        page.goto(f"{vendor.console_url}/?q=to:8613800138041")
        page.locator("li.item button[data-copy]").click()
        expect(page.locator("li.item button[data-copy]")).to_have_text(COMMON["copied"][0])
        assert page.evaluate("navigator.clipboard.readText()") == "975310"
