"""The list of refusals: its words."""

from hongyan.console.words import Words
from hongyan.console.words.inbox import WORDS as _INBOX

_SHARED = (
    "how_not", "how_since", "how_to_search", "other_names", "quick", "quick_all", "quick_hour", "no_such_key",
    "no_value", "no_such_value", "no_such_time", "did_you_mean", "searched_to", "search_older", "only_these",
    "live_now", "live_paused", "live_lost", "live_wait", "live_off_now", "live_off", "live_on", "new_ones",
)  # fmt: skip
"""words that the inbox has"""

WORDS: Words = {word: _INBOX[word] for word in _SHARED} | {
    "what": (
        "Requests and items that were not taken, newest first, each with what was wrong and how to put it right.",
        "未被受理的请求和条目，最新的在前，并说明错在哪里、如何改正。",
    ),
    "search_label": ("Search refusals", "搜索被拒请求"),
    "search_hint": ("reason:bad-seal vendor:alibaba since:1h", "reason:bad-seal vendor:alibaba since:1h"),
    "how_bare": (
        "Words alone are looked for in the request and in what is known of its refusal.",
        "单独的词在请求内容及拒绝说明中查找。",
    ),
    "announced": ("New refusals came: ", "新的被拒请求："),
    "no_refusals": ("Nothing was refused.", "没有被拒绝的请求。"),
    "none_match": ("No refusal matches.", "没有符合条件的被拒请求。"),
    "none_so_far": ("No refusal matches so far.", "目前没有符合条件的被拒请求。"),
    "by_reason": ("Reasons in this list", "本页的原因"),
    "col_said": ("What was wrong", "说明"),
    "col_request_id": ("Request", "请求号"),
    "col_peer": ("From", "来源"),
    "about_reason": ("about this reason", "关于该原因"),
    "story": ("the whole story", "完整过程"),
}
