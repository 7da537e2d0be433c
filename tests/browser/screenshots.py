"""Takes pictures of the main pages: `make screenshots`. They are for people to look at, and for the READMEs."""

import sys
import tempfile
from pathlib import Path

from browser.chromium import Tab, chromium
from browser.furnished import furnished

SHOTS = (
    # name, path, language, colours, width
    ("inbox", "/", "en", "light", 1280),
    ("inbox-zh", "/", "zh", "dark", 1280),
    ("inbox-phone", "/", "zh", "light", 390),
    ("message", "message", "en", "light", 1280),
    ("refusal", "refusal", "zh", "light", 1280),
    ("phone", "phone", "en", "light", 1280),
    ("send", "/send", "zh", "light", 1280),
    ("templates", "/templates", "en", "light", 1280),
    ("carriers", "/carriers", "en", "dark", 1280),
    ("routes", "/routes?to=13800138000", "zh", "light", 1280),
    ("webhooks", "/webhooks", "en", "light", 1280),
    ("statistics", "/statistics", "en", "light", 1280),
    ("projects", "/projects", "en", "light", 1280),
    ("ledger", "/ledger", "zh", "dark", 1280),
    ("chaos", "/chaos", "en", "light", 1280),
    ("health", "/health", "en", "light", 1280),
    ("audit", "/audit", "zh", "light", 1280),
    ("docs", "/docs", "en", "light", 1280),
)


def main(folder: Path) -> None:
    """Write them all into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, furnished(Path(data)) as house, chromium() as browser:
        for name, path, lang, scheme, width in SHOTS:
            tab = Tab(browser, color_scheme=scheme)
            tab.page.set_viewport_size({"width": width, "height": 860})
            where = house.pictured.get(path, path)
            tab.page.goto(f"{house.vendor.console_url}{where}{'&' if '?' in where else '?'}lang={lang}")
            tab.page.screenshot(path=folder / f"{name}.png")
            tab.close()
            sys.stdout.write(f"{folder / name}.png  {where}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
