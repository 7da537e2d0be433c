"""What accepting means: the last yes or no to each message of a submission, and its charge. Both engines obey this.

Pure: facts in, rows to write out.
"""

from collections.abc import Sequence
from operator import attrgetter

from hongyan.model.message import Message
from hongyan.model.reason import Reason
from hongyan.store.batch import Batch, client_key
from hongyan.store.ops import Accept, Accepted, Bucket
from hongyan.store.text import storable

_TAKEN = Accepted()
_NO_BALANCE = Accepted(Reason.NO_BALANCE)
_CLIENT_ID_TAKEN = Accepted(Reason.CLIENT_ID_TAKEN)
_NONCE_USED = Accepted(Reason.NONCE_USED)


_price = attrgetter("price")


def accept(batch: Batch, op: Accept) -> list[Accepted]:
    """Decide about each message in turn and keep what was taken, unless `whole` and one was refused."""
    repeated = bool(batch.existing) and any(
        (message.id, message.submission) in batch.existing for message in op.messages
    )
    if op.nonce is not None and not repeated:
        now_ms = op.now_ms if op.nonce_now_ms is None else op.nonce_now_ms
        if batch.nonces.get(op.nonce, -1) >= now_ms:
            return [_NONCE_USED] * len(op.messages)
    if len(op.messages) == 1 and not op.buckets and not repeated and op.messages[0].client_id is None:
        verdicts, taken, counted = _decide_plain(batch, op)
    else:
        verdicts, taken, counted = _decide(batch, op)
    if op.whole and (refusal := next((one for one in verdicts if one.reason is not None), None)) is not None:
        _forget(batch, taken, counted)
        return [one if one.reason is not None or one.earlier is not None else refusal for one in verdicts]
    _keep(batch, op, taken, counted)
    if op.nonce is not None:
        batch.nonces[op.nonce] = batch.spent[op.nonce] = op.nonce_until
    return verdicts


def _decide_plain(batch: Batch, op: Accept) -> tuple[list[Accepted], Sequence[Message], Sequence[int]]:
    """Decide as `_decide` does about one message that only its balance can refuse: most submissions are this."""
    price = op.messages[0].price
    if price and price > batch.purses[op.project].amount + op.credit_line:
        return [_NO_BALANCE], (), ()
    return [_TAKEN], op.messages, ()


def _decide(batch: Batch, op: Accept) -> tuple[list[Accepted], Sequence[Message], Sequence[int]]:
    available = batch.purses[op.project].amount + op.credit_line
    clients, existing = batch.clients, batch.existing
    buckets_of = op.buckets or None
    verdicts: list[Accepted] = []
    taken: list[Message] = []
    counted: list[int] = []
    for position, message in enumerate(op.messages):
        verdict = _TAKEN
        if message.client_id is not None:
            earlier = clients.get(client_key(message))
            if earlier is not None:
                verdicts.append(_again(message, earlier))
                continue
        if (message.id, message.submission) in existing:
            verdicts.append(_TAKEN)
            continue
        buckets = buckets_of[position] if buckets_of else ()
        full = _first_full(batch, buckets) if buckets else None
        if full is not None:
            verdict = Accepted(Reason.NUMBER_LIMIT, full.rule)
        elif message.price and message.price > available:
            verdict = _NO_BALANCE
        else:
            available -= message.price
            taken.append(message)
            if message.client_id is not None:
                clients[client_key(message)] = message
            for key in {bucket.key for bucket in buckets}:
                batch.counted.setdefault(key, []).append((op.now_ms, 1))
                counted.append(key)
        verdicts.append(verdict)
    return verdicts, taken, counted


def _again(message: Message, earlier: Message) -> Accepted:
    if earlier.id == message.id:
        return _TAKEN
    if earlier.to == message.to and _as_asked(earlier) == _as_asked(message):
        return Accepted(earlier=earlier)
    return _CLIENT_ID_TAKEN


def _as_asked(message: Message) -> str:
    """Return the text without its link's code, which is a new one each time the caller asks."""
    code = message.noted().get("link")
    return message.content.replace(code, "") if code else message.content


def _first_full(batch: Batch, buckets: Sequence[Bucket]) -> Bucket | None:
    for bucket in buckets:
        seen = batch.counted.get(bucket.key)
        if sum(n for at, n in seen if at > bucket.since_ms) >= bucket.permits if seen else bucket.permits <= 0:
            return bucket
    return None


def _forget(batch: Batch, taken: Sequence[Message], counted: Sequence[int]) -> None:
    for message in taken:
        if message.client_id is not None:
            del batch.clients[client_key(message)]
    for key in counted:
        batch.counted[key].pop()


def _keep(batch: Batch, op: Accept, taken: Sequence[Message], counted: Sequence[int]) -> None:
    if not taken:
        return
    total = sum(map(_price, taken))
    batch.purses[op.project].currency = op.currency
    entry_id = batch.book(op.project, "charge", -total, op.now_ms) if total else None
    messages = batch.messages
    for message in taken:
        message.charge = entry_id if message.price else None
        messages[message.id] = message
    for row in op.submissions:
        row.request, row.notes = storable(row.request), storable(row.notes)
    batch.submissions.extend(op.submissions)
    for key in counted:
        slot = (key, op.now_ms)
        batch.counts[slot] = batch.counts.get(slot, 0) + 1
    if op.links:
        batch.links.extend(row for row in op.links if row.message_id is None or row.message_id in messages)
