"""Accepting: what is taken is there, charged once; what is not leaves no trace."""

import asyncio

import pytest

from hongyan.model.errors import Refused
from hongyan.model.message import Leg, State
from hongyan.model.reason import Reason
from hongyan.store import Store
from hongyan.store.ops import Accepted, Bucket, LinkRow, Settle
from store.store_samples import NOW, PRICE, accept, accepted, fund, handed, message, submission

TAKEN = Accepted()


async def test_keeps_every_field_of_a_message_and_its_submission(store: Store) -> None:
    row = submission(request='{"a": "你好"}')
    one = message(
        submission=row.id, position=3, app="app", client_id="c-1", country="CN", operator="mobile", leg=Leg.CARD,
        template="T", signature="一砂", alphabet="ucs2", parts=2, sender="1069", extend="01", session="mine",
        report_to="http://x", details='{"a":1}', state=State.SENDING,
    )  # fmt: skip
    assert await accepted(store, one, submissions=[row]) == [TAKEN]
    assert await store.message(one.id) == one
    assert one.charge is not None
    assert await store.submission(row.id) == row
    assert await store.submissions_of_request("R1") == [row]


async def test_finds_nothing_where_nothing_is(store: Store) -> None:
    assert await store.message(1) is None
    assert await store.submission(1) is None
    assert await store.link("none") is None
    assert await store.balance("nobody") == 0
    assert await store.messages_by_id([]) == []


async def test_charges_what_was_taken_in_one_entry_a_commit(store: Store) -> None:
    messages = [message() for _ in range(5)]
    await accepted(store, *messages)
    assert await store.balance("shop") == await store.ledger_sum("shop") == -5 * PRICE
    found = await store.messages_by_id([one.id for one in messages])
    assert len({one.charge for one in found}) == 1


async def test_a_free_message_has_no_charge_and_needs_no_balance(store: Store) -> None:
    await accepted(store, one := message(price=0), credit_line=0)
    found = await store.message(one.id)
    assert found is not None
    assert found.charge is None


async def test_refuses_what_the_balance_does_not_cover_and_takes_cheaper_ones_after_it(store: Store) -> None:
    await fund(store, "0.1")
    results = await accepted(
        store, message(price=60_000), message(price=60_000), message(price=40_000), message(price=1), credit_line=0
    )
    assert [one.reason for one in results] == [None, Reason.NO_BALANCE, None, Reason.NO_BALANCE]
    assert await store.balance("shop") == await store.ledger_sum("shop") == 0


async def test_the_credit_line_lets_a_balance_go_below_zero(store: Store) -> None:
    results = await accepted(store, message(price=60), message(price=60), credit_line=100)
    assert [one.reason for one in results] == [None, Reason.NO_BALANCE]
    assert await store.balance("shop") == -60


async def test_a_retried_client_id_with_the_same_number_and_text_answers_the_earlier_message(store: Store) -> None:
    await accepted(store, first := message(client_id="c"))
    (result,) = await accepted(store, message(client_id="c"))
    assert (result.reason, result.earlier) == (None, first)
    assert await store.balance("shop") == -PRICE


@pytest.mark.parametrize("other", [{"to": "8613700000001"}, {"content": "something else"}])
async def test_a_client_id_with_another_number_or_text_is_taken(store: Store, other: dict[str, str]) -> None:
    await accepted(store, message(client_id="c"))
    assert await accepted(store, message(client_id="c", **other)) == [Accepted(Reason.CLIENT_ID_TAKEN)]


async def test_a_client_id_counts_within_one_submission(store: Store) -> None:
    first, same, other = message(client_id="c"), message(client_id="c"), message(client_id="c", content="else")
    results = await accepted(store, first, same, other)
    assert results[0] == TAKEN
    assert results[1].earlier is not None
    assert results[1].earlier.id == first.id
    assert results[2].reason is Reason.CLIENT_ID_TAKEN
    assert await store.message(same.id) is None


async def test_a_client_id_is_its_projects_own(store: Store) -> None:
    await accepted(store, message(client_id="c"))
    assert await accepted(store, message(client_id="c", project="other"), project="other") == [TAKEN]


async def test_a_client_id_is_its_apps_own(store: Store) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    one, other = message(client_id="c", app="one"), message(client_id="c", app="other")
    assert await accepted(store, one) == await accepted(store, other) == [TAKEN]
    (result,) = await accepted(store, message(client_id="c", app="one"))
    assert result.earlier == one
    assert await accepted(store, message(client_id="c", app=None)) == [TAKEN]


async def test_a_retried_client_id_may_have_a_new_link_in_the_same_text(store: Store) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    first, again, other = (
        message(client_id="c", content=f"{words} http://s.test/l/{code}", details=f'{{"link":"{code}"}}')
        for words, code in (("see", "aaaa"), ("see", "bbbb"), ("look", "cccc"))
    )
    await accepted(store, first)
    (result,) = await accepted(store, again)
    assert result.earlier == first
    assert await accepted(store, other) == [Accepted(Reason.CLIENT_ID_TAKEN)]


async def test_refuses_the_message_over_a_number_limit_and_names_the_rule(store: Store) -> None:
    hour, day = Bucket(7, NOW - 3_600_000, 3, 0), Bucket(8, NOW - 86_400_000, 2, 1)
    results = await accepted(store, *(message() for _ in range(3)), buckets=[(hour, day)] * 3)
    assert results == [TAKEN, TAKEN, Accepted(Reason.NUMBER_LIMIT, 1)]
    assert await accepted(store, message(), buckets=[(hour,)]) == [TAKEN]
    assert await accepted(store, message(), buckets=[(hour,)]) == [Accepted(Reason.NUMBER_LIMIT, 0)]


