"""Bytes to frozen values and back, for the four carrier protocols: SMPP 3.4, CMPP 2.0/3.0, SMGP 3.0, SGIP 1.2.

Pure: no sockets, no clock. A folder per protocol. What a connection does with the values is `session/`.
"""

from struct import Struct as Layout

_LENGTH = Layout(">I").unpack_from


class Malformed(ValueError):  # noqa: N818 - reads as what the octets are, like Refused and Misconfigured
    """Octets that the protocol does not allow; the message says which field, where and why."""

    def __init__(
        self,
        what: str,
        *,
        at: int | None = None,
        command: int | None = None,
        sequence: int = 0,
        status: int | None = None,
    ) -> None:
        super().__init__(what if at is None else f"{what} (at octet {at})")
        self.command = command
        """the PDU's command when its header could be read; None: the stream itself cannot be followed any further"""
        self.sequence = sequence
        self.status = status
        """what the peer should be answered, in the protocol's own numbers; None: nothing can be answered"""


def frames(received: bytes, least: int, most: int) -> tuple[list[bytes], int]:
    """Return the whole PDUs at the start of what was received, and how many octets they take together.

    Every protocol begins a PDU with its length in four octets, itself included. Raises Malformed for a length outside
    [least, most] when it is the first thing there: after it nothing can be found again. PDUs before it are returned
    first.
    """
    out: list[bytes] = []
    at, end = 0, len(received)
    while end - at >= 4:  # noqa: PLR2004 - the octets of a length
        (length,) = _LENGTH(received, at)
        if not least <= length <= most:
            if out:
                break
            raise Malformed(f"a PDU of {length} octets; {least} to {most} are possible", at=0)
        if end - at < length:
            break
        out.append(received[at : at + length])
        at += length
    return out, at
