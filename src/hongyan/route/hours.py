"""Parts of the day: whether a moment is in one, and when that changes next.

A window belongs to the day on which it begins: `days = ["fri"]` from 22:00 to 06:00 ends on Saturday morning. What a
zone's clocks do in spring and autumn is the zone's business; a window is never empty and never a day too long for it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hongyan.model.clock import BEIJING, utc
from hongyan.model.world import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_A_DAY = 1440
_LOOK_AHEAD_DAYS = 8
_FIXED: dict[str, tzinfo] = {"Asia/Shanghai": BEIJING, "UTC": UTC}
"""zones that need no table from the machine"""


def minutes_of(text: str) -> int:
    """Return minutes since midnight from HH:MM, up to 24:00. Raises ValueError."""
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdigit() and text.isascii()):  # noqa: PLR2004 - HH and MM
        raise ValueError(f"{text!r} is not HH:MM")
    found = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or found > _MINUTES_A_DAY:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f"{text!r} is no time of day")
    return found


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name. Raises ValueError for one that this machine does not know."""
    try:
        return _FIXED.get(name) or ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}") from None


def opened(hours: Iterable[Hours], now_ms: int) -> tuple[bool, int]:
    """Return whether one of the windows is open, and until when that is certain. Raises ValueError."""
    is_open, until_ms = False, now_ms + _LOOK_AHEAD_DAYS * _MINUTES_A_DAY * 60_000
    for one in hours:
        for begin_ms, end_ms in _windows(one, now_ms):
            is_open = is_open or begin_ms <= now_ms < end_ms
            until_ms = min([until_ms, *(edge for edge in (begin_ms, end_ms) if edge > now_ms)])
    return is_open, until_ms


def _windows(hours: Hours, now_ms: int) -> Iterator[tuple[int, int]]:
    zone = zone_of(hours.zone)
    begin, end = minutes_of(hours.begin), minutes_of(hours.end)
    if end <= begin:
        end += _MINUTES_A_DAY
    today = utc(now_ms).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for ahead in range(-2, _LOOK_AHEAD_DAYS):
        midnight = today + timedelta(days=ahead)
        if not hours.days or DAYS[midnight.weekday()] in hours.days:
            yield _ms(midnight, begin, zone), _ms(midnight, end, zone)


def _ms(midnight: datetime, minutes: int, zone: tzinfo) -> int:
    """Return the instant at which clocks in the zone show so many minutes after that midnight."""
    return round((midnight + timedelta(minutes=minutes)).replace(tzinfo=zone).timestamp() * 1000)
