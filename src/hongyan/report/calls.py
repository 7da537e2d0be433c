"""A call to a caller's address in words: the vendor's, and ours in the timeline about what came of it. Pure."""

from collections.abc import Callable, Sequence

from hongyan.model.message import Message
from hongyan.model.push import PushCall, PushShape
from hongyan.model.reply import Reply
from hongyan.model.world import App
from hongyan.report.lanes import Held
from hongyan.report.post import Posted
from hongyan.store.ops import Event

_EXCERPT = 120


Taken = Callable[[int, bytes], bool]


def worded(shape: PushShape, batch: Sequence[Held], target: str, app: App | None) -> tuple[PushCall, Taken]:
    """Return the call that tells of these, and what says whether an answer to it means that they were taken."""
    replies = [held.about for held in batch if isinstance(held.about, Reply)]
    if replies:
        words = shape.replies
        assert words is not None
        return words.call(replies, target, app), words.taken
    return shape.call([held.about for held in batch if isinstance(held.about, Message)], target, app), shape.taken


def events_of(held: Held, at: int, kind: str, said: str) -> Sequence[Event]:
    """Return what the timeline of the message says of a push."""
    if held.message_id is None:
        return ()
    text = said if isinstance(held.about, Message) else f"reply {held.about.id}: {said}"
    return (Event(message_id=held.message_id, at=at, kind=kind, text=text),)


def calls(n: int) -> str:
    """Return so many calls in words."""
    return "one call" if n == 1 else f"{n} calls"


def sentence(target: str, posted: Posted, took_ms: int) -> str:
    """Return what came of a call, without what its address was asked for."""
    where = target.split("?", 1)[0].split("#", 1)[0][:200]
    if posted.why:
        return f"{where}: {posted.why} ({took_ms} ms)"
    excerpt = posted.body[:_EXCERPT].decode("utf-8", "replace")
    shown = "".join(character if character.isprintable() else " " for character in excerpt).strip()
    return f"{where} answered {posted.status} in {took_ms} ms: {shown or '(nothing)'}"
