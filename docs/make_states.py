"""Makes the page of states and its drawing from the table of legal moves. Run it (`make docs`) after a change."""  # noqa: INP001 - a program beside the page it makes, not a package

from typing import NamedTuple

from writing import Pages, both, made_by, page, words, write_all

from hongyan.model.cause import CauseKind
from hongyan.model.message import FINAL, LEGAL_MOVES, State, origins

MADE = made_by("make_states.py")
DRAWING = "states.svg"


class Box(NamedTuple):
    """Where a state stands in the drawing."""

    x: int
    y: int
    kind: str


_WIDTH, _HEIGHT = 124, 40
BOXES: dict[State, Box] = {
    State.ACCEPTED: Box(20, 190, "move"),
    State.SENDING: Box(210, 190, "move"),
    State.SUBMITTED: Box(400, 190, "move"),
    State.DELIVERED: Box(640, 20, "good"),
    State.UNDELIVERED: Box(640, 105, "bad"),
    State.UNKNOWN: Box(640, 190, "box"),
    State.REJECTED: Box(640, 275, "bad"),
    State.EXPIRED: Box(640, 360, "box"),
}
"""Total: a state without a place fails when the drawing is made."""
_COLOURS = {"move": ("#fdf0d2", "#8a5a00"), "good": ("#dff5e8", "#0f7a45"), "bad": ("#fde4e1", "#b3261e")}
_SIZE = 'viewBox="0 0 790 430" width="790" height="430"'
_PLAIN = ("#e8ebf0", "#4b5563")


def drawing() -> str:
    """Return the picture of legal moves as SVG: it has colours of its own, which the site's style sheet replaces."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_SIZE} font-family="sans-serif" font-size="15">',
        '<rect class="sheet-of-paper" width="790" height="430" fill="#ffffff"/>',
    ]
    lines += [_way(state, target) for state in State for target in State if target in LEGAL_MOVES[state]]
    lines += [_box(state, BOXES[state]) for state in State]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _box(state: State, box: Box) -> str:
    fill, stroke = _COLOURS.get(box.kind, _PLAIN)
    width = 3 if state in FINAL else 1.5
    middle = box.x + _WIDTH // 2
    return (
        f'<rect class="{box.kind}" x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{_HEIGHT}" rx="10" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'
        f'<text class="word" x="{middle}" y="{box.y + 26}" text-anchor="middle" fill="#16181d">{state}</text>'
    )


def _way(state: State, target: State) -> str:
    """Return an arrow: straight to the next state, in a bow over or under what stands between."""
    begin, end = BOXES[state], BOXES[target]
    middle = begin.y + _HEIGHT // 2
    if target is State.ACCEPTED:  # back
        x1, x2, y = begin.x + _WIDTH // 2, end.x + _WIDTH // 2, begin.y
        path = f"M{x1},{y} C{x1},{y - 50} {x2},{y - 50} {x2},{y - 7}"
        tip = f"{x2},{y} {x2 - 5},{y - 9} {x2 + 5},{y - 9}"
    elif target is State.SUBMITTED and state is State.ACCEPTED:
        x1, x2, y = begin.x + _WIDTH // 2, end.x + _WIDTH // 2, begin.y + _HEIGHT
        path = f"M{x1},{y} C{x1},{y + 60} {x2},{y + 60} {x2},{y + 7}"
        tip = f"{x2},{y} {x2 - 5},{y + 9} {x2 + 5},{y + 9}"
    elif end.y == begin.y and end.x - begin.x < 250:  # noqa: PLR2004 - neighbours
        path = f"M{begin.x + _WIDTH},{middle} L{end.x - 7},{middle}"
        tip = f"{end.x},{middle} {end.x - 9},{middle - 5} {end.x - 9},{middle + 5}"
    else:
        y1 = begin.y + (_HEIGHT if end.y >= begin.y else 0)
        x1, y2 = begin.x + _WIDTH // 2 + (30 if state is State.SUBMITTED else 0), end.y + _HEIGHT // 2
        path = f"M{x1},{y1} C{x1},{y2} {x1 + 60},{y2} {end.x - 7},{y2}"
        if end.y == begin.y:  # under what stands between
            bend, x2 = begin.y + 85, end.x - 75
            path = f"M{x1},{y1} C{x1},{bend} {x2 - 35},{bend} {x2},{y2 + 25} S{x2 + 35},{y2} {end.x - 7},{y2}"
        tip = f"{end.x},{y2} {end.x - 9},{y2 - 5} {end.x - 9},{y2 + 5}"
    return (
        f'<path class="way" d="{path}" fill="none" stroke="#5d6675" stroke-width="1.4"/>'
        f'<polygon class="tip" points="{tip}" fill="#5d6675"/>'
    )


def states_page(language: str) -> str:
    """Return the page of states."""
    text = words("states")["text"][language]
    meanings, causes = words("states")["states"], words("states")["causes"]
    lines = [f"# {text['title']}\n", MADE, f"{text['begin']}\n", f"![{text['drawing']}]({DRAWING})\n"]
    lines += [text["head"], "|---|---|---|"]
    for state in State:
        moves = ", ".join(_linked(one) for one in State if one in LEGAL_MOVES[state]) or text["nowhere"]
        before = ", ".join(_linked(one) for one in origins(state)) or text["begins"]
        lines.append(f"| {_linked(state)} | {before} | {moves} |")
    lines.append("")
    for state in State:
        final = text["final"] if state in FINAL else text["on_its_way"]
        lines += [f"## `{state}`\n", f"{meanings[str(state)][language]} {final}\n"]
    lines += [f"## {text['causes']}\n", f"{text['causes_begin']}\n", text["causes_head"], "|---|---|"]
    lines += [f"| `{kind}` | {causes[str(kind)][language]} |" for kind in CauseKind]
    return page(lines)


def _linked(state: State) -> str:
    return f"[{state}](#{state})"


PAGES: Pages = both("states", states_page) | {DRAWING: drawing}

if __name__ == "__main__":
    write_all(PAGES)
