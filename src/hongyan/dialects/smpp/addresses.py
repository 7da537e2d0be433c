"""Numbers and senders as SMPP writes them, TON and NPI beside them (SMPP 3.4 §5.2.5 to §5.2.9), as ours.

A receiver with TON 1 is international with or without its +; with TON 2 it is national in the customer's country where
it can be (Kannel says 2 of international ones too); otherwise it is read as a caller's number is read everywhere. A
sender with TON 5, or one that is not digits, is a name. A sender of digits that begins with one of the project's
declared ports is that port with an extension; any other is a port asked for by its digits.
"""

from collections.abc import Sequence

from hongyan.dialects.smpp.kept import Address
from hongyan.dialects.smpp.wrong import Wrong
from hongyan.model.reason import Reason
from hongyan.model.world import Port
from hongyan.text.numbers import parse
from hongyan.wire.smpp.statuses import RINVDSTADR, RINVDSTTON, RINVSRCADR

_INTERNATIONAL, _NATIONAL, _ALPHANUMERIC = 1, 2, 5
_KEEPS_ITS_ZERO = "39"
_LONGEST_NAME, _LONGEST_ADDRESS = 11, 20


def receiver(address: Address, country: str) -> str:
    """Return a receiver's number as the desk reads it. Raises Wrong.

    spec: smpp#number.receiver
    """
    ton, _, digits = address
    if not digits:
        raise Wrong(RINVDSTADR, Reason.MISSING_FIELD, field="destination_addr")
    if len(digits) > _LONGEST_ADDRESS:
        raise Wrong(RINVDSTADR, Reason.BAD_NUMBER, field="destination_addr", most=_LONGEST_ADDRESS)
    if ton == _INTERNATIONAL:
        return digits if digits.startswith("+") else f"+{digits.removeprefix('00')}"
    if ton == _NATIONAL and digits.isdecimal():
        national = f"+{country}{digits if country == _KEEPS_ITS_ZERO else digits.removeprefix('0')}"
        return national if parse(national, country) is not None else digits
    if ton == _ALPHANUMERIC:
        raise Wrong(RINVDSTTON, Reason.BAD_FIELD, field="dest_addr_ton", why="a name is no receiver")
    return digits


def sender(address: Address, ports: Sequence[Port], project: str) -> tuple[str | None, str | None]:
    """Return sender and extension asked for; (None, None) when the customer leaves it to us. Raises Wrong.

    spec: smpp#number.sender
    """
    ton, _, name = address
    if not name:
        return None, None
    digits = name.removeprefix("+")
    if ton == _ALPHANUMERIC or not (digits.isascii() and digits.isdigit()):
        if len(name) > _LONGEST_NAME or not name.isprintable():
            why = f"a name has at most {_LONGEST_NAME} characters that can be shown"
            raise Wrong(RINVSRCADR, Reason.BAD_SENDER, field="source_addr", why=why)
        return name, None
    if len(name) > _LONGEST_ADDRESS:
        raise Wrong(RINVSRCADR, Reason.BAD_SENDER, field="source_addr", most=_LONGEST_ADDRESS)
    for port in ports:
        if port.project == project and digits.startswith(port.name):
            return port.name, digits[len(port.name) :] or None
    return digits, None
