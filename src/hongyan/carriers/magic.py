"""Magic numbers: what the simulator does with a number is written in its last four digits.

One table, shared by the simulator, its tests and docs/magic-numbers.md. It holds no behaviour of its own.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """What a simulated carrier can do with a message."""

    DELIVERED = "delivered"
    REFUSED = "refused at submit"
    THROTTLED = "throttled, then delivered"
    RENDER_FAILED = "delivered, card not shown"
    UNDELIVERED = "undelivered"
    LATE = "receipt late"
    EARLY = "receipt before the submit answer"
    TWICE = "receipt twice"
    EXPIRED = "expired"
    NEVER = "no receipt"
    UNSURE = "submit answer lost"


MAGIC: dict[str, Outcome] = {
    # odd last digit: a phone that shows cards in the demo world; even: one that does not
    "4001": Outcome.DELIVERED,
    "4002": Outcome.DELIVERED,
    "4011": Outcome.REFUSED,
    "4012": Outcome.REFUSED,
    "4021": Outcome.THROTTLED,
    "4022": Outcome.THROTTLED,
    "4031": Outcome.RENDER_FAILED,
    "4041": Outcome.UNDELIVERED,
    "4042": Outcome.UNDELIVERED,
    "4051": Outcome.LATE,
    "4052": Outcome.LATE,
    "4061": Outcome.EARLY,
    "4062": Outcome.EARLY,
    "4071": Outcome.TWICE,
    "4072": Outcome.TWICE,
    "4081": Outcome.EXPIRED,
    "4082": Outcome.EXPIRED,
    "4091": Outcome.NEVER,
    "4092": Outcome.NEVER,
    "4101": Outcome.UNSURE,
    "4102": Outcome.UNSURE,
}
"""Last four digits -> outcome. No sample number of a vendor's document ends in one of these."""

MEANING: dict[Outcome, tuple[str, str, str]] = {
    Outcome.DELIVERED: ("delivered", "delivered, whatever the profile", "送达，不受仿真档位影响"),
    Outcome.REFUSED: ("rejected", "refused at submit: invalid number; paid back", "提交即被拒：号码无效；退费"),
    Outcome.THROTTLED: (
        "delivered",
        "throttled at the first hand-over, taken at the second, then delivered",
        "首次提交被限速，再次提交后送达",
    ),
    Outcome.RENDER_FAILED: (
        "delivered",
        "card: delivered, but the handset cannot show it; paid back. Other messages: delivered",
        "卡片短信：送达但解析失败；退费。其他短信：送达",
    ),
    Outcome.UNDELIVERED: ("undelivered", "absent subscriber", "用户不在服务区或关机"),
    Outcome.LATE: (
        "delivered",
        "delivered; the receipt comes after ten times the delay, five seconds at least",
        "送达；状态报告迟到（十倍延迟，至少五秒）",
    ),
    Outcome.EARLY: (
        "delivered",
        "delivered; the receipt comes before the answer to the hand-over",
        "送达；状态报告先于提交应答到达",
    ),
    Outcome.TWICE: ("delivered", "delivered; the receipt comes twice", "送达；状态报告重复"),
    Outcome.EXPIRED: ("expired", "the carrier gives up: validity over", "运营商侧超过有效期"),
    Outcome.NEVER: (
        "unknown",
        "taken; no receipt ever comes; unknown when the validity and a grace time are over",
        "已提交；始终没有状态报告；有效期加宽限期后记为未知",
    ),
    Outcome.UNSURE: (
        "delivered",
        "the answer to the first hand-over is lost, the message is handed over again, then delivered",
        "首次提交的应答丢失，再次提交后送达",
    ),
}
"""Outcome -> (the state it ends in, what happens in English, in Chinese)."""
