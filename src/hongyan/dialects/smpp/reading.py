"""A submit as what the desk takes: submit_sm, data_sm and submit_multi to items, or to a piece of a long text.

Everything is read here, nothing is decided: what is wrong becomes a refused item, which the desk records. SMPP 3.4
§4.4, §4.5, §4.7; user data headers 3GPP TS 23.040 §9.2.3.24. spec: smpp#submit.kinds
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from hongyan.accept.pieces import Piece
from hongyan.dialects.smpp.addresses import receiver, sender
from hongyan.dialects.smpp.coding import alphabet_of, text_in
from hongyan.dialects.smpp.kept import OWN_ID, Address, Kept, PieceFacts, written
from hongyan.dialects.smpp.wrong import Wrong
from hongyan.ledger.settlement import Wanted
from hongyan.model.reason import Reason
from hongyan.model.submission import Item
from hongyan.model.world import Key, Port
from hongyan.text import udh
from hongyan.wire import smpp
from hongyan.wire.smpp import statuses, times, tlvs

Submit = smpp.SubmitSm | smpp.DataSm | smpp.SubmitMulti

WANTED: dict[int, str | None] = {0: None, 1: Wanted.EVERY, 2: Wanted.FAILED, 3: Wanted.DELIVERED}
"""spec: smpp#receipt.wanted"""
LONGEST_DELAY_MS = 7 * 24 * 3_600_000
"""how far ahead a message may be scheduled"""
_WISH = 0x03
_HAS_HEADER = 0x40
_PORTS_AND_SHIFTS = frozenset({0x04, 0x05, 0x24, 0x25})
"""elements of a header that make something else of the text: application ports, national shift tables"""


class Reader(Struct, frozen=True, kw_only=True):
    """What is the same for all PDUs of a batch."""

    key: Key
    ports: Sequence[Port]
    now_ms: int
    mint: Callable[[], int]


class Reading(Struct, kw_only=True):
    """What one PDU asks for."""

    pdu: Submit
    items: list[Item] = []
    statuses: list[int] = []
    """for each item what it is refused with, when reading it showed what is wrong; else 0"""
    piece: Piece | None = None
    """instead of items: a part of a text that is not whole yet"""
    id: int = OWN_ID
    """several receivers: the id that stands for all"""
    text: str = ""

    def add(self, item: Item, status: int = 0) -> None:
        """Ask for one more message."""
        self.items.append(item)
        self.statuses.append(status)


