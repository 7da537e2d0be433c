"""The four carrier protocols as the engine sees them: where length, command and key stand, and the PDUs without fields.

A table and nothing else; fields are the codecs' business in `wire/`.
"""

from struct import Struct as Layout

from msgspec import Struct

ANSWER = 0x80000000
"""set in the command of every answer, in all four protocols"""

Key = int | bytes
"""what an answer repeats of its request: the sequence number, in SGIP twelve octets"""


class Tongue(Struct, frozen=True, kw_only=True):
    """What the engine must know of a protocol."""

    name: str
    head: Layout
    """reads (length, command, key) at the start of a PDU"""
    least: int
    """octets of a header"""
    most: int
    """octets of the longest PDU to take"""
    log_ins: frozenset[int]
    goodbye: int
    keep_alive: int | None
    alive_body: bytes = b""
    """what follows the header of the answer to a keep-alive"""
    has_status: bool = False
    """the header has a status between command and key"""
    not_logged_in: int | None = None
    """the status that answers a request before the log-in; None: such a peer is dropped"""
    last_key: int = 0xFFFFFFFF
    """keys count from 1 to this"""

    def bare(self, command: int, key: Key, *, status: int = 0, body: bytes = b"") -> bytes:
        """Return a PDU that has no fields, or whose fields are given as octets."""
        head = (self.least + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big")
        if self.has_status:
            head += status.to_bytes(4, "big")
        return head + (key if isinstance(key, bytes) else key.to_bytes(4, "big")) + body


SMPP = Tongue(
    name="SMPP 3.4",
    head=Layout(">II4xI"),
    least=16,
    most=0x10000 + 0x400,
    log_ins=frozenset({0x1, 0x2, 0x9}),
    goodbye=0x6,
    keep_alive=0x15,
    has_status=True,
    not_logged_in=0x4,
    last_key=0x7FFFFFFF,
)

CMPP = Tongue(
    name="CMPP",
    head=Layout(">III"),
    least=12,
    most=4096,
    log_ins=frozenset({0x1}),
    goodbye=0x2,
    keep_alive=0x8,
    alive_body=b"\0",
)

SMGP = Tongue(
    name="SMGP 3.0",
    head=Layout(">III"),
    least=12,
    most=4096,
    log_ins=frozenset({0x1}),
    goodbye=0x6,
    keep_alive=0x4,
)

SGIP = Tongue(
    name="SGIP 1.2",
    head=Layout(">II12s"),
    least=20,
    most=4096,
    log_ins=frozenset({0x1}),
    goodbye=0x2,
    keep_alive=None,
)
"""Keys are twelve octets that the owner mints: node, time, counter."""
