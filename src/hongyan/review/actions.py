"""What a tap on a card element may do, and which fields that needs: one table. Must not build links.

The vendor's document lists the first three with their fields; the others are named there, and their fields are
our reading (marked U in docs/specs/cards.md).
"""

from collections.abc import Iterator
from typing import NamedTuple

from hongyan.model.card import Action

LONGEST_URL = 1000
LONGEST_TARGET = 1000
LONGEST_NUMBER = 20


class Rule(NamedTuple):
    """What one action type asks of its fields."""

    needs: tuple[str, ...] = ("target",)
    """wire names"""
    https: bool = False
    """`target` is an https address"""
    longest: int = LONGEST_TARGET
    """characters of `target`"""


ACTIONS: dict[str, Rule] = {
    "OPEN_URL": Rule(https=True, longest=LONGEST_URL),
    "OPEN_BROWSER": Rule(https=True, longest=LONGEST_URL),
    "OPEN_APP": Rule(),
    "OPEN_QUICK": Rule(),
    "DIAL_PHONE": Rule(longest=LONGEST_NUMBER),
    "OPEN_SMS": Rule(longest=LONGEST_NUMBER),
    "OPEN_EMAIL": Rule(),
    "OPEN_SCHEDULE": Rule(needs=("title", "beginTime")),
    "OPEN_MAP": Rule(needs=("address",)),
    "OPEN_POPUP": Rule(needs=("body",)),
    "COPY_PARAMETER": Rule(),
    "VIEW_PIC": Rule(),
}
"""spec: cards#actions"""


def wrong(action_type: str, action: Action | None) -> Iterator[tuple[str, str]]:
    """Yield (path below the element, what is wrong) for an element's action."""
    rule = ACTIONS.get(action_type)
    if rule is None:
        known = ", ".join(ACTIONS)
        yield "actionType", f"unknown action {action_type[:40]!r}; known: {known}"
        return
    if action is None:
        yield "action", f"{action_type} needs an action object"
        return
    texts = dict(action.texts())
    for name in rule.needs:
        if not texts[name].strip():
            yield f"action.{name}", f"{action_type} needs it"
    if len(action.target) > rule.longest:
        yield "action.target", f"longer than {rule.longest} characters"
    # spec: cards#action.open-url
    if rule.https and action.target.strip() and not action.target.lower().startswith("https://"):
        yield "action.target", "must begin with https://"
