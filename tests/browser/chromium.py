"""A headless Chromium, and axe: what tests of the console's pages drive.

Debian's browser, found on PATH, driven by Playwright; it makes no connections of its own.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

AXE = Path(__file__).parents[1] / "foreign" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser inside the block."""
    path = shutil.which("chromium")
    assert path, "chromium is not on PATH: `make peers` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A page of the browser that remembers what went wrong on it."""

    def __init__(self, browser: Browser, **context: Any) -> None:
        self._context = browser.new_context(viewport={"width": 1280, "height": 900}, **context)
        self.page: Page = self._context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("requestfailed", self._failed)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.troubles.append(said.text)

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left while it listened for news
            self.troubles.append(f"{request.url}: {request.failure}")

    def close(self) -> None:
        """Close it."""
        self._context.close()

    def violations(self, *rules: str) -> list[str]:
        """Return what axe finds wrong, a line each, with the first places; by some of its rules, or by all."""
        self.page.evaluate(_axe())  # through the debugger: the page's own policy lets no script in
        found: Sequence[Any] = self.page.evaluate(
            "runOnly => axe.run(document, {runOnly}).then(done => done.violations)",
            {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS},
        )
        return [
            f"{one['id']}: {one['help']}: {'; '.join(node['html'][:160] for node in one['nodes'][:3])}" for one in found
        ]


@cache
def _axe() -> str:
    assert AXE.exists(), "axe-core is missing: `make peers` installs it"
    return AXE.read_text("utf-8")
