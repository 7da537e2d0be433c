"""HTML of the console: Jinja2 templates, files of ours beside them, and the headers that fence every answer in."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hongyan.console.words import LEGS, STATES, Words, worded
from hongyan.model.clock import BEIJING

if TYPE_CHECKING:
    from hongyan.console.frame import Visit

_FOLDER = Path(__file__).parent
FENCE = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # with no-referrer browsers name no origin in forms, and doors turn them away
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""Headers of every answer."""

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {path.name: path.read_bytes() for path in sorted((_FOLDER / "static").iterdir()) if path.suffix in _TYPES}
_VERSIONS = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in _FILES.items()}

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    auto_reload=False,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def draw(template: str, visit: "Visit", words: Words, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page in the visitor's language. `at`: the menu's entry that it belongs to."""
    lang, said = visit.lang, worded(words, visit.lang)
    frame = {
        "visit": visit,
        "lang": lang,
        "words": said,
        "states": STATES[lang],
        "legs": LEGS[lang],
        "menu": visit.menu(),
        "leaving": visit.leaving(),
        "said_done": said.get(f"done_{visit.asked('done')}", ""),
    }
    html = _pages.get_template(template).render(frame | context)
    return HTMLResponse(html.encode("utf-8", "replace"), status_code=status, headers=FENCE)


async def static_file(request: Request) -> Response:
    """Answer with one of our own files; its address holds a digest of it, so browsers may keep it."""
    name = request.path_params["name"]
    content = _FILES.get(name)
    if content is None:
        return Response("no such file\n", 404, FENCE, "text/plain")
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(content, 200, FENCE | kept, _TYPES[Path(name).suffix])


def static(name: str) -> str:
    """Return the address of one of our own files."""
    return f"/static/{name}?v={_VERSIONS[name]}"


def clock_time(iso: str | None) -> str:
    """Return an ISO time as China's `MM-dd HH:mm:ss`, or "" for none."""
    return "" if iso is None else datetime.fromisoformat(iso).astimezone(BEIJING).strftime("%m-%d %H:%M:%S")


_pages.globals["static"] = static
_pages.filters["clock_time"] = clock_time
