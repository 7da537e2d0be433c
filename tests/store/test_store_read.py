"""Asking the store: filters, pages, counts, refusals."""

from typing import Any

import msgspec
import pytest

from hongyan.model.errors import Refused
from hongyan.model.message import Leg, State
from hongyan.model.reason import Reason
from hongyan.store import MessageQuery, Store
from hongyan.store.ops import Record
from store.store_samples import NOW, accepted, handed, message, refusal, settle, submission

OLD = message(to="8613800000001", template="T1", client_id="mine", content="100% off_now", leg=Leg.CARD)
OTHER = message(dialect="nxcloud", content="plain", accepted_at=NOW + 1000)
THEIRS = message(project="theirs", state=State.SENDING)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [THEIRS, OTHER, OLD]),
        ({"project": "shop"}, [OTHER, OLD]),
        ({"project": "shop", "to": OLD.to}, [OLD]),
        ({"states": (State.SENDING,)}, [THEIRS]),
        ({"states": (State.SENDING, State.ACCEPTED), "limit": 2}, [THEIRS, OTHER]),
        ({"dialect": "nxcloud"}, [OTHER]),
        ({"template": "T1"}, [OLD]),
        ({"client_id": "mine"}, [OLD]),
        ({"text": "% off_"}, [OLD]),
        ({"text": "%"}, [OLD]),
        ({"legs": (Leg.CARD, Leg.DIGITAL)}, [OLD]),
        ({"submissions": (OLD.submission, THEIRS.submission)}, [THEIRS, OLD]),
        ({"since_ms": NOW + 1}, [OTHER]),
        ({"until_ms": NOW + 1000}, [THEIRS, OLD]),
        ({"since_ms": NOW, "until_ms": NOW}, []),
        ({"before_id": OTHER.id}, [OLD]),
        ({"after_id": OTHER.id}, [THEIRS]),
        ({"offset": 1, "limit": 1}, [OTHER]),
    ],
)
async def test_a_query_finds_newest_first(store: Store, asked: dict[str, Any], found: list[Any]) -> None:
    await accepted(store, msgspec.structs.replace(OLD), msgspec.structs.replace(OTHER))
    await accepted(store, msgspec.structs.replace(THEIRS), project="theirs")
    query = MessageQuery(**asked)
    assert [one.id for one in await store.messages(query)] == [one.id for one in found]
    if not {"limit", "offset"} & asked.keys():
        assert await store.count(query) == len(found)


async def test_messages_by_id_come_in_the_order_asked(store: Store) -> None:
    messages = [message() for _ in range(300)]
    await accepted(store, *messages)
    ids = [one.id for one in reversed(messages)]
    assert [one.id for one in await store.messages_by_id([*ids, 1])] == ids


async def test_of_two_messages_with_one_carrier_id_the_newer_is_found(store: Store) -> None:
    messages = [message(state=State.SENDING) for _ in range(2)]
    await accepted(store, *messages)
    await store.write_all([handed(one, "same") for one in messages])
    assert (await store.by_provider("sim", ["same"]))["same"].message.id == messages[1].id
    many = {f"P{n}": None for n in range(400)} | {"same": None}
    assert list(await store.by_provider("sim", list(many))) == ["same"]


async def test_refusals_are_found_by_request_and_newest_first(store: Store) -> None:
    rows = [refusal(request_id="A"), refusal(request_id="A", position=2, reason=Reason.BAD_SEAL), refusal()]
    await store.write(Record(rows=rows))
    assert await store.refusals_of_request("A") == rows[:2]
    assert await store.refusals(2) == [rows[2], rows[1]]


async def test_a_refused_request_of_any_bytes_can_be_kept(store: Store) -> None:
    row = refusal(request="\0\ud800 half", request_id="odd")
    await store.write(Record(rows=[row]))
    (found,) = await store.refusals_of_request("odd")
    assert found.request == "\\0\\ud800 half"


async def test_two_legs_of_a_request_are_two_submissions(store: Store) -> None:
    rows = [submission(request_id="two") for _ in range(2)]
    await accepted(store, *(message(submission=row.id) for row in rows), submissions=rows)
    assert await store.submissions_of_request("two") == rows


async def test_a_closed_store_says_that_it_is_unavailable(store: Store) -> None:
    assert await store.alive()
    await store.close()
    assert not await store.alive()
    for call in (store.message(1), store.count(MessageQuery()), store.write(settle(OLD)), store.claim(NOW, 1, 1)):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.reason is Reason.UNAVAILABLE