def read(pdu: Submit, by: Reader) -> Reading:
    """Return what a PDU asks for."""
    reading = Reading(pdu=pdu, items=[], statuses=[])
    try:
        octets, part = _octets(pdu)
        alphabet = alphabet_of(pdu.data_coding, octets, by.key.codings)
        due_at, expires_at = _times(pdu, by.now_ms)
        _refuse_the_rest(pdu)
        source: Address = (pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
        asked = sender(source, by.ports, by.key.project)
        if part is not None:
            reading.piece = _piece(pdu, by, octets, part, alphabet, source, due_at, expires_at)
            return reading
        text = reading.text = text_in(octets, alphabet)
    except Wrong as wrong:
        reading.add(_refused(wrong), wrong.status)
        return reading
    several = type(pdu) is smpp.SubmitMulti
    reading.id = by.mint() if several else OWN_ID
    for to in _receivers(pdu):
        try:
            if isinstance(to, str):
                why = "there are no distribution lists"
                raise Wrong(statuses.RINVDLNAME, Reason.BAD_FIELD, field="dl_name", why=why)  # noqa: TRY301 - one path for all
            kept = Kept(source=source, to=to, reference=tlvs.user_message_reference(pdu.tlvs), ids=(reading.id,))
            reading.add(
                Item(
                    to=receiver(to, by.key.default_country),
                    content=text,
                    sender=asked[0],
                    extend=asked[1],
                    session=written(kept),
                    report_to=WANTED[pdu.registered_delivery & _WISH],
                    category=by.key.category,
                    due_at=due_at,
                    expires_at=expires_at,
                )
            )
        except Wrong as wrong:
            reading.add(_refused(wrong), wrong.status)
    return reading


def _receivers(pdu: Submit) -> Sequence[Address | str]:
    if isinstance(pdu, smpp.SubmitMulti):
        return [one if isinstance(one, str) else (one.ton, one.npi, one.address) for one in pdu.dest_addresses]
    return ((pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr),)


def _octets(pdu: Submit) -> tuple[bytes, tuple[str, int, int] | None]:
    """Return the octets of the text without their header, and (reference, number, total) of a part.

    spec: smpp#long.pieces, smpp#long.headers
    """
    octets = b"" if isinstance(pdu, smpp.DataSm) else pdu.short_message
    sar = None
    if pdu.tlvs:
        octets = octets or tlvs.message_payload(pdu.tlvs) or b""
        sar = tlvs.sar(pdu.tlvs)
    if pdu.esm_class & _HAS_HEADER:
        header = udh.read(octets)
        if header is None:
            raise Wrong(statuses.RINVESMCLASS, Reason.BAD_FIELD, field="esm_class", why="there is no whole header")
        other = next((one for one, _ in header.elements if one in _PORTS_AND_SHIFTS), None)
        if other is not None:
            why = f"header element 0x{other:02x} is not carried"
            raise Wrong(statuses.RSUBMITFAIL, Reason.BAD_FIELD, field="short_message", why=why)
        octets = octets[header.octets :]
        part = header.part
        if part is not None and part.total > 1:
            return octets, (f"{'w' if part.is_wide else 'n'}{part.reference}", part.number, part.total)
        return octets, None
    if sar is not None and sar.total > 1:
        return octets, (f"s{sar.reference}", sar.number, sar.total)
    return octets, None


def _times(pdu: Submit, now_ms: int) -> tuple[int | None, int | None]:
    """Return when to send and when to give up (§7.1.1).

    spec: smpp#submit.times
    """
    if isinstance(pdu, smpp.DataSm):
        return None, None
    due_at, expires_at = None, None
    if pdu.schedule_delivery_time:
        due_at = times.due(pdu.schedule_delivery_time, now_ms)
        if due_at is None or due_at > now_ms + LONGEST_DELAY_MS:
            why = "it is no time" if due_at is None else "it is more than seven days ahead"
            raise Wrong(statuses.RINVSCHED, Reason.BAD_FIELD, field="schedule_delivery_time", why=why)
    if pdu.validity_period:
        expires_at = times.due(pdu.validity_period, now_ms)
        if expires_at is None or expires_at <= max(now_ms, due_at or 0):
            why = "it is no time" if expires_at is None else "it is over before the message goes"
            raise Wrong(statuses.RINVEXPIRY, Reason.BAD_FIELD, field="validity_period", why=why)
    return due_at, expires_at


def _refuse_the_rest(pdu: Submit) -> None:
    """Raise Wrong for wishes that are never granted.

    spec: smpp#submit.never
    """
    if isinstance(pdu, smpp.DataSm):
        return
    if pdu.sm_default_msg_id:
        why = "there are no predefined messages"
        raise Wrong(statuses.RINVDFTMSGID, Reason.BAD_FIELD, field="sm_default_msg_id", why=why)
    if pdu.replace_if_present_flag:
        why = "messages are not replaced"
        raise Wrong(statuses.RINVREPFLAG, Reason.BAD_FIELD, field="replace_if_present_flag", why=why)


def _piece(
    pdu: Submit,
    by: Reader,
    octets: bytes,
    part: tuple[str, int, int],
    alphabet: str,
    source: Address,
    due_at: int | None,
    expires_at: int | None,
) -> Piece:
    if isinstance(pdu, smpp.SubmitMulti):
        why = "parts of a long text go to one receiver at a time"
        raise Wrong(statuses.RINVESMCLASS, Reason.BAD_FIELD, field="esm_class", why=why)
    to: Address = (pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr)
    receiver(to, by.key.default_country)
    reference, number, total = part
    facts = PieceFacts(
        kept=Kept(source=source, to=to, reference=tlvs.user_message_reference(pdu.tlvs)),
        wish=pdu.registered_delivery & _WISH,
        alphabet=alphabet,
        due_at=due_at,
        expires_at=expires_at,
        taken_at=by.now_ms,
    )
    return Piece(
        id=by.mint(),
        owner=by.key.name,
        whole=f"{source[2]} {to[2]} {reference} {total}",
        number=number,
        total=total,
        at=by.now_ms,
        octets=octets,
        facts=written(facts),
    )


def _refused(wrong: Wrong) -> Item:
    return Item(to="", content="", refused=wrong.reason, refused_facts=wrong.facts)
