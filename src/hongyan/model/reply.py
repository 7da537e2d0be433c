"""What a handset sent us, as a vendor's words are made of it. Its row is the store's `ReplyRow`."""

from msgspec import Struct

from hongyan.model.message import Message


class Reply(Struct, frozen=True, kw_only=True):
    """A reply (an MO), with the message that it answers where one is known."""

    id: int
    sender: str
    """the handset: E.164 digits"""
    to: str
    """the number it was sent to: port and extension"""
    text: str
    received_at: int
    extend: str = ""
    """the extension behind the port"""
    parts: int = 1
    message: Message | None = None

    @property
    def signature(self) -> str:
        """The signature of the message it answers, without brackets; "" when none is known."""
        return (self.message.signature or "") if self.message is not None else ""
