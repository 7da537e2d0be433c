"""What only the process that writes and sends can do, asked for by any process that takes requests.

In the main process it is `assemble/core.py`; in a front the same calls go through the relay, by their names.
"""

from typing import Any, Protocol


class Core(Protocol):
    """Asked by operators' subjects. Arguments and results are plain values: they may cross a socket."""

    async def carrier_looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        ...

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript, oldest first."""
        ...

    async def preview(self, carrier: str, message: dict[str, Any]) -> dict[str, Any]:
        """Return what a carrier would put on the wire for a message (its fields) now: `pdus` and `trouble`."""
        ...

    async def wake(self) -> None:
        """Look at once for due messages and due pushes: somebody made some, or pushed the clock."""
        ...

    async def say_receipt(
        self, carrier: str, message_id: int, provider_ids: list[str], said: dict[str, Any], after_ms: int
    ) -> None:
        """Take a receipt as if a carrier had said it; returns when it is on disk, or at once when it is for later.

        `said`: state, kind, code and text. What the carrier itself was going to say of these ids is forgotten.
        """
        ...

    async def say_reply(self, carrier: str, sender: str, to: str, text: str, carrier_id: str) -> None:
        """Take a reply as if a handset had sent it; returns when all that follows from it is on disk."""
        ...

    async def follow(self) -> int:
        """Look at what is declared now; return how far the clock was pushed. What waits by time is woken."""
        ...

    async def snapshot(self, name: str) -> dict[str, Any]:
        """Keep the store as it is now under a name; return `at` and `mark`."""
        ...

    async def reset(self, name: str | None) -> int:
        """Lead everything back to a snapshot (None: to the start); return how many messages went."""
        ...

    async def erase(self, project: str | None, to: str | None) -> int:
        """Delete messages, all or those of a project or to a number; return how many. The ledger stays."""
        ...

    async def newest_calls(self) -> list[dict[str, Any]]:
        """Return the calls to callers' addresses that are in memory alone, newest first, with `items`."""
        ...

    async def replay(self, call_id: int, to: str | None) -> dict[str, Any]:
        """Make a logged call again, to where it went or to another address; return the new one's row."""
        ...

    async def listen(self, project: str | None, dialect: str, to: str) -> str:
        """Have callbacks handed to a listener; return its id. It is gone when it stops asking for calls."""
        ...

    async def next_call(self, listener: str, wait_s: float) -> dict[str, Any] | None:
        """Return the next call for a listener, None when none came in time; raises Refused when it is gone."""
        ...

    async def answer_call(self, call: str, project: str | None, said: dict[str, Any]) -> bool:
        """Take what a listener's program answered; return whether it was waited for."""
        ...

    async def unlisten(self, listener: str) -> None:
        """Send a listener away."""
        ...

    async def listeners(self) -> list[dict[str, Any]]:
        """Return who listens."""
        ...
