"""Values that the store's tests are made of."""

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.model.world import Project
from hongyan.store import Store
from hongyan.store.ops import (
    Accept,
    Accepted,
    Fragment,
    Handed,
    PushRow,
    RefusalRow,
    ReplyRow,
    Settle,
    StopRow,
    SubmissionRow,
)

MASTER_KEY = b"a master key of some length"
NOW = FakeClock().now_ms()
IDS = IdMint(FakeClock())
PRICE = 45_000


class OpenStore(Protocol):
    def __call__(self, master_key: bytes = MASTER_KEY) -> Awaitable[Store]: ...


def message(**fields: Any) -> Message:
    message_id = IDS.mint()
    given: dict[str, Any] = {
        "id": message_id,
        "project": "shop",
        "submission": message_id,
        "dialect": "comms",
        "to": "8613700000000",
        "content": "【一砂】hello 你好 😀",
        "price": PRICE,
        "accepted_at": NOW,
        "due_at": NOW,
        "expires_at": NOW + 86_400_000,
    }
    return Message(**(given | fields))


def submission(**fields: Any) -> SubmissionRow:
    given: dict[str, Any] = {
        "id": IDS.mint(),
        "project": "shop",
        "request_id": "R1",
        "dialect": "comms",
        "action": "sendmsg",
        "key_id": "k",
        "peer": "127.0.0.1",
        "received_at": NOW,
        "method": "POST",
        "path": "/comms/sms/sendmsg",
        "request": "{}",
        "notes": "[]",
    }
    return SubmissionRow(**(given | fields))


def refusal(**fields: Any) -> RefusalRow:
    given: dict[str, Any] = {
        "id": IDS.mint(),
        "at": NOW,
        "request_id": "R9",
        "position": None,
        "project": "shop",
        "dialect": "comms",
        "action": "sendmsg",
        "peer": "127.0.0.1",
        "reason": Reason.BAD_NUMBER,
        "facts": "{}",
        "request": "{}",
        "notes": "[]",
    }
    return RefusalRow(**(given | fields))


def push(message_id: int | None, **fields: Any) -> PushRow:
    given: dict[str, Any] = {
        "id": IDS.mint(),
        "message_id": message_id,
        "project": "shop",
        "dialect": "comms",
        "target": "http://127.0.0.1/",
        "due_at": NOW,
    }
    return PushRow(**(given | fields))


def accept(*messages: Message, **fields: Any) -> Accept:
    given: dict[str, Any] = {
        "project": "shop",
        "currency": "CNY",
        "credit_line": 1_000_000_000,
        "submissions": (),
        "messages": messages,
        "now_ms": NOW,
    }
    return Accept(**(given | fields))


async def accepted(store: Store, *messages: Message, **fields: Any) -> list[Accepted]:
    results: list[Accepted] = await store.write(accept(*messages, **fields))
    return results


def handed(one: Message, provider_id: str = "", **fields: Any) -> Handed:
    given: dict[str, Any] = {"at": NOW + 1, "carrier": "sim", "due_at": NOW + 60_000}
    return Handed(message_id=one.id, provider_id=provider_id or f"P{one.id}", **(given | fields))


def settle(one: Message, state: State = State.DELIVERED, **fields: Any) -> Settle:
    given: dict[str, Any] = {"at": NOW + 2, "cause": "delivered|DELIVRD|sim|"}
    return Settle(message_id=one.id, project=one.project, state=state, **(given | fields))


async def fund(store: Store, paid_in: str = "100", project: str = "shop") -> None:
    await store.declare([Project(name=project, paid_in=paid_in)], [], NOW)


async def states(store: Store, messages: Sequence[Message]) -> list[State]:
    return [one.state for one in await store.messages_by_id([one.id for one in messages])]


def reply(**fields: Any) -> ReplyRow:
    reply_id = IDS.mint()
    given: dict[str, Any] = {
        "id": reply_id,
        "carrier": "sim",
        "key": f"K{reply_id}",
        "sender": "8613700000000",
        "to": "1069",
        "text": "好的 👍",
        "received_at": NOW,
        "project": "shop",
    }
    return ReplyRow(**(given | fields))


def piece(number: int, **fields: Any) -> Fragment:
    given: dict[str, Any] = {
        "id": IDS.mint(),
        "whole": "8613700000000>1069#7/3",
        "number": number,
        "total": 3,
        "at": NOW,
        "kind": "reply",
        "owner": "sim",
        "octets": bytes([0, number, 255]),
        "facts": "{}",
    }
    return Fragment(**(given | fields))


def stop(**fields: Any) -> StopRow:
    given: dict[str, Any] = {"project": "shop", "number": "8613700000000", "marketing_only": False, "at": NOW}
    return StopRow(**(given | fields))
