"""What gateways bring, in our terms: replies of handsets as `Incoming`, what became of messages as `Receipt`.

Octets stay octets; what stands in front of the text of a long one's piece is read and taken off.
"""

from hongyan.carriers import Incoming, Piece, Receipt
from hongyan.carriers.china.contents import alphabet_of
from hongyan.carriers.china.stats import Outcome
from hongyan.text import udh

_MOBILE_DIGITS = 11
CHINA = "86"


def e164(number: str) -> str:
    """Return the digits of a number that a gateway names: with 86, +86, 0086 or none of them."""
    digits = number.lstrip("+").removeprefix("00")
    return CHINA + digits if len(digits) == _MOBILE_DIGITS and digits.startswith("1") else digits


def receipt(provider_id: str, outcome: Outcome, number: str, now: int) -> Receipt:
    """Return what became of a message."""
    digits = e164(number)
    return Receipt(
        provider_id=provider_id,
        state=outcome.state,
        cause=outcome.cause,
        received_at=now,
        number=digits if digits.isdigit() else "",
    )


def incoming(
    *, sender: str, to: str, content: bytes, msg_format: int, has_header: bool, carrier_id: str, now: int
) -> Incoming:
    """Return a reply, or a piece of one."""
    piece = None
    header = udh.read(content) if has_header else None
    if header is not None:
        content = content[header.octets :]
        if header.part is not None and header.part.total > 1:
            piece = Piece(header.part.reference, header.part.total, header.part.number)
    return Incoming(
        sender=e164(sender),
        to=to,
        octets=content,
        coding=alphabet_of(msg_format, content),
        received_at=now,
        carrier_id=carrier_id,
        piece=piece,
    )
