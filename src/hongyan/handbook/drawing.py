"""HTML around a page: Jinja2 templates, one style sheet that is a file, and the headers that fence it in."""

import hashlib
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse, Response

from hongyan.handbook.shelf import BASE
from hongyan.handbook.words import WORDS

_HERE = Path(__file__).parent
STYLE = (_HERE / "static" / "handbook.css").read_text("utf-8")
STYLE_ADDRESS = f"{BASE}/static/handbook.css"
ICON = (_HERE / "static" / "icon.svg").read_text("utf-8")
ICON_ADDRESS = f"{BASE}/static/icon.svg"
_STYLE_VERSION = hashlib.sha256(STYLE.encode()).hexdigest()[:12]
FENCE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""Headers of every answer."""

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def draw(template: str, language: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page of the site in a language."""
    files = {"style": f"{STYLE_ADDRESS}?v={_STYLE_VERSION}", "icon": ICON_ADDRESS}
    html = _templates.get_template(template).render(words=WORDS[language], language=language, **files, **context)
    return HTMLResponse(html, status_code=status, headers=FENCE | {"cache-control": "no-cache"})


def style_sheet() -> Response:
    """Return the style sheet; its address changes when it does."""
    headers = FENCE | {"cache-control": "public, max-age=31536000, immutable"}
    return Response(STYLE, media_type="text/css", headers=headers)


def icon() -> Response:
    """Return the picture in a browser's tab."""
    return Response(ICON, media_type="image/svg+xml", headers=FENCE | {"cache-control": "public, max-age=86400"})
