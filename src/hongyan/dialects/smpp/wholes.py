"""Pieces that are all there, as one item; pieces that never will be, as endings to be told. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from hongyan.accept.pieces import Piece
from hongyan.dialects.smpp.addresses import receiver, sender
from hongyan.dialects.smpp.coding import text_in
from hongyan.dialects.smpp.kept import OWN_ID, PieceFacts, facts_in, written
from hongyan.dialects.smpp.reading import WANTED, Reader
from hongyan.dialects.smpp.wrong import Wrong
from hongyan.ledger.settlement import Wanted
from hongyan.model.submission import Item

_EVERY, _FAILED = 1, 2


def whole_item(pieces: Sequence[Piece], last: Piece | None, by: Reader) -> tuple[Item, int]:
    """Return the message that pieces make, and the status when it cannot be one.

    `last`: the piece whose answer is the message's own id; None: no answer waits. The first piece's id makes a
    repetition the same message. spec: smpp#long.receipts
    """
    facts = [facts_in(piece.facts) for piece in pieces]
    first = facts[0]
    ids = tuple(
        OWN_ID if last is not None and piece.number == last.number else piece.id
        for piece, one in zip(pieces, facts, strict=True)
        if one.wish
    )
    try:
        asked = sender(first.kept.source, by.ports, by.key.project)
        return Item(
            to=receiver(first.kept.to, by.key.default_country),
            content=_text(pieces, facts),
            sender=asked[0],
            extend=asked[1],
            session=written(replace(first.kept, ids=ids)),
            report_to=_wanted(facts),
            category=by.key.category,
            client_id=str(pieces[0].id),
            due_at=first.due_at,
            expires_at=first.expires_at,
        ), 0
    except Wrong as wrong:
        return Item(to="", content="", refused=wrong.reason, refused_facts=wrong.facts), wrong.status


def endings(pieces: Sequence[Piece], stat: str, err: str, now_ms: int) -> list[tuple[Piece, str]]:
    """Return the pieces whose customer wants to know that they will not arrive, with the facts to tell."""
    told = []
    for piece in pieces:
        facts = facts_in(piece.facts)
        if facts.wish in {_EVERY, _FAILED}:
            told.append((piece, written(replace(facts, stat=stat, id=piece.id, err=err, ended_at=now_ms))))
    return told


def _text(pieces: Sequence[Piece], facts: Sequence[PieceFacts]) -> str:
    alphabets = {one.alphabet for one in facts}
    if len(alphabets) == 1:  # joined first: a cut may fall into a pair
        return text_in(b"".join(piece.octets for piece in pieces), facts[0].alphabet)
    return "".join(text_in(piece.octets, one.alphabet) for piece, one in zip(pieces, facts, strict=True))


def _wanted(facts: Sequence[PieceFacts]) -> str | None:
    wishes = {one.wish for one in facts if one.wish}
    if len(wishes) > 1:
        return Wanted.EVERY
    return WANTED[wishes.pop()] if wishes else None
