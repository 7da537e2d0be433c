"""The list of refusals: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "no_refusals": ("Nothing was refused.", "没有被拒绝的请求。"),
    "col_said": ("What was wrong", "说明"),
    "col_request_id": ("Request", "请求号"),
}
