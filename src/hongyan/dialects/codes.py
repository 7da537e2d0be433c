"""A vendor's codes, read backwards: which reason each is said for. For rules that name a code.

Made of the dialect's own total table, so that a rule's answer is the one that a real refusal would have.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hongyan.model.limits import Span
from hongyan.model.reason import Reason
from hongyan.model.submission import Meant
from hongyan.model.world import Review

_OFTEN = (Reason.NUMBER_LIMIT, Reason.TOO_FAST, Reason.BAD_NUMBER, Reason.KEYWORD, Reason.INTERNAL, Reason.UNAVAILABLE)
"""reasons that a code stands for rather than others of the same code"""
_VARIANTS: tuple[tuple[Reason, dict[str, Any]], ...] = (
    *((Reason.NUMBER_LIMIT, {"span": str(span), "permits": 10}) for span in (Span.DAY, Span.HOUR, Span.SECONDS_30)),
    (Reason.OPTED_OUT, {"marketing_only": False}),
    (Reason.NOT_PERMITTED, {"what": "cards"}),
    (Reason.SIGNATURE_NOT_APPROVED, {"review": str(Review.CANCELLED)}),
    (Reason.REGION_REFUSED, {"template": ""}),
    (Reason.BAD_FIELD, {"field": "TemplateParam"}),
    (Reason.BAD_FIELD, {"field": "FallbackType"}),
)
"""facts by which a reason has another code than without them, and those that a rehearsed limit has"""


def meanings(code_of: Callable[[Reason, Mapping[str, Any]], str]) -> dict[str, Meant]:
    """Return code -> what it is said for, of every code that a refusal may have. `code_of`: the vendor's table."""
    known: dict[str, Meant] = {}
    for reason, facts in _every():
        known.setdefault(code_of(reason, facts), Meant(reason, facts))
    return known


def _every() -> Iterator[tuple[Reason, dict[str, Any]]]:
    yield from (one for one in _VARIANTS if one[0] in _OFTEN)
    yield from ((reason, {}) for reason in (*_OFTEN, *Reason) if reason is not Reason.REHEARSED)
    yield from _VARIANTS
