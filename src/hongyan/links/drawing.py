"""HTML of the public pages: Jinja2 templates, one per family of card types, and the headers that fence them in.

Autoescape is on and an unknown name is an error. One style sheet, inside the page; no script, no outside asset
but the card's own pictures.
"""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from hongyan.links.cards import ShownCard
from hongyan.links.words import WORDS

_FOLDER = Path(__file__).parent / "templates"
STYLE = (_FOLDER / "card.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals["style"] = Markup(STYLE)  # noqa: S704 - our own file, whole, with no value in it


def draw_card(card: ShownCard, lang: str) -> HTMLResponse:
    """Return the page of a card, in the template of its family."""
    return _page(f"{card.look.family}.html", 200, lang, card.origins, card=card)


def draw_sorry(status: int, word: str, lang: str, custom_url: str | None = None) -> HTMLResponse:
    """Return a page that says what cannot be shown; `word` and `word_more` are keys of WORDS."""
    return _page("sorry.html", status, lang, (), title=word, more=f"{word}_more", custom_url=custom_url)


def fence(origins: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers that keep a page from loading, sending or framing anything else. spec: cards#render.page."""
    media = " ".join(origins) or "'none'"
    return {
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src {media}; media-src {media}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "vary": "Accept-Language",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
    }


def _page(template: str, status: int, lang: str, origins: Sequence[str], **context: Any) -> HTMLResponse:
    html = _pages.get_template(template).render(words=WORDS[lang], **context)
    return HTMLResponse(html, status_code=status, headers=fence(origins))
