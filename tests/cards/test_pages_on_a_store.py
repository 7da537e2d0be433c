"""Opened links leave their traces in a real store: shown once, given back when it could not be, clicks told."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cards.card_samples import sample
from hongyan.links.pages import public_pages
from hongyan.model.clock import FakeClock
from hongyan.model.message import Leg, Message, State
from hongyan.model.money import micros
from hongyan.model.tally import Tally
from hongyan.model.world import Project, Template, World
from hongyan.store.ops import Accept, LinkRow, SubmissionRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from page_visits import visitor

PRICE = micros("0.10")
SHOP = Project(name="shop", paid_in="1")
CARD = Template(project="shop", name="CARD_SMS_1", dialect="alibaba", leg=Leg.CARD, card=sample())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"0" * 32), clock, Tally())
    await store.open()
    await store.declare([SHOP, CARD], [], clock.now_ms())
    yield store
    await store.close()


async def send(store: SqliteStore, clock: FakeClock, values: dict[str, str]) -> None:
    """Accept a card message with its link."""
    now = clock.now_ms()
    message = Message(
        id=7, project="shop", submission=6, dialect="alibaba", to="8613900000001", leg=Leg.CARD, content="x",
        price=PRICE, state=State.SENDING, accepted_at=now, due_at=now, expires_at=now + 1000,
    )  # fmt: skip
    row = SubmissionRow(
        id=6, project="shop", request_id="R", dialect="alibaba", action="SendCardSms", key_id="k", peer="::1",
        received_at=now, method="POST", path="/", request="", notes="[]",
    )  # fmt: skip
    kept = json.dumps({"values": values, "customUrl": None})
    link = LinkRow(
        code="Ab3dE6gH", project="shop", message_id=7, kind="card", target="CARD_SMS_1", values=kept, created_at=now
    )
    accept = Accept(
        project="shop", currency="CNY", credit_line=0, submissions=[row], messages=[message], links=[link], now_ms=now
    )  # fmt: skip
    await store.write(accept)


async def test_the_first_view_sets_when_the_card_was_shown(store: SqliteStore, clock: FakeClock) -> None:
    # proves: cards#render.once
    await send(store, clock, {"param1": "李四", "param2": "8"})
    world = await store.world()
    visit = visitor(public_pages(store, clock, lambda: world))
    shown_at = clock.now_ms()
    assert (await visit("/c/Ab3dE6gH")).status == 200
    clock.push(5)
    assert (await visit("/c/Ab3dE6gH")).status == 200
    message = await store.message(7)
    assert message is not None
    assert message.rendered_at == shown_at
    assert await store.balance("shop") == micros("1") - PRICE
    kinds = [event.kind for event in await store.events(7)]
    assert kinds.count("click") == 2
    link = await store.link("Ab3dE6gH")
    assert link is not None
    assert link.clicks == 2


async def test_a_card_that_cannot_be_drawn_is_given_back_once(store: SqliteStore, clock: FakeClock) -> None:
    # proves: cards#render.failed
    await send(store, clock, {})
    assert await store.balance("shop") == micros("1") - PRICE
    visit = visitor(public_pages(store, clock, World))
    assert (await visit("/c/Ab3dE6gH")).status == 410
    assert (await visit("/c/Ab3dE6gH")).status == 410
    assert await store.balance("shop") == micros("1")
    assert await store.ledger_sum("shop") == micros("1")
