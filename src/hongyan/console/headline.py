"""What became of a message or request in one sentence, as a person would say it. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hongyan.model.hold import CODE as HELD
from hongyan.report.explained import ms_of
from hongyan.report.in_chinese import in_chinese
from hongyan.report.timeline import STATES_ZH

GOOD, BAD, WAITING = "good", "bad", "move"
_PRECISE_BELOW_S = 10
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


class Headline(NamedTuple):
    """The sentence, in both languages, and the class of the notice that it stands in."""

    tone: str
    en: str
    zh: str


def of_story(story: Mapping[str, Any]) -> Headline:
    """Return the sentence for a story."""
    return _of_message(story) if story["kind"] == "message" else _of_refusal(story)


def _of_refusal(story: Mapping[str, Any]) -> Headline:
    first, several = story["refusals"][0], len(story["refusals"]) > 1
    behind, behind_zh = (f" and {len(story['refusals']) - 1} more", "等") if several else ("", "")
    return Headline(
        BAD,
        f"Refused: {first['text_en']}{behind} Nothing was sent, nothing was charged.",
        f"已拒绝：{first['text_zh']}{behind_zh}未发送，未扣费。",
    )


def _of_message(story: Mapping[str, Any]) -> Headline:
    message = story["message"]
    state, cause, carrier = message["state"], message["cause"], message["carrier"]
    took, took_zh = span(_took_ms(message))
    why, why_zh = _why(cause)
    back, back_zh = "", ""
    if message["refunded"]:
        price = f"{message['price']} {message['currency']}"
        back, back_zh = f"; {price} given back", f"；已退费 {price}"
    if state == "delivered":
        return Headline(GOOD, f"Delivered after {took} by {carrier}.", f"{took_zh}后经 {carrier} 送达。")
    if state == "accepted":
        if cause is not None and cause["code"] == HELD:
            return Headline(WAITING, f"Held: {cause['text']}.", f"已扣留：{in_chinese(cause['text'])}。")
        said, said_zh = (f"; last said {why}", f"；上次原因：{why_zh}") if cause else ("", "")
        return Headline(WAITING, f"Accepted; it waits to be handed over{said}.", f"已受理，等待提交{said_zh}。")
    if state == "sending":
        return Headline(WAITING, "It is being handed over to a carrier.", "正在提交给运营商。")
    if state == "submitted":
        return Headline(WAITING, f"{carrier} took it; its receipt is awaited.", f"{carrier} 已接收，等待回执。")
    words = {
        "undelivered": "Not delivered",
        "rejected": "Rejected",
        "expired": "Expired",
        "unknown": "Nobody knows what became of it",
    }
    tone = WAITING if state == "unknown" else BAD
    return Headline(
        tone, f"{words[state]} after {took}: {why}{back}.", f"{STATES_ZH[state]}（{took_zh}后）：{why_zh}{back_zh}。"
    )


def _why(cause: Mapping[str, str] | None) -> tuple[str, str]:
    if cause is None:
        return "no reason was given", "未给出原因"
    text = cause["text"].rstrip(".。") or cause["code"]
    return (
        f"{text} ({cause['code']}), said by {cause['said_by']}",
        f"{in_chinese(text)}（{cause['code']}），来自 {cause['said_by']}",
    )


def _took_ms(message: Mapping[str, Any]) -> int:
    done = message["done_at"]
    return 0 if done is None else max(0, ms_of(done) - ms_of(message["accepted_at"]))


def span(ms: int) -> tuple[str, str]:
    """Return how long something took, as people say it: 12 ms, 1.2 s, 3 min, 2 h, 4 d."""
    if ms < 1000:  # noqa: PLR2004 - a second
        return f"{ms} ms", f"{ms} 毫秒"
    seconds = ms / 1000
    if seconds < _PRECISE_BELOW_S:
        return f"{seconds:.1f} s", f"{seconds:.1f} 秒"
    for size, unit, unit_zh in ((_DAY_S, "d", "天"), (_HOUR_S, "h", "小时"), (_MINUTE_S, "min", "分钟")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}", f"{seconds / size:.3g} {unit_zh}"
    return f"{seconds:.0f} s", f"{seconds:.0f} 秒"
