from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.wire.smpp.times import absolute, due, receipt_date, receipt_date_ms, relative

NOW = int(datetime(2026, 11, 22, 1, 30, 5, 400_000, tzinfo=UTC).timestamp() * 1000)
TIMES = st.integers(946_684_800_000 + 86_400_000, 4_102_358_400_000 - 86_400_000)


def test_an_absolute_time_is_local_with_its_quarters_of_an_hour() -> None:
    assert absolute(NOW) == "261122013005400+"
    assert absolute(NOW, quarters=32) == "261122093005432+"
    assert absolute(NOW, quarters=-20) == "261121203005420-"


@given(TIMES, st.integers(-48, 48))
def test_an_absolute_time_comes_back_to_the_tenth_of_a_second(at: int, quarters: int) -> None:
    assert due(absolute(at, quarters=quarters), 0) == at - at % 100


@pytest.mark.parametrize(
    ("period_ms", "text"),
    [
        (0, "000000000000000R"),
        (-5, "000000000000000R"),
        (1, "000000000001000R"),
        (300_000, "000000000500000R"),
        (86_399_000, "000000235959000R"),
        (172_800_000, "000002000000000R"),
        (40 * 86_400_000, "000110000000000R"),
        (400 * 86_400_000, "000203000000000R"),
    ],
)
def test_a_relative_time_is_rounded_up_and_bounded(period_ms: int, text: str) -> None:
    assert relative(period_ms) == text


@given(st.integers(0, 63 * 86_400_000), TIMES)
def test_a_relative_time_comes_back_to_the_second(period_ms: int, now: int) -> None:
    back = due(relative(period_ms), now)
    assert back is not None
    assert 0 <= back - now - period_ms < 1000


@pytest.mark.parametrize(
    "text", ["", "0", "261322013005400+", "261122013005449+", "26112201300540 +", "2611220130054000"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert due(text, NOW) is None


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert due(text, 0) is None or len(text) == 16
    assert receipt_date_ms(text) is None or len(text) in {10, 12}


def test_a_receipts_date_has_10_or_12_digits_and_the_offset_of_whoever_wrote_it() -> None:
    assert receipt_date_ms("2611220130") == NOW - 5400
    assert receipt_date_ms("261122013005") == NOW - 400
    assert receipt_date_ms("2611220930", offset_minutes=480) == NOW - 5400
    assert receipt_date(NOW) == "2611220130"
    assert receipt_date(NOW, offset_minutes=480) == "2611220930"
    assert receipt_date_ms("2613220930") is None
    assert receipt_date_ms("26112209301") is None