async def test_a_number_limit_forgets_what_is_before_its_window(store: Store) -> None:
    await accepted(store, message(), buckets=[(Bucket(7, NOW - 1000, 1, 0),)])
    later = NOW + 1001
    assert await accepted(store, message(), buckets=[(Bucket(7, later - 1000, 1, 0),)], now_ms=later) == [TAKEN]


async def test_two_rules_on_one_bucket_count_a_message_once(store: Store) -> None:
    rules = (Bucket(7, NOW - 1000, 2, 0), Bucket(7, NOW - 9000, 2, 1))
    results = await accepted(store, message(), message(), message(), buckets=[rules] * 3)
    assert results == [TAKEN, TAKEN, Accepted(Reason.NUMBER_LIMIT, 0)]


async def test_a_refused_message_counts_for_no_limit(store: Store) -> None:
    bucket = Bucket(7, NOW - 1000, 1, 0)
    first = await accepted(store, message(), buckets=[(bucket,)], credit_line=-1)
    assert first == [Accepted(Reason.NO_BALANCE)]
    assert await accepted(store, message(), buckets=[(bucket,)]) == [TAKEN]


async def test_whole_writes_nothing_when_one_is_refused(store: Store) -> None:
    bucket = (Bucket(7, NOW - 1000, 1, 0),)
    row, first, second = submission(), message(client_id="w"), message()
    fields = {"whole": True, "submissions": [row], "nonce": "n", "nonce_until": NOW + 1000}
    results = await accepted(store, first, second, buckets=[bucket, bucket], **fields)
    assert [one.reason for one in results] == [Reason.NUMBER_LIMIT] * 2
    assert await store.messages_by_id([first.id, second.id]) == []
    assert await store.submission(row.id) is None
    assert await store.balance("shop") == 0
    again = await accepted(store, message(client_id="w"), buckets=[bucket], **fields)
    assert again == [TAKEN]


async def test_a_spent_nonce_refuses_everything_until_it_may_come_again(store: Store) -> None:
    fields = {"nonce": "k|n", "nonce_until": NOW + 1000}
    assert await accepted(store, message(), **fields) == [TAKEN]
    assert await accepted(store, message(), message(), **fields) == [Accepted(Reason.NONCE_USED)] * 2
    late = {"nonce": "k|n", "nonce_until": NOW + 5000, "now_ms": NOW + 1001}
    assert await accepted(store, message(), **late) == [TAKEN]
    assert await accepted(store, message(), **late) == [Accepted(Reason.NONCE_USED)]


async def test_a_nonce_is_spent_by_the_real_time_however_far_a_rehearsal_pushed_the_clock(store: Store) -> None:
    fields = {"nonce": "k|r", "nonce_until": NOW + 1000}
    assert await store.write(accept(message(), submissions=[submission()], **fields)) == [Accepted()]
    pushed = fields | {"now_ms": NOW + 259_200_000, "nonce_now_ms": NOW + 500}
    again = await store.write(accept(message(), submissions=[submission()], **pushed))
    assert again == [Accepted(Reason.NONCE_USED)]


async def test_the_same_accept_again_neither_fails_nor_charges_twice(store: Store) -> None:
    op = accept(message(), message(client_id="c"), submissions=[submission()], nonce=None)
    assert await store.write(op) == [TAKEN, TAKEN]
    assert await store.write(op) == [TAKEN, TAKEN]
    assert await store.balance("shop") == await store.ledger_sum("shop") == -2 * PRICE


async def test_links_of_what_was_taken_are_there(store: Store) -> None:
    taken, refused = message(price=1), message(price=10**12)
    links = [
        LinkRow(
            code=code, project="shop", message_id=one.id, kind="url", target="http://x", values="{}", created_at=NOW
        )
        for code, one in (("a", taken), ("b", refused))
    ]
    await accepted(store, taken, refused, links=links)
    assert await store.link("a") == links[0]
    assert await store.link("b") is None


async def test_one_bad_operation_of_a_batch_fails_alone(store: Store) -> None:
    good = [message() for _ in range(3)]
    bad = message(content=None)
    results = await asyncio.gather(
        *(accepted(store, one) for one in (good[0], good[1], bad, good[2])), return_exceptions=True
    )
    assert [isinstance(one, Exception) for one in results] == [False, False, True, False]
    assert len(await store.messages_by_id([one.id for one in (*good, bad)])) == 3
    assert await store.balance("shop") == await store.ledger_sum("shop") == -3 * PRICE


async def test_a_text_that_no_database_holds_is_the_callers_fault(store: Store) -> None:
    with pytest.raises(Refused) as refused:
        await accepted(store, message(content="\ud800"))
    assert refused.value.reason is Reason.BAD_REQUEST


async def test_many_concurrent_accepts_share_commits_and_are_all_there(store: Store) -> None:
    messages = [message() for _ in range(300)]
    await asyncio.gather(*(accepted(store, one) for one in messages))
    assert len(await store.messages_by_id([one.id for one in messages])) == 300
    assert await store.balance("shop") == await store.ledger_sum("shop") == -300 * PRICE


async def test_a_list_of_operations_is_applied_in_order(store: Store) -> None:
    one = message(state=State.SENDING)
    end = Settle(message_id=one.id, project="shop", state=State.DELIVERED, at=NOW, cause="c", refund=1)
    results = await store.write_all([accept(one), handed(one), end, end])
    assert results == [[TAKEN], True, True, False]
    found = await store.message(one.id)
    assert found is not None
    assert (found.state, found.carrier, found.attempts) == (State.DELIVERED, "sim", 1)
