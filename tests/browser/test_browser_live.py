"""The inbox in a real browser: it follows what happens without taking the place, the focus or the marks of a reader."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.chromium import Tab, chromium
from local_vendor import LocalVendor


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as browser:
        one = Tab(browser, locale="en-US")
        yield one
        one.close()


def send(vendor: LocalVendor, number: str, text: str = "Your code is 246810") -> str:
    return str(vendor.post_json("/v1/messages", {"to": number, "text": text})["messages"][0]["id"])


def test_the_first_message_takes_the_place_of_the_line_that_waits_for_it(vendor: LocalVendor, tab: Tab) -> None:
    vendor.call("DELETE", "/v1/messages")
    page = tab.page
    page.goto(vendor.console_url)
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    assert tab.violations() == []
    send(vendor, "13800138003")
    expect(page.locator("li.item")).to_have_count(1)
    expect(page.locator("#arrived")).to_be_visible()
    expect(page.locator(".badge.delivered")).to_be_visible()
    assert tab.violations() == []
    assert tab.troubles == []


def test_a_reader_is_not_disturbed(vendor: LocalVendor, tab: Tab) -> None:
    for place in range(60):
        send(vendor, f"1380013{place:04d}")
    page = tab.page
    page.goto(vendor.console_url)
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    page.locator("li.item .row").nth(2).focus()
    page.keyboard.press("j")
    key = page.evaluate("document.activeElement.closest('[data-key]').dataset.key")
    newest = send(vendor, "13900000002")
    expect(page.locator("li.item").first).to_have_attribute("data-key", newest)
    assert page.evaluate("document.activeElement.closest('[data-key]').dataset.key") == key
    expect(page.locator("[data-announce]")).to_contain_text("1")

    page.evaluate("document.activeElement.blur(); scrollTo(0, 900)")
    sent = [send(vendor, f"1390000010{place}") for place in range(3)]
    button = page.locator("[data-new] button")
    expect(button).to_have_text("3 new messages")
    assert page.locator("li.item").first.get_attribute("data-key") == newest
    assert page.evaluate("scrollY") == 900
    button.click()
    expect(page.locator("li.item").first).to_have_attribute("data-key", sent[-1])
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    assert tab.troubles == []


def test_an_older_page_says_that_there_is_more(vendor: LocalVendor, tab: Tab) -> None:
    first, second = send(vendor, "13900000003"), send(vendor, "13900000004")
    page = tab.page
    page.goto(f"{vendor.console_url}/?before={second}")
    with page.expect_response(lambda answer: "part=list" in answer.url):
        expect(page.locator("[data-live-state]")).to_have_text("Live")
    newest = send(vendor, "13900000005")
    page.locator("[data-new] button").click()
    expect(page.locator("li.item").first).to_have_attribute("data-key", newest)
    assert page.url == f"{vendor.console_url}/"
    assert page.locator(f"[data-key='{first}']").count() == 1


def test_a_message_moves_by_itself_and_a_paused_page_does_not(vendor: LocalVendor, tab: Tab) -> None:
    one = send(vendor, "13800004091")  # no receipt comes
    vendor.eventually(lambda: vendor.get_json(f"/v1/messages/{one}")["state"] == "submitted")
    page = tab.page
    page.goto(f"{vendor.console_url}/?live=0")
    expect(page.locator("[data-live-state]")).to_have_text("Not live")
    assert page.locator("[data-live]").count() == 0
    page.goto(f"{vendor.console_url}/messages/{one}")
    expect(page.locator(".badge.submitted").first).to_be_visible()
    vendor.post_json(f"/v1/messages/{one}/receipt", {"state": "delivered"})
    expect(page.locator(".badge.delivered").first).to_be_visible()
    assert tab.troubles == []
