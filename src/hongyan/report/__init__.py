"""6 on the road: what became of it. match.py, settle.py, push.py, pull.py.

`Reports` is what a dialect asks about messages.
"""

from collections.abc import Sequence
from typing import Protocol

from hongyan.model.message import Leg, Message
from hongyan.model.reply import Reply

__all__ = ["Reports"]


class Reports(Protocol):
    """Questions that vendors' query and pull endpoints ask. All answers are of one project."""

    async def message(self, project: str, message_id: int) -> Message | None:
        """Return one message."""
        ...

    async def called(self, project: str, app: str, client_id: str) -> Message | None:
        """Return the message that a caller gave this id of its own."""
        ...

    async def messages(self, project: str, message_ids: Sequence[int]) -> list[Message]:
        """Return those that exist, in the order asked."""
        ...

    async def sent_to(
        self,
        project: str,
        to: str,
        since_ms: int,
        until_ms: int,
        *,
        dialect: str,
        legs: Sequence[Leg] = (),
        submissions: Sequence[int] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, list[Message]]:
        """Return (how many in all, one page newest first) of what was accepted for a number in [since, until)."""
        ...

    async def take(self, project: str, dialect: str, most: int) -> list[Message]:
        """Return finished messages that were not pulled yet, oldest first, and mark them pulled (commits first)."""
        ...

    async def take_replies(self, project: str, dialect: str, most: int) -> list[Reply]:
        """Return replies that were not pulled yet, oldest first, and mark them pulled (commits first)."""
        ...

    async def replies_from(
        self, project: str, sender: str, since_ms: int, until_ms: int, *, dialect: str, most: int
    ) -> list[Reply]:
        """Return the newest replies from a number that came in [since, until) and belong to a dialect or to none."""
        ...

    async def balance(self, project: str) -> int:
        """Return the balance in micros."""
        ...
