"""Per-number limits as data: how many accepted messages a number may get in a window."""

from enum import StrEnum

from msgspec import Struct

from hongyan.model.clock import BEIJING, beijing
from hongyan.model.message import Category, Leg

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


class Span(StrEnum):
    """A window. Calendar windows begin on China's full minute or hour; rolling ones end now."""

    SECONDS_30 = "30-seconds"
    MINUTE = "minute"
    HOUR = "hour"
    ROLLING_HOUR = "rolling-hour"
    DAY = "day"
    ROLLING_DAY = "rolling-day"

    def opened_ms(self, now_ms: int) -> int:
        """Return when the window that holds `now_ms` began, exclusive: accepted after this counts."""
        if self is Span.SECONDS_30:
            return now_ms - 30_000
        if self is Span.ROLLING_HOUR:
            return now_ms - HOUR_MS
        if self is Span.ROLLING_DAY:
            return now_ms - DAY_MS
        if self is Span.MINUTE:
            return now_ms // MINUTE_MS * MINUTE_MS - 1
        if self is Span.HOUR:
            return now_ms // HOUR_MS * HOUR_MS - 1
        start = beijing(now_ms).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=BEIJING)
        return round(start.timestamp() * 1000) - 1


class Limit(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """No more than `permits` accepted messages to one number in one `span`.

    `per` narrows what is counted together beside the number: `project`, `app`, `signature`, `template`,
    `content`; an empty list counts the number across all projects.
    """

    permits: int
    span: Span
    per: tuple[str, ...] = ("project",)
    categories: tuple[Category, ...] = ()
    """empty: all"""
    legs: tuple[Leg, ...] = ()
    """empty: all"""
    countries: tuple[str, ...] = ()
    """empty: all"""
    name: str = ""
    """what the vendor calls it: "number-day" (Alibaba's day cap across senders), "repeated-content" (Tencent)"""


def _alibaba() -> tuple[Limit, ...]:
    def captcha(permits: int, span: Span, per: tuple[str, ...] = ("project", "signature"), name: str = "") -> Limit:
        return Limit(
            permits=permits,
            span=span,
            per=per,
            name=name,
            categories=(Category.CAPTCHA,),
            legs=(Leg.TEXT,),
            countries=("CN",),
        )

    def digital(permits: int, span: Span, per: tuple[str, ...] = ("project",)) -> Limit:
        return Limit(permits=permits, span=span, per=per, legs=(Leg.DIGITAL,), countries=("CN",))

    def each(category: Category) -> Limit:
        per = ("project", "signature", "template")
        return Limit(
            permits=50,
            span=Span.ROLLING_DAY,
            per=per,
            categories=(category,),
            legs=(Leg.TEXT,),
            countries=("CN",),
        )

    return (
        captcha(1, Span.MINUTE),
        captcha(5, Span.HOUR),
        captcha(10, Span.ROLLING_DAY),
        captcha(40, Span.ROLLING_DAY, (), "number-day"),
        each(Category.NOTIFICATION),
        each(Category.MARKETING),
        digital(2, Span.MINUTE),
        digital(8, Span.HOUR),
        digital(10, Span.ROLLING_DAY),
        digital(1, Span.ROLLING_DAY, ("project", "template")),
    )


PRESETS: dict[str, tuple[Limit, ...]] = {
    # the vendor caps captchas, notifications and digital messages: spec alibaba#limits
    "alibaba": _alibaba(),
    # where an app has it switched on; the source is spec nxcloud#code.13007
    "nxcloud-hour": (Limit(permits=5, span=Span.ROLLING_HOUR, per=("app",)),),
    # result codes 1023, 1024 and 1025 name these; the source is spec yundashi#codes
    "tencent": (
        Limit(permits=1, span=Span.SECONDS_30),
        Limit(permits=5, span=Span.HOUR),
        Limit(permits=10, span=Span.DAY),
        Limit(permits=3, span=Span.DAY, per=("project", "content"), name="repeated-content"),
    ),
}
"""Sets of limits that a project or app can name."""
