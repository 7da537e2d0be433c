"""Messages in memory whose receipts can only come late: they are left to the store, which knows how they ended."""

from itertools import islice

from hongyan.model.message import Message

LOOKED_AT_MOST = 10_000
"""of one carrier's messages at a time, the oldest: it costs a moment, and the others have their turn"""


def leave_to_store(messages: dict[str, Message], now_ms: int) -> None:
    """Forget the messages whose validity is over, oldest hand-overs first."""
    late = [known_as for known_as, message in islice(messages.items(), LOOKED_AT_MOST) if message.expires_at <= now_ms]
    for known_as in late:
        del messages[known_as]
