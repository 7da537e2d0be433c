"""HTML of the console: Jinja2 templates, one style sheet inside the page, and the headers that fence it in."""

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from hongyan.console.asked import Asked
from hongyan.console.words import LEGS, STATES, WORDS
from hongyan.model.clock import BEIJING

_FOLDER = Path(__file__).parent / "templates"
STYLE = (_FOLDER / "console.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
FENCE = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""Headers of every answer."""

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def draw(template: str, asked: Asked, *, status: int = 200, refresh_s: int = 0, **context: Any) -> HTMLResponse:
    """Return a page in the language asked for; `refresh_s` above 0 makes it load itself again."""
    html = _pages.get_template(template).render(
        asked=asked,
        lang=asked.lang,
        words=WORDS[asked.lang],
        states=STATES[asked.lang],
        legs=LEGS[asked.lang],
        refresh_s=refresh_s,
        **context,
    )
    return HTMLResponse(html.encode("utf-8", "replace"), status_code=status, headers=FENCE)


def clock_time(iso: str | None) -> str:
    """Return an ISO time as China's `MM-dd HH:mm:ss`, or "" for none."""
    return "" if iso is None else datetime.fromisoformat(iso).astimezone(BEIJING).strftime("%m-%d %H:%M:%S")


_pages.globals["style"] = Markup(STYLE)  # noqa: S704 - our own file, whole, with no value in it
_pages.filters["clock_time"] = clock_time
