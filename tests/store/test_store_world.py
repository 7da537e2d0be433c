"""The world in the store: what was declared comes back, secrets sealed, money credited once."""

import pytest

from hongyan.model.errors import Misconfigured
from hongyan.model.message import Leg
from hongyan.model.world import (
    App,
    CarrierConfig,
    Choice,
    Declared,
    Key,
    Price,
    Project,
    RouteConfig,
    Signature,
    Template,
    identity,
)
from hongyan.store import Store
from hongyan.store.vault import Vault
from store.store_samples import NOW, OpenStore

THINGS: list[Declared] = [
    Project(name="shop", paid_in="12.5", limits=("tencent",), callbacks={"comms": "http://x"}, quiet_hours=(21, 9)),
    Key(project="shop", dialect="comms", name="k", secret="s3cret ✓"),
    Key(project="shop", dialect="nxcloud", name="k", secret=""),
    App(project="shop", name="app", push_retries_s=(1.5, 2)),
    Signature(project="shop", name="一砂"),
    Template(project="shop", name="t", dialect="comms", body="{0}", card={"pages": [1, {"a": None}]}),
    Price(name="86", each="0.045"),
    Price(name="86", each="0.5", leg=Leg.CARD),
    CarrierConfig(name="sim", password="pw", settings={"seed": 1}),
    RouteConfig(name="all", choices=(Choice(carrier="sim"),)),
]


async def test_an_empty_store_has_an_empty_world(store: Store) -> None:
    assert (await store.world_version(), (await store.world()).things) == (0, ())


async def test_what_is_declared_comes_back_in_order(store: Store) -> None:
    version = await store.declare(THINGS, [], NOW)
    world = await store.world()
    assert (world.version, world.things) == (version, tuple(THINGS))
    assert await store.world_version() == version


async def test_a_declaration_replaces_in_place_and_drops(store: Store) -> None:
    await store.declare(THINGS, [], NOW)
    new = Key(project="shop", dialect="comms", name="k", secret="other", enabled=False)
    version = await store.declare([new], [identity(THINGS[3]), ("apps", "no", "no")], NOW)
    assert version == 2
    assert (await store.world()).things == (THINGS[0], new, THINGS[2], *THINGS[4:])


async def test_nothing_declared_changes_nothing(store: Store) -> None:
    await store.declare(THINGS[:1], [], NOW)
    assert await store.declare([], [], NOW) == 1


async def test_what_a_project_paid_in_is_credited_by_its_difference(store: Store) -> None:
    for paid_in, balance in (("100", 100_000_000), ("100", 100_000_000), ("130.5", 130_500_000), ("90", 90_000_000)):
        await store.declare([Project(name="shop", paid_in=paid_in)], [], NOW)
        assert await store.balance("shop") == await store.ledger_sum("shop") == balance


async def test_a_project_declared_twice_at_once_is_credited_once(store: Store) -> None:
    await store.declare([Project(name="shop", paid_in="7"), Project(name="shop", paid_in="5")], [], NOW)
    assert await store.balance("shop") == await store.ledger_sum("shop") == 5_000_000
    assert [one.paid_in for one in (await store.world()).projects.values()] == ["5"]


async def test_a_bad_amount_declares_nothing(store: Store) -> None:
    with pytest.raises(Misconfigured, match="paid_in"):
        await store.declare([Project(name="ok", paid_in="1"), Project(name="shop", paid_in="much")], [], NOW)
    assert (await store.world_version(), await store.balance("ok")) == (0, 0)


async def test_secrets_open_only_with_the_key_they_were_sealed_with(open_store: OpenStore) -> None:
    await (await open_store()).declare(THINGS, [], NOW)
    other = await open_store(b"another key, sixteen or more")
    with pytest.raises(Misconfigured, match="sealed with key"):
        await other.world()


async def test_a_declaration_of_another_process_is_seen(open_store: OpenStore) -> None:
    serving, applying = await open_store(), await open_store()
    await applying.declare(THINGS, [], NOW)
    assert await serving.world_version() == 1
    assert (await serving.world()).things == tuple(THINGS)


def test_a_sealed_secret_tells_nothing_and_belongs_to_one_owner() -> None:
    vault = Vault(b"0123456789abcdef")
    sealed = vault.seal("s3cret", "keys/shop/k/secret")
    assert "s3cret" not in sealed
    assert sealed != vault.seal("s3cret", "keys/shop/k/secret")
    assert vault.open(sealed, "keys/shop/k/secret") == "s3cret"
    with pytest.raises(Misconfigured, match="altered"):
        vault.open(sealed, "keys/other/k/secret")


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(Misconfigured, match="16 bytes"):
        Vault(b"short")
