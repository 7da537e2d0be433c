"""How a message looks on a handset: bubbles, or the card behind its link. Asked by the message's page and the phone.

A card is drawn of plain values (`links/cards.py`); pictures from elsewhere are never loaded by the console.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.links.cards import ShownCard, card_of, render
from hongyan.links.pages import read_sent
from hongyan.model.errors import Refused
from hongyan.model.world import World
from hongyan.text.codes import extract_code, links


class Piece(NamedTuple):
    """A piece of a text: words, or a link."""

    text: str
    href: str = ""


class Face(NamedTuple):
    """What is drawn."""

    pieces: tuple[Piece, ...]
    code: str | None
    """a one-time code in the text"""
    card: ShownCard | None
    card_href: str = ""
    """where the card's own page is"""


def face_of(world: World, message: Mapping[str, Any], its_links: Sequence[Mapping[str, Any]]) -> Face:
    """Return how a message looks. `its_links`: its short links, as stories tell them."""
    link = next((one for one in its_links if one["kind"] == "card"), None)
    card = None if link is None else card_at(world, message["project"], link["target"], link["values"])
    text = message["text"]
    return Face(pieces(text), extract_code(text), card, "" if link is None else link["address"])


def card_at(world: World, project: str, template: str, values: str) -> ShownCard | None:
    """Return a declared card with the values that a link carries; None when it cannot be drawn."""
    found = world.templates.get(project, {}).get(template)
    if found is None or found.card is None:
        return None
    sent = read_sent(values)
    try:
        return render(card_of(found.card), sent.values, sent.custom_url)
    except (Refused, ValueError):
        return None


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text with its links apart. Only addresses of the web become links."""
    out: list[Piece] = []
    rest = text
    for found in links(text):
        before, here, after = rest.partition(found)
        if not here:
            continue
        if before:
            out.append(Piece(before))
        out.append(Piece(found, found if found.startswith(("http://", "https://")) else f"http://{found}"))
        rest = after
    if rest:
        out.append(Piece(rest))
    return tuple(out)
