"""The console's own words: each page has a file here, a word is its English and its Chinese side by side.

What callers, carriers and receivers wrote is never translated.
"""

from collections.abc import Mapping

from hongyan.console.words.common import WORDS
from hongyan.model.message import Leg, State

Words = Mapping[str, tuple[str, str]]
"""word -> (English, Chinese)"""

STATES: dict[str, dict[str, str]] = {
    "en": {str(state): str(state) for state in State},
    "zh": {
        State.ACCEPTED: "已受理",
        State.SENDING: "发送中",
        State.SUBMITTED: "待回执",
        State.DELIVERED: "已送达",
        State.UNDELIVERED: "未送达",
        State.REJECTED: "被拒绝",
        State.EXPIRED: "已过期",
        State.UNKNOWN: "未知",
    },
}
"""Language -> state -> the word on its badge."""

LEGS: dict[str, dict[str, str]] = {
    "en": {str(leg): str(leg) for leg in Leg},
    "zh": {Leg.TEXT: "文本", Leg.DIGITAL: "数字短信", Leg.CARD: "卡片"},
}
"""Language -> leg -> word."""

_merged: dict[tuple[int, str], Mapping[str, str]] = {}


def worded(words: Words, lang: str) -> Mapping[str, str]:
    """Return a page's words and the common ones in one language."""
    key = id(words), lang
    found = _merged.get(key)
    if found is None:
        place = 1 if lang == "zh" else 0
        found = _merged[key] = {name: pair[place] for name, pair in (*WORDS.items(), *words.items())}
    return found
