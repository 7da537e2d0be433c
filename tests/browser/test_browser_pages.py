"""Every page of the console in a real browser, in both languages: no error in its console, nothing that axe finds."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from starlette.routing import Route

from browser.chromium import Tab, chromium
from browser.furnished import Furnished, furnished
from hongyan.console.app import console
from hongyan.handbook import handbook

_DATA = (".json", ".csv")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with furnished(tmp_path_factory.mktemp("house")) as running:
        yield running


def paths(house: Furnished) -> list[str]:
    """Return the address of every page there is; one with a place in it must have an example."""
    found = []
    for route in console(house.vendor.system.road.reception.office, docs=handbook()).routes:
        assert isinstance(route, Route)
        if "GET" not in (route.methods or ()) or route.path.endswith(_DATA) or route.path in NO_PAGES:
            continue
        assert "{" not in route.path or route.path in house.examples, f"no example of {route.path}"
        found += house.examples.get(route.path, [route.path])
    return found


NO_PAGES = {"/static/{name}", "/find", "/live"}
"""answers to GET that are no pages"""


@pytest.mark.parametrize(
    ("lang", "scheme", "width", "rules"),
    [
        ("en", "light", 1280, ()),  # by all of axe's rules; the others by those that it may break alone
        ("zh", "dark", 1280, ("color-contrast", "html-has-lang", "label")),
        ("zh", "light", 390, ("target-size", "scrollable-region-focusable")),
    ],
)
def test_pages_are_whole_and_open_to_everybody(
    browser: Browser, house: Furnished, lang: str, scheme: str, width: int, rules: tuple[str, ...]
) -> None:
    tab = Tab(browser, color_scheme=scheme)
    tab.page.set_viewport_size({"width": width, "height": 900})
    wrong: dict[str, list[str]] = {}
    for path in paths(house):
        tab.troubles.clear()
        answer = tab.page.goto(f"{house.vendor.console_url}{path}{'&' if '?' in path else '?'}lang={lang}")
        assert answer is not None
        found = [*tab.violations(*rules), *tab.troubles]
        if answer.status != 200:
            found.append(f"status {answer.status}")
        if tab.page.locator("h1").count() != 1:
            found.append("a page has one heading of the first rank")
        if tab.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"it is wider than the window of {width}")
        if re.search(r"[一-鿿]", tab.page.title().replace("鸿雁", "")) is None and lang == "zh":
            found.append(f"its title is not Chinese: {tab.page.title()}")
        if found:
            wrong[path] = found
    tab.close()
    assert not wrong, "\n" + "\n".join(f"{path}  {one}" for path, found in wrong.items() for one in found)
