"""The site in a real browser: no error in its console, nothing that axe finds, and the keyboard alone is enough."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browser.chromium import Tab, chromium
from hongyan.handbook.shelf import address
from local_vendor import LocalVendor

SHAPES = ("index", "how-to/comms", "states", "settings", "explanation/receipts", "search")
"""one page of each shape: cards, tabs, a drawing, many headings, tables, what a search finds"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with LocalVendor(tmp_path_factory.mktemp("site")) as vendor:
        yield vendor.api_url


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 390)], ids=["en-wide", "zh-narrow"]
)
def test_pages_are_whole_and_open_to_everybody(
    browser: Browser, url: str, language: str, scheme: str, width: int
) -> None:
    tab = Tab(browser, color_scheme=scheme)
    tab.page.set_viewport_size({"width": width, "height": 900})
    wrong: dict[str, list[str]] = {}
    for path in [*(address(name, language) for name in SHAPES), "/docs/none"]:
        tab.troubles.clear()
        tab.page.goto(f"{url}{path}?lang={language}&q=hongyan")
        found = [*tab.violations(), *(one for one in tab.troubles if "404" not in one or path != "/docs/none")]
        if tab.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"wider than the window of {width}")
        if found:
            wrong[path] = found
    tab.close()
    assert wrong == {}


def test_the_keyboard_is_enough(browser: Browser, url: str) -> None:
    tab = Tab(browser)
    page = tab.page
    page.goto(f"{url}/docs/how-to/comms")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.focus("#tabs-1-1")
    page.keyboard.press("ArrowRight")
    shown = page.locator(".tab:visible")
    assert shown.count() == 1
    assert "urllib" in shown.inner_text()
    page.focus("input[type=search]")
    page.keyboard.type("bad-seal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/search?q=bad-seal")
    page.locator("ol.found a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/reasons#bad-seal")
    page.locator(".tongue").last.click()
    page.wait_for_url("**/docs/zh/reasons")
    assert tab.troubles == []
    tab.close()
