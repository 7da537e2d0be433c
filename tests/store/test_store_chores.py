"""Retention and wiping: what is old and ended goes, money stays."""

from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import State
from hongyan.store import MessageQuery, ReplyQuery, Store
from hongyan.store.ops import Bucket, Event, KeepFragment, KeepReply, LinkRow, Note, Park, PutStop, Record, Unclaimed
from store.store_samples import (
    NOW,
    PRICE,
    accept,
    accepted,
    handed,
    message,
    piece,
    push,
    refusal,
    reply,
    settle,
    stop,
    submission,
)

DAY_MS = 86_400_000
LATER = NOW + 40 * DAY_MS


async def _purge_all(store: Store, slice_rows: int = 3) -> int:
    gone = 0
    while done := await store.purge(LATER - 30 * DAY_MS, LATER, slice_rows):
        gone += done
    return gone


async def test_purges_old_ended_messages_with_all_that_hangs_on_them_in_slices(store: Store) -> None:
    row = submission()
    ended = [message(state=State.SENDING, submission=row.id) for _ in range(5)]
    link = LinkRow(code="l", project="shop", message_id=ended[0].id, kind="url", target="", values="", created_at=NOW)
    event = Event(message_id=ended[0].id, at=NOW, kind="unsure", text="")
    await store.write_all([accept(*ended, submissions=[row], links=[link]), Note(events=[event])])
    await store.write_all([settle(one, mailbox="yundashi") for one in ended])
    await store.write(Record(rows=[refusal()]))
    parked = Unclaimed(carrier="c", provider_id="p", at=NOW, state=State.DELIVERED, cause="", received_at=NOW)
    await store.write(Park(rows=[parked]))
    # messages 5, mailbox 5, and one each of submission, link, event, refusal, parked receipt
    assert await _purge_all(store) == 15
    assert await store.count(MessageQuery()) == 0
    assert await store.submission(row.id) is None
    assert (await store.link("l"), await store.events(ended[0].id), await store.refusals(9)) == (None, [], [])
    assert (await store.unclaimed(9), await store.take_mailbox("shop", "yundashi", 9, NOW)) == ([], [])
    assert await store.balance("shop") == await store.ledger_sum("shop") == -5 * PRICE


async def test_purges_parts_replies_pieces_and_what_waits_too_long_at_a_door(store: Store) -> None:
    one, row = message(state=State.SENDING), reply()
    waits = push(one.id, door="acme")
    await store.write_all([accept(one), handed(one, "a", part_ids=("a", "b")), settle(one, push=waits)])
    await store.write_all([KeepReply(row=row, mailboxes=["comms"]), KeepFragment(row=piece(1)), PutStop(row=stop())])
    # message, two parts, push at the door, reply, its mailbox entry, piece
    assert await _purge_all(store) == 7
    assert await store.parts(one.id) == []
    assert await store.replies(ReplyQuery()) == await store.take_replies("shop", "comms", 9, NOW) == []
    assert await store.old_fragments(LATER, 9) == []
    assert await store.claim_pushes(LATER, 1, 9, "acme") == []
    assert (await store.stops(0, 9))[0] == [stop()], "a stop is for ever"


async def test_what_waits_at_a_door_is_kept_for_a_week(store: Store) -> None:
    ids = IdMint(FakeClock(LATER - 6 * DAY_MS))
    await store.write(
        KeepReply(
            row=reply(id=ids.mint()),
            pushes=[push(None, id=ids.mint(), door="acme"), push(None)],
        )
    )
    assert await _purge_all(store) == 0
    assert len(await store.claim_pushes(LATER, 1, 9, "acme")) == len(await store.claim_pushes(LATER, 1, 9)) == 1
    assert await store.purge(LATER - 30 * DAY_MS, LATER + 2 * DAY_MS, 9) == 1


async def test_keeps_what_is_young_or_has_not_ended(store: Store) -> None:
    ids = IdMint(FakeClock(LATER - DAY_MS))
    row = submission()
    waiting, young = message(submission=row.id), message(id=ids.mint(), state=State.SENDING)
    await accepted(store, waiting, young, submissions=[row])
    await store.write_all([settle(young), Record(rows=[refusal(id=ids.mint())])])
    assert await _purge_all(store) == 0
    assert len(await store.messages_by_id([waiting.id, young.id])) == 2
    assert await store.submission(row.id) == row


async def test_spent_nonces_and_counts_go_and_others_stay(store: Store) -> None:
    young = LATER - 3_600_000
    for now_ms, until in ((NOW, NOW + 1000), (young, LATER + 1)):
        bucket = Bucket(5, now_ms - DAY_MS, 9, 0)
        await accepted(store, message(), buckets=[(bucket,)], nonce=f"n{until}", nonce_until=until, now_ms=now_ms)
    assert await _purge_all(store) == 2
    fields = {"nonce": f"n{LATER + 1}", "now_ms": LATER}
    (repeated,) = await accepted(store, message(), **fields)
    assert repeated.reason is not None
    (counted,) = await accepted(store, message(), buckets=[(Bucket(5, LATER - DAY_MS, 1, 0),)], now_ms=LATER)
    assert counted.reason is not None
