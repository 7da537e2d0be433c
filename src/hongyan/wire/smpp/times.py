"""Times as SMPP writes them (§7.1.1), `YYMMDDhhmmsstnnp`, and the dates in receipts. CMPP borrows them too.

Pure arithmetic on milliseconds UTC; "now" is never asked.
"""

import re
from datetime import UTC, datetime, timedelta

_SHAPE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9])([0-9]{2})([-+R])")
_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?")
_SECOND_MS, _MINUTE_MS, _HOUR_MS, _DAY_MS = 1000, 60_000, 3_600_000, 86_400_000
_MONTH_MS, _YEAR_MS = 30 * _DAY_MS, 365 * _DAY_MS
_QUARTER_MINUTES = 15
_MOST_QUARTERS = 48
_CENTURY = 2000
_LONGEST_RELATIVE_MS = 63 * _DAY_MS
"""longer than any message waits: SMSCs do not agree how long many months are"""


def absolute(at: int, *, quarters: int = 0) -> str:
    """Return a time (ms UTC, years 2000 to 2099) as local time `quarters` of an hour ahead of UTC."""
    local = datetime.fromtimestamp(at // _SECOND_MS, UTC) + timedelta(minutes=_QUARTER_MINUTES * quarters)
    tenth = at % _SECOND_MS // 100
    return f"{local:%y%m%d%H%M%S}{tenth}{abs(quarters):02d}{'-' if quarters < 0 else '+'}"


def relative(period_ms: int) -> str:
    """Return a period from now, rounded up to a second, at most 63 days."""
    seconds = -(-max(0, min(period_ms, _LONGEST_RELATIVE_MS)) // _SECOND_MS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    months, days = divmod(days, 30)
    return f"00{months:02d}{days:02d}{hours:02d}{minutes:02d}{seconds:02d}000R"


def due(text: str, now: int) -> int | None:
    """Return the time (ms UTC) that an SMPP time means, or None when it is none; `now` is what a relative one adds to.

    A relative month has 30 days, a relative year 365.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, tenth, quarters = map(int, found.groups()[:-1])
    if found[9] == "R":
        days = year * _YEAR_MS + month * _MONTH_MS + day * _DAY_MS
        return now + days + hour * _HOUR_MS + minute * _MINUTE_MS + second * _SECOND_MS
    if quarters > _MOST_QUARTERS:
        return None
    try:
        local = datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    ahead = -quarters if found[9] == "-" else quarters
    return int(local.timestamp()) * _SECOND_MS + tenth * 100 - ahead * _QUARTER_MINUTES * _MINUTE_MS


def receipt_date(at: int, *, offset_minutes: int = 0) -> str:
    """Return a time (ms UTC) as receipts write it, YYMMDDhhmm, so many minutes ahead of UTC."""
    return f"{datetime.fromtimestamp(at // _SECOND_MS, UTC) + timedelta(minutes=offset_minutes):%y%m%d%H%M}"


def receipt_date_ms(text: str, *, offset_minutes: int = 0) -> int | None:
    """Return the time (ms UTC) of a receipt's date of 10 or 12 digits, or None when it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(digits or 0) for digits in found.groups())
    try:
        local = datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (int(local.timestamp()) - offset_minutes * 60) * _SECOND_MS
