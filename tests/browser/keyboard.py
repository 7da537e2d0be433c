"""Somebody at the console without a mouse: Tab, Enter, Space, arrows and letters, and nothing else.

A form is entered at its first field; that Tab leads there from the top of the page is shown by a test of its own.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from browser.chromium import Tab
from hongyan.console.words import Words

_MOST_TABS = 120
_FOCUSED = """form => {
  const at = document.activeElement, place = at.getBoundingClientRect();
  return {
    within: form.contains(at), tag: at.tagName, type: at.type || "", name: at.name || "", value: at.value || "",
    multiple: Boolean(at.multiple), checked: Boolean(at.checked), seen: place.width > 0 && place.height > 0,
    ring: getComputedStyle(at).outlineStyle !== "none" && parseFloat(getComputedStyle(at).outlineWidth) >= 2,
  };
}"""
_FIRST = "input:not([type=hidden]), select, textarea, button"


class Keyboard:
    """Drives one tab of a browser."""

    def __init__(self, tab: Tab, base: str, lang: str = "en") -> None:
        self.tab, self.page, self._base, self._lang = tab, tab.page, base, lang

    def go(self, path: str) -> None:
        """Open an address."""
        answer = self.page.goto(f"{self._base}{path}{'&' if '?' in path else '?'}lang={self._lang}")
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    @property
    def path(self) -> str:
        """The address without language and thanks."""
        return urlsplit(self.page.url).path

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def is_at(self, what: str | Locator) -> bool:
        """Return whether the focus is on something."""
        place = self.page.locator(what).first if isinstance(what, str) else what
        found: bool = place.evaluate("one => one === document.activeElement")
        return found

    def reach(self, what: str, key: str = "Tab") -> None:
        """Press Tab until something has the focus, and see that it shows."""
        for _ in range(_MOST_TABS):
            self.press(key)
            if self.is_at(what):
                break
        else:
            raise AssertionError(f"{key} never comes to {what}")
        assert self.page.locator(what).first.evaluate(_FOCUSED)["ring"], f"the focus on {what} cannot be seen"

    def follow(self, what: str) -> None:
        """Go to a link and follow it."""
        self.reach(what)
        self.enter()

    def enter(self, key: str = "Enter") -> None:
        """Press what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(key)

    def write(self, text: str) -> None:
        """Write into the field that has the focus, in place of what is there."""
        self.press("Control+a")
        self.page.keyboard.insert_text(text)

    def submit(self, form: str, values: Mapping[str, str] | None = None, button: str = "", key: str = "Enter") -> None:
        """Fill in a form from its first field to its button, and press that; `button`: the value of one of several."""
        left = dict(values or {})
        place = self.page.locator(form).first
        place.locator(_FIRST).first.focus()
        for _ in range(_MOST_TABS):
            now: dict[str, Any] = place.evaluate(_FOCUSED)
            assert now["within"], f"Tab leaves {form} before its button; left: {left}"
            assert now["seen"], f"{form}: the focus is on {now['name']}, which is not to be seen"
            if now["tag"] == "BUTTON" and now["type"] == "submit" and (not button or now["value"] == button):
                break
            if now["name"] in left:
                self._set(place, now, left)
            self.press("Tab")
        else:
            raise AssertionError(f"Tab never comes to the button of {form}")
        assert not left, f"{form} has no fields {list(left)}"
        assert now["ring"], f"{form}: the focus on its button cannot be seen"
        self.enter(key)

    def _set(self, place: Locator, now: dict[str, Any], left: dict[str, str]) -> None:
        wanted = left[now["name"]]
        if now["type"] == "checkbox":
            if now["value"] in wanted.split() or wanted == "on":
                self.press("Space")
                rest = [one for one in wanted.split() if one not in {now["value"], "on"}]
                left |= {now["name"]: " ".join(rest)}
            if not left[now["name"]]:
                del left[now["name"]]
            return
        if now["tag"] == "SELECT" or now["type"] == "radio":
            if now["tag"] == "SELECT":
                self.press("Home")
            for _ in range(_MOST_TABS):
                if place.evaluate(_FOCUSED)["value"] == wanted:
                    break
                self.press("ArrowDown")
            else:
                raise AssertionError(f"{now['name']} offers no {wanted}")
        else:
            self.write(wanted)
        del left[now["name"]]

    def thanked(self, words: Words, done: str) -> None:
        """See that the page says what was done, that the focus is at its top, and that nothing went wrong."""
        said = self.page.locator("main > .notice.good[role=status]").first
        assert parse_qs(urlsplit(self.page.url).query)["done"] == [done], self.page.url
        assert said.inner_text() == words[f"done_{done}"][self._lang == "zh"]
        self.at_the_top()

    def at_the_top(self) -> None:
        """See that the first Tab of a page is at its beginning, and that no error is in the browser's console."""
        assert self.page.evaluate("document.activeElement === document.body"), "the focus begins at the top"
        self.press("Tab")
        assert self.is_at(".skip")
        assert not self.tab.troubles

    def noted(self, *actions: str) -> None:
        """See that the audit page names what was done, the last first."""
        self.go("/audit")
        shown = self.page.locator("main tbody td:nth-child(3)").all_inner_texts()
        assert list(actions) == list(reversed(shown[: len(actions)])), shown[: len(actions) + 3]
