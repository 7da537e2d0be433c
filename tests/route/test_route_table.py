from collections import Counter

from hongyan.model.clock import FakeClock
from hongyan.model.message import Category, Leg
from hongyan.model.world import CarrierConfig, Choice, Declared, World
from hongyan.route.table import Router
from route.routing import A, B, C, message, route


def router(*things: Declared) -> Router:
    world = World(things=things)
    return Router(lambda: world, FakeClock())


def test_the_first_matching_route_by_order_decides() -> None:
    chooses = router(
        A, B, route("general", "a", order=200), route("codes", "b", order=10, categories=(Category.CAPTCHA,))
    )
    assert chooses.choose(message()).carriers == ("a",)
    assert chooses.choose(message(category=Category.CAPTCHA)).carriers == ("b",)


def test_every_condition_of_a_route_must_hold() -> None:
    narrow = route(
        "narrow", "a", projects=("p",), categories=(Category.MARKETING,), legs=(Leg.DIGITAL,), countries=("CN",),
        operators=("mobile",),
    )  # fmt: skip
    chooses = router(A, narrow)
    right: dict[str, object] = {"category": Category.MARKETING, "leg": Leg.DIGITAL, "operator": "mobile"}
    assert chooses.choose(message(**right)).route == "narrow"
    for wrong in (
        {"project": "q"}, {"category": Category.CAPTCHA}, {"leg": Leg.TEXT}, {"country": "US"}, {"operator": ""},
    ):  # fmt: skip
        answer = chooses.choose(message(**(right | wrong)))
        assert (answer.route, answer.carriers) == (None, ())


def test_a_route_of_a_project_is_not_for_others() -> None:
    chooses = router(A, B, route("own", "a", project="p"), route("all", "b", order=200))
    assert chooses.choose(message()).carriers == ("a",)
    assert chooses.choose(message(project="q")).carriers == ("b",)


def test_the_reasons_read_as_sentences() -> None:
    chooses = router(
        A,
        B,
        CarrierConfig(name="c", enabled=False),
        route("us", "a", order=1, countries=("US",)),
        route("cn", "c", "d", "a"),
    )
    assert tuple(said.en for said in chooses.choose(message()).reasons) == (
        "route us: countries US, not CN",
        "route cn: matches",
        "carrier c: switched off",
        "carrier d: not declared",
        "carrier a: chosen, weight 1 of 1",
    )
    assert chooses.choose(message(country="")).reasons[0] == (
        "route us: countries US, not unknown",
        "路由 us：国家限 US，而非 未知",
    )
    assert router(A).choose(message()).reasons == (("no route fits", "没有合适的路由"),)


def test_a_route_whose_carriers_are_all_off_still_is_the_route() -> None:
    answer = router(CarrierConfig(name="a", enabled=False), route("all", "a")).choose(message())
    assert (answer.route, answer.carriers) == ("all", ())


def test_weights_split_by_message_id_and_the_others_follow() -> None:
    chooses = router(
        A, B, C, route("all", Choice(carrier="a", weight=3), Choice(carrier="b"), Choice(carrier="c", weight=0))
    )
    messages = [message() for _ in range(4000)]
    answers = [chooses.choose(one) for one in messages]
    assert {answer.carriers for answer in answers} == {("a", "b", "c"), ("b", "a", "c")}
    share = Counter(answer.carriers[0] for answer in answers)["a"] / len(answers)
    assert 0.71 < share < 0.79
    assert [chooses.choose(one) for one in messages] == answers


def test_only_weightless_carriers_are_taken_in_order() -> None:
    chooses = router(A, B, route("all", Choice(carrier="a", weight=0), Choice(carrier="b", weight=0)))
    assert chooses.choose(message()).carriers == ("a", "b")


def test_a_new_world_is_noticed() -> None:
    worlds = [World(things=(A, B, route("all", "a")))]
    chooses = Router(lambda: worlds[-1], FakeClock())
    one = message()
    assert chooses.choose(one).carriers == ("a",)
    worlds.append(World(things=(A, B, route("all", "b"))))
    assert chooses.choose(one).carriers == ("b",)
