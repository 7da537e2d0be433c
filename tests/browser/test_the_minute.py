"""The minute: from the command in an empty folder to a message of the official SDK, by what the first screen says."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from browser.chromium import Tab, chromium

A_MINUTE_S = 60
_CALL_MS = 20_000


def test_a_newcomer_sees_the_official_sdks_message_within_a_minute(tmp_path: Path) -> None:
    free = {"HONGYAN_API_PORT": "0", "HONGYAN_CONSOLE_PORT": "0", "HONGYAN_SMPP_PORT": "0"}
    known = {name: value for name, value in os.environ.items() if not name.startswith("HONGYAN_")}
    began = time.monotonic()
    with subprocess.Popen(  # what `make dev` runs
        [sys.executable, "-m", "hongyan", "dev"],
        cwd=tmp_path,
        env=known | free | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        try:
            with chromium() as browser:
                tab = Tab(browser, locale="en-US")
                tab.page.goto(_console(program))
                _follow(tab.page, tmp_path)
                assert not tab.troubles
                tab.close()
            took_s = time.monotonic() - began
        finally:
            program.terminate()
            program.communicate(timeout=30)
    assert took_s < A_MINUTE_S
    assert program.returncode == 0


def _console(program: "subprocess.Popen[str]") -> str:
    """Return the console's address from the card that the program prints."""
    assert program.stdout is not None
    said = []
    for line in program.stdout:
        said.append(line)
        if found := re.search(r"console\b.*(http://127\.0\.0\.1:\d+)$", line.rstrip()):
            return found[1]
    raise AssertionError("".join(said))


def _follow(page: Page, folder: Path) -> None:
    """Do what the first screen says."""
    page.get_by_role("link", name="Alibaba").click()
    page.get_by_role("link", name="Python SDK").click()
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    (folder / "first.py").write_text(page.locator(".first .code code").inner_text(), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "first.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "OK" in ran.stdout
    expect(page.locator("#arrived")).to_be_visible(timeout=_CALL_MS)
    page.locator("#arrived a").click()
    expect(page.locator("li.item")).to_have_count(1)
    page.locator("li.item a.row").first.click()
    expect(page.locator("h1 .badge.delivered")).to_be_visible(timeout=_CALL_MS)
    expect(page.locator("h1")).to_contain_text("+86138")
