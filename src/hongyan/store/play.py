"""What each operation means: one function each, played in order on a `Batch`. Both engines obey these.

Pure: facts in, rows to write out. Accepting has its own file (`play_accept.py`).
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import msgspec

from hongyan.model.hold import is_held
from hongyan.model.message import FINAL, LEGAL_MOVES, State
from hongyan.store.batch import Batch, Standing, part_key
from hongyan.store.inbound import Inbound
from hongyan.store.ops import (
    Accept,
    Again,
    Click,
    Deposit,
    DropFragments,
    DropStop,
    Event,
    Fragment,
    Handed,
    KeepFragment,
    KeepReply,
    MakeLink,
    Note,
    Op,
    Park,
    Part,
    PartReported,
    PushAgain,
    PushDone,
    PutStop,
    Record,
    RefusalRow,
    Release,
    Rendered,
    Settle,
    Unpark,
    Withhold,
)
from hongyan.store.play_accept import accept
from hongyan.store.text import storable


def play(batch: Batch, ops: Sequence[Op]) -> list[Any]:
    """Apply operations in order and return their results."""
    return [_PLAYS[type(op)](batch, op) for op in ops]


def _taken_over(found: Standing, lease: int) -> bool:
    """Return whether somebody else holds the message than the one who hands it over under this lease."""
    return found.state is State.SENDING and found.due_at != lease


def _may_be_handed(found: Standing, lease: int | None) -> bool:
    """Return whether an answer that says that a carrier took it is news."""
    if found.state is State.SENDING:
        return lease is None or not _taken_over(found, lease)
    return found.state is State.ACCEPTED or (found.state is State.UNKNOWN and found.provider_id is None)


def _handed(batch: Batch, op: Handed) -> bool:
    found = batch.find(op.message_id)
    if found is None or not _may_be_handed(found, op.lease):
        return False
    found.attempts += found.state is State.SENDING  # one that was given up is counted already
    if found.state is not State.UNKNOWN:
        found.state, found.due_at = State.SUBMITTED, op.due_at
    found.submitted_at = op.at
    found.carrier, found.provider_id = op.carrier, storable(op.provider_id)
    batch.changed(found, routed=True)
    if op.part_ids:
        parts = [
            Part(
                carrier=op.carrier,
                provider_id=storable(provider_id),
                message_id=op.message_id,
                number=number,
                total=len(op.part_ids),
            )
            for number, provider_id in enumerate(op.part_ids, 1)
        ]
        batch.parts_new.extend(parts)
        batch.know_parts(parts)
    return True


def _part_reported(batch: Batch, op: PartReported) -> list[Part]:
    """Note what became of a part; of several under one id, of the first that has heard nothing yet."""
    key = part_key(op)
    message_id = batch.part_of.get(key)
    if message_id is None:
        return []
    parts = batch.parts[message_id]
    for part in parts:
        if part.state is None and (part.carrier, part.provider_id) == key:
            part.state, part.cause, part.at = op.state, storable(op.cause), op.at
            batch.parts_told.append(part)
            break
    return [copy(part) for part in parts]  # what is told later in this batch does not change this answer


def _again(batch: Batch, op: Again) -> bool:
    found = batch.find(op.message_id)
    if found is None or found.state is not State.SENDING:
        return False
    if op.lease is not None and _taken_over(found, op.lease):
        return False
    cause = storable(op.cause)
    if op.counted or found.cause != cause:  # waiting on for the same reason is said once, however long it lasts
        batch.events.append(Event(message_id=op.message_id, at=op.at, kind="again", text=cause))
    found.state, found.due_at, found.cause = State.ACCEPTED, op.due_at, cause
    found.attempts += op.counted
    batch.changed(found, routed=False)
    return True


def _withhold(batch: Batch, op: Withhold) -> bool:
    found = batch.find(op.message_id)
    if found is None or found.state is not State.SENDING or (op.lease is not None and _taken_over(found, op.lease)):
        return False
    found.state, found.due_at, found.cause = State.ACCEPTED, op.due_at, op.cause
    batch.noted.append((op.details, op.message_id))
    _add_events(batch, (Event(message_id=op.message_id, at=op.at, kind="withheld", text=op.cause),))
    batch.changed(found, routed=False)
    return True


def _release(batch: Batch, op: Release) -> bool:
    found = batch.find(op.message_id)
    if found is None or found.state is not State.ACCEPTED or not is_held(found.cause):
        return False
    found.due_at, found.cause = op.at, None
    batch.prolonged.append((op.expires_at, op.message_id))
    _add_events(batch, (Event(message_id=op.message_id, at=op.at, kind="released", text=op.text),))
    batch.changed(found, routed=False)
    return True


def _may_end(found: Standing, op: Settle) -> bool:
    if found.project != op.project or op.state not in LEGAL_MOVES[found.state]:
        return False
    return op.lease is None or not _taken_over(found, op.lease)


def _settle(batch: Batch, op: Settle) -> bool:
    if op.state not in FINAL:
        raise ValueError(f"{op.state} is not an end")
    found = batch.find(op.message_id)
    if found is None or not _may_end(found, op):
        return False
    # a hand-over that this ending swallowed: the carrier's no, its lost answer, or a receipt ahead of the answer
    found.attempts += found.state is State.SENDING and op.carrier is not None
    found.state, found.due_at, found.done_at, found.cause = op.state, None, op.at, storable(op.cause)
    if op.received_at is not None:
        found.received_at = op.received_at
    if op.submitted_at is not None and found.submitted_at is None:
        found.submitted_at = op.submitted_at
    shown_before = op.state is State.DELIVERED and found.rendered_at is not None
    if op.refund and found.charge is not None and found.refund is None and not shown_before:
        found.refund = batch.book(op.project, "refund", op.refund, op.at)
    if op.rendered_at is not None and found.rendered_at is None and found.refund is None:
        found.rendered_at = op.rendered_at
    routed = op.carrier is not None or op.provider_id is not None
    if routed:
        found.carrier = op.carrier or found.carrier
        found.provider_id = storable(op.provider_id) if op.provider_id else found.provider_id
    if op.push is not None:
        batch.pushes.append(op.push)
    if op.mailbox is not None:
        batch.mailbox.append((op.project, op.mailbox, op.message_id, op.at))
    batch.changed(found, routed=routed)
    return True


def _rendered(batch: Batch, op: Rendered) -> bool:
    """Note that a card was shown, or pay it back: whichever is known first."""
    found = batch.find(op.message_id)
    if found is None or found.rendered_at is not None or found.refund is not None:
        return False
    if not op.failed:
        found.rendered_at = op.at
    elif found.charge is not None:
        found.refund = batch.book(found.project, "refund", found.price, op.at)
    else:
        return False
    batch.changed(found, routed=False)
    return True


def _deposit(batch: Batch, op: Deposit) -> int:
    batch.book(op.project, "deposit", op.amount, op.at, storable(op.text) or "by hand")
    return batch.purses[op.project].amount


def _note(batch: Batch, op: Note) -> None:
    _add_events(batch, op.events)


def _record(batch: Batch, op: Record) -> None:
    batch.refusals.extend(map(_storable_refusal, op.rows))


def _park(batch: Batch, op: Park) -> None:
    for row in op.rows:
        row.provider_id, row.cause = storable(row.provider_id), storable(row.cause)
    batch.parked.extend(op.rows)


def _unpark(batch: Batch, op: Unpark) -> None:
    gone = {(op.carrier, storable(provider_id)) for provider_id in op.provider_ids}
    batch.parked = [row for row in batch.parked if (row.carrier, row.provider_id) not in gone]
    batch.unparked.extend(gone)


def _push_done(batch: Batch, op: PushDone) -> None:
    batch.pushes_done.extend(op.ids)
    _add_events(batch, op.events)


def _push_again(batch: Batch, op: PushAgain) -> None:
    batch.pushes_again.extend((op.due_at, int(op.counted), one) for one in op.ids)
    _add_events(batch, op.events)


def _click(batch: Batch, op: Click) -> None:
    batch.clicks.append((op.at, op.code))
    if op.event is not None:
        _add_events(batch, (op.event,))


def _make_link(batch: Batch, op: MakeLink) -> None:
    batch.links.append(op.row)


def _inbound(batch: Batch) -> Inbound:
    assert batch.inbound is not None  # the engine loads it when `Needs` says so
    return batch.inbound


def _keep_reply(batch: Batch, op: KeepReply) -> bool:
    kept = _inbound(batch).keep_reply(op)
    if kept:
        batch.pushes.extend(op.pushes)
    return kept


def _keep_fragment(batch: Batch, op: KeepFragment) -> list[Fragment]:
    return _inbound(batch).keep_fragment(op.row)


def _drop_fragments(batch: Batch, op: DropFragments) -> None:
    _inbound(batch).drop_fragments(op.ids)


def _put_stop(batch: Batch, op: PutStop) -> bool:
    return _inbound(batch).put_stop(op.row)


def _drop_stop(batch: Batch, op: DropStop) -> bool:
    return _inbound(batch).drop_stop(op)


def _add_events(batch: Batch, events: Sequence[Event]) -> None:
    for event in events:
        event.text = storable(event.text)
    batch.events.extend(events)


def _storable_refusal(row: RefusalRow) -> RefusalRow:
    texts = {
        field: storable(value)
        for field in row.__struct_fields__
        if type(value := getattr(row, field)) is str and not value.isalnum()
    }
    return msgspec.structs.replace(row, **texts)


_PLAYS: dict[type, Callable[[Batch, Any], Any]] = {
    Accept: accept,
    Handed: _handed,
    Again: _again,
    Withhold: _withhold,
    Release: _release,
    Settle: _settle,
    PartReported: _part_reported,
    KeepReply: _keep_reply,
    KeepFragment: _keep_fragment,
    DropFragments: _drop_fragments,
    PutStop: _put_stop,
    DropStop: _drop_stop,
    Note: _note,
    Record: _record,
    Park: _park,
    Unpark: _unpark,
    PushDone: _push_done,
    PushAgain: _push_again,
    Rendered: _rendered,
    Click: _click,
    MakeLink: _make_link,
    Deposit: _deposit,
}
