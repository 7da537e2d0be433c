"""What is wrong with one PDU: the command status to answer, and the reason for its timeline."""

from typing import Any

from hongyan.model.reason import Reason


class Wrong(Exception):  # noqa: N818 - a verdict about a PDU, like Refused
    """Found while reading; becomes a refused item, so that the desk records it as any other."""

    def __init__(self, status: int, reason: Reason, **facts: Any) -> None:
        super().__init__(reason.value)
        self.status, self.reason, self.facts = status, reason, facts
