"""What routing looked like at earlier times is kept, one row a change, without secrets."""

from typing import Any

from hongyan.model.world import CarrierConfig, Choice, Control, Project, RouteConfig, Standing
from hongyan.store import Store
from store.store_samples import NOW

CARRIER = CarrierConfig(name="a", password="s3cret", settings={"host": "192.0.2.1"}, cost="0.03")


def route(carrier: str) -> RouteConfig:
    return RouteConfig(name="all", choices=(Choice(carrier=carrier),))


async def names(store: Store, at_ms: int) -> list[list[str]]:
    return [[one.choices[0].carrier for one in world.routes] for world in await store.routing_at(at_ms)]


async def test_every_time_finds_what_held_then_and_what_held_before(store: Store) -> None:
    begun: list[Any] = await store.routing_at(NOW)
    assert begun == []
    await store.declare([CARRIER, route("a")], (), NOW)
    await store.declare([route("b")], (), NOW + 1000)
    await store.declare([route("c")], (), NOW + 2000)
    assert await names(store, NOW - 1) == []
    assert await names(store, NOW) == [["a"]]
    assert await names(store, NOW + 999) == [["a"]]
    assert await names(store, NOW + 1000) == [["b"], ["a"]]
    assert await names(store, NOW + 9000) == [["c"], ["b"]]


async def test_controls_are_part_of_it_and_secrets_and_settings_are_not(store: Store) -> None:
    stopped = Control(name="a", standing=Standing.SUSPENDED, set_by="li")
    await store.declare([CARRIER, route("a")], (), NOW)
    await store.declare([stopped], (), NOW + 1000)
    now, before = await store.routing_at(NOW + 1000)
    assert (before.controls, now.controls["a"].standing) == ({}, Standing.SUSPENDED)
    assert (now.carriers["a"].password, now.carriers["a"].settings) == ("", {})
    assert now.carriers["a"].cost == "0.03"


async def test_what_does_not_concern_routing_keeps_nothing(store: Store) -> None:
    await store.declare([CARRIER, route("a")], (), NOW)
    await store.declare([Project(name="x")], (), NOW + 1000)
    await store.declare([CARRIER, Control(name="a", transcript_until=NOW + 5000)], (), NOW + 2000)
    await store.declare([Control(name="a", transcript_until=NOW + 9000, rebind_at=NOW)], (), NOW + 3000)
    assert len(await store.routing_at(NOW + 1500)) == 1
    assert len(await store.routing_at(NOW + 2500)) == 2
    (latest, _) = await store.routing_at(NOW + 9000)
    assert latest.version == 3


async def test_what_is_dropped_is_gone_from_then_on(store: Store) -> None:
    await store.declare([CARRIER, route("a")], (), NOW)
    await store.declare((), [("routes", "", "all")], NOW + 1000)
    assert await names(store, NOW + 1000) == [[], ["a"]]


async def test_old_pictures_are_purged_but_for_the_one_that_still_held(store: Store) -> None:
    for place, name in enumerate("abcd"):
        await store.declare([route(name)], (), NOW + place * 1000)
    await store.purge(NOW + 2500, NOW + 9000, 100)
    assert await names(store, NOW + 2500) == [["c"]]
    assert await names(store, NOW + 9000) == [["d"], ["c"]]
    assert await names(store, NOW + 1000) == []
