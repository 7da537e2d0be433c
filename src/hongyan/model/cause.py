"""Why a message ended as it did: one value that travels unchanged from the wire to the page."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class CauseKind(StrEnum):
    """The few classes of endings that a caller can act on."""

    DELIVERED = "delivered"
    NUMBER = "number"  # absent, switched off, not in service, malformed for the carrier
    HANDSET = "handset"  # phone full, blacklisted by the user, cannot show
    CONTENT = "content"  # the carrier refused the text
    SENDER = "sender"  # signature, port or sender id not known to the carrier
    LIMIT = "limit"  # the carrier throttles or caps
    CARRIER = "carrier"  # the carrier is down, answered nonsense or not at all
    TIME = "time"  # validity ran out
    OURS = "ours"  # no route, switched off, our own fault


class Cause(NamedTuple):
    """What was said, by whom. `code` and `text` are the speaker's own words."""

    kind: CauseKind
    code: str
    text: str
    said_by: str

    def joined(self) -> str:
        """Return the one-line text kept in the store."""
        return f"{self.kind}|{self.code}|{self.said_by}|{self.text}"


@lru_cache(maxsize=1024)
def parse_cause(joined: str) -> Cause:
    """Return the cause that `joined` wrote."""
    kind, code, said_by, text = joined.split("|", 3)
    return Cause(CauseKind(kind), code, text, said_by)
