"""What routes may ask about beside project, category, leg, country and operator; and how they prefer."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.model.clock import FakeClock
from hongyan.model.world import CarrierConfig, Choice, Control, Declared, Hours, Standing, World
from hongyan.route.hours import minutes_of, opened, zone_of
from hongyan.route.table import Router
from route.routing import A, B, C, message, route


def router(*things: Declared, clock: FakeClock | None = None) -> Router:
    world = World(things=things)
    return Router(lambda: world, clock or FakeClock())


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def english(chooses: Router, **fields: object) -> list[str]:
    return [said.en for said in chooses.choose(message(**fields)).reasons]


def test_a_signature_may_have_a_route_of_its_own() -> None:
    chooses = router(A, B, route("bank", "b", order=1, signatures=("银行",)), route("all", "a"))
    assert chooses.choose(message(signature="银行")).carriers == ("b",)
    assert chooses.choose(message(signature="商店")).carriers == ("a",)
    assert english(chooses)[0] == "route bank: signatures 银行, not unknown"


@pytest.mark.parametrize(
    ("sender", "carrier"),
    [("ACME", "b"), ("ACMES", "a"), ("10690", "b"), ("106901", "b"), ("1069", "a"), (None, "a"), ("", "a")],
)
def test_a_sender_is_meant_exactly_or_by_its_beginning(sender: str | None, carrier: str) -> None:
    chooses = router(A, B, route("own", "b", order=1, senders=("ACME", "10690*")), route("all", "a"))
    assert chooses.choose(message(sender=sender)).carriers == (carrier,)


def test_a_star_alone_is_any_sender_that_was_asked_for() -> None:
    chooses = router(A, B, route("named", "b", order=1, senders=("*",)), route("all", "a"))
    assert chooses.choose(message(sender="x")).carriers == ("b",)
    assert chooses.choose(message()).carriers == ("a",)


def test_the_first_digits_of_the_number_choose_and_longer_ones_belong_to_their_shorter_ones() -> None:
    chooses = router(
        A, B, C,
        route("range", "b", order=1, numbers=("86138", "852")),
        route("one", "c", order=2, numbers=("8613912",)),
        route("china", "a", order=3, numbers=("86",)),
    )  # fmt: skip
    found = {to: chooses.choose(message(to=to)).carriers for to in ("8613812345678", "8613912345678", "8613999999999")}
    assert [*found.values()] == [("b",), ("c",), ("a",)]
    assert chooses.choose(message(to="85298765432")).carriers == ("b",)
    assert chooses.choose(message(to="447700900123")).route is None
    assert english(chooses, to="447700900123")[0] == "route range: numbers that begin with 86138, 852, not this one"


def test_kinds_are_told_apart_only_by_what_some_route_asks_about() -> None:
    chooses = router(A, B, route("us", "b", order=1, countries=("US",)), route("all", "a"))
    for place in range(100):
        chooses.choose(message(project=f"p{place}", signature=f"s{place}", sender=f"x{place}", to=f"8613800{place:06}"))
    assert len(chooses._splits) == 1


def test_an_order_is_kept_whatever_the_weights_are() -> None:
    chooses = router(A, B, route("all", Choice(carrier="b"), Choice(carrier="a", weight=100), prefer="order"))
    assert {chooses.choose(message()).carriers for _ in range(50)} == {("b", "a")}
    assert english(chooses)[-2:] == ["carrier b: chosen, first in order", "carrier a: next if that one fails"]


def costly(name: str, cost: str, **costs: str) -> CarrierConfig:
    return CarrierConfig(name=name, cost=cost, costs={prefix.removeprefix("_"): text for prefix, text in costs.items()})


def test_the_cheapest_for_the_number_comes_first() -> None:
    chooses = router(
        costly("a", "0.05", _86="0.04", _86138="0.06"), costly("b", "0.045"), route("all", "a", "b", prefer="cost")
    )
    assert chooses.choose(message(to="8613912345678")).carriers == ("a", "b")
    assert chooses.choose(message(to="8613812345678")).carriers == ("b", "a")
    assert english(chooses, to="8613812345678")[-2:] == [
        "carrier b: chosen, cheapest: 0.045 against 0.06",
        "carrier a: next if that one fails, at 0.06",
    ]
    assert english(chooses, to="447700900123")[-2] == "carrier b: chosen, cheapest: 0.045 against 0.05"


def test_those_that_cost_the_same_share_by_weight() -> None:
    chooses = router(
        costly("a", "0.03"), costly("b", "0.030"), costly("c", "0.05"),
        route("all", Choice(carrier="c", weight=9), Choice(carrier="a", weight=3), Choice(carrier="b"), prefer="cost"),
    )  # fmt: skip
    answers = [chooses.choose(message()) for _ in range(2000)]
    assert {answer.carriers for answer in answers} == {("a", "b", "c"), ("b", "a", "c")}
    assert 0.7 < sum(answer.carriers[0] == "a" for answer in answers) / 2000 < 0.8
    assert "carrier b: chosen, cheapest: 0.03 against 0.05, weight 1 of 4" in {
        said.en for answer in answers for said in answer.reasons
    }


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.DRAINING, Standing.ISOLATED])
def test_a_carrier_that_an_operator_stopped_is_left_out_with_who_when_and_why(standing: Standing) -> None:
    control = Control(
        name="b", standing=standing, set_by="ops", set_at=at("2026-01-02T09:12:30"), why="maintenance"
    )  # fmt: skip
    chooses = router(A, B, C, control, route("all", "b", Choice(carrier="c", weight=3), "a"))
    assert {chooses.choose(message()).carriers for _ in range(50)} == {("c", "a"), ("a", "c")}
    answer = chooses.choose(message())
    assert answer.reasons[1] == (
        f"carrier b: {standing} by ops since 2026-01-02 09:12 UTC (maintenance)",
        f"通道 b：{ {'suspended': '已暂停', 'draining': '正在排空', 'isolated': '已隔离'}[standing] }，操作人 ops，自 2026-01-02 09:12 UTC（maintenance）",  # noqa: E501 - one sentence
    )
    assert answer.reasons[2].en in {"carrier c: chosen, weight 3 of 4", "carrier a: chosen, weight 1 of 4"}


def test_a_carrier_that_runs_again_is_used_again() -> None:
    chooses = router(A, Control(name="a", standing=Standing.RUNNING, set_by="ops"), route("all", "a"))
    assert chooses.choose(message()).carriers == ("a",)


def test_a_pinned_message_goes_to_its_carrier_alone_and_nowhere_when_that_one_is_stopped() -> None:
    pinned = {"details": '{"pinned":"b"}'}
    chooses = router(A, B, route("all", "a"))
    assert chooses.choose(message(**pinned)).carriers == ("b",)
    assert english(chooses, **pinned) == ["carrier b: chosen: an operator's test of it"]
    assert chooses.choose(message(details='{"link":"pinned"}')).carriers == ("a",)
    stopped = router(A, B, Control(name="b", standing=Standing.SUSPENDED), route("all", "a"))
    assert stopped.choose(message(**pinned)).carriers == ()
    assert english(stopped, **pinned)[-1] == "carrier b: suspended"


NIGHT = Hours(begin="22:00", end="06:00", days=("fri",))
OFFICE = Hours(begin="09:00", end="17:30", days=("mon", "tue", "wed", "thu", "fri"), zone="Europe/Berlin")
ALWAYS = Hours(begin="00:00", end="24:00", zone="UTC")


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        (NIGHT, "2026-01-02T14:00", True),  # Friday 22:00 in China
        (NIGHT, "2026-01-02T13:59", False),
        (NIGHT, "2026-01-02T21:59", True),  # Saturday 05:59
        (NIGHT, "2026-01-02T22:00", False),
        (NIGHT, "2026-01-03T14:00", False),  # Saturday night
        (OFFICE, "2026-01-05T08:00", True),
        (OFFICE, "2026-01-05T07:59", False),
        (OFFICE, "2026-07-06T07:00", True),  # summer time
        (OFFICE, "2026-07-06T15:30", False),
        (OFFICE, "2026-01-04T10:00", False),  # Sunday
        (ALWAYS, "2026-01-04T00:00", True),
        (ALWAYS, "2026-01-04T23:59", True),
        (Hours(begin="08:00", end="08:00", zone="UTC"), "2026-01-04T07:59", True),
    ],
)
def test_a_part_of_the_day_is_in_its_zone_on_the_day_it_begins(hours: Hours, moment: str, is_open: bool) -> None:
    assert opened([hours], at(moment))[0] is is_open


@given(
    st.builds(
        lambda begin, end, days, zone: Hours(
            begin=f"{begin // 60:02}:{begin % 60:02}", end=f"{end // 60:02}:{end % 60:02}", days=tuple(days), zone=zone
        ),
        st.integers(0, 1439), st.integers(0, 1440), st.sets(st.sampled_from(["mon", "wed", "sat", "sun"])),
        st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", "Australia/Lord_Howe"]),
    ),
    st.integers(1_700_000_000, 1_800_000_000),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_what_is_said_of_an_hour_holds_until_the_time_that_is_named(hours: Hours, now_s: int) -> None:
    now = now_s * 1000
    is_open, until = opened([hours], now)
    assert until > now
    for moment in (now + (until - now) // 3, until - 1):
        assert opened([hours], moment)[0] is is_open


def test_a_router_notices_when_hours_begin_and_end() -> None:
    clock = FakeClock(at("2026-01-02T13:59:59"))
    chooses = router(A, B, route("night", "b", order=1, hours=(NIGHT,)), route("all", "a"), clock=clock)
    assert chooses.choose(message()).carriers == ("a",)
    assert english(chooses)[0] == "route night: only 22:00-06:00 fri Asia/Shanghai, not now"
    assert chooses.choose(message()).reasons[0].zh == "路由 night：时段限 22:00-06:00 周五 Asia/Shanghai，当前不在其中"
    clock.push(1)
    assert chooses.choose(message()).carriers == ("b",)
    clock.push(8 * 3600)
    assert chooses.choose(message()).carriers == ("a",)


def test_a_route_with_a_zone_that_this_machine_does_not_know_is_out_and_the_others_go_on() -> None:
    odd = Hours(begin="00:00", end="24:00", zone="Mars/Olympus")
    chooses = router(A, B, route("odd", "b", order=1, hours=(odd,)), route("all", "a"))
    assert chooses.choose(message()).carriers == ("a",)
    assert english(chooses)[0] == "route odd: its hours cannot be read: there is no time zone 'Mars/Olympus'"


@pytest.mark.parametrize("text", ["", "8:00", "08:60", "24:01", "ab:cd", "08-00", "٠٨:٠٠"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not HH:MM|no time of day"):
        minutes_of(text)


@pytest.mark.parametrize("zone", ["", "Asia/Shangai", "../etc/passwd", "/etc/localtime"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="there is no time zone"):
        zone_of(zone)


weights: Callable[[], st.SearchStrategy[list[int]]] = lambda: st.lists(st.integers(0, 9), min_size=1, max_size=5)  # noqa: E731 - a strategy


@given(weights(), st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_weights_split_as_declared_and_a_message_always_gets_the_same_answer(shares: list[int], first_id: int) -> None:
    names = [f"c{place}" for place in range(len(shares))]
    things = [CarrierConfig(name=name) for name in names]
    choices = [Choice(carrier=name, weight=weight) for name, weight in zip(names, shares, strict=True)]
    chooses, again = router(*things, route("all", *choices)), router(*things, route("all", *choices))
    messages = [message(id=first_id + place) for place in range(1500)]
    answers = [chooses.choose(one) for one in messages]
    assert [again.choose(one).carriers for one in messages] == [answer.carriers for answer in answers]
    assert all(sorted(answer.carriers) == names for answer in answers)
    firsts, total = Counter(answer.carriers[0] for answer in answers), sum(shares)
    if not total:
        assert set(firsts) == {names[0]}
        return
    for name, weight in zip(names, shares, strict=True):
        assert abs(firsts[name] / 1500 - weight / total) < 0.06
