"""What an ESME and an SMSC can say to each other, as frozen values: what all PDUs are, and those that keep a session.

Those about messages are in `messages`. Fields bear the specification's names (§4). Their texts are Latin-1, so that no
octet is ever lost; `short_message` and the values of TLVs stay octets. `layouts` knows how each looks on the wire.
"""

from typing import ClassVar

from msgspec import Struct

Tlv = tuple[int, bytes]
"""An optional parameter: its tag and its value, kept as it came whether or not anyone knows the tag."""


class Request(Struct, frozen=True, gc=False):
    """What wants an answer, except outbind and alert_notification, which get none. Its status is always 0."""

    command: ClassVar[int]
    name: ClassVar[str]
    response: ClassVar["type[Response] | None"] = None
    sequence: int


class Response(Struct, frozen=True, gc=False):
    """What answers the request of the same sequence; a status other than 0 is a refusal, often with an empty body."""

    command: ClassVar[int]
    name: ClassVar[str]
    sequence: int
    status: int = 0


class Unknown(Struct, frozen=True, gc=False):
    """A PDU whose command is not in SMPP 3.4: answer a request with generic_nack 0x03."""

    name: ClassVar[str] = "unknown"
    command: int
    status: int
    sequence: int
    body: bytes = b""


Pdu = Request | Response | Unknown


class GenericNack(Response, frozen=True, gc=False):
    """The answer to what could not be understood (§4.3.1)."""

    command = 0x80000000
    name = "generic_nack"


class BindResp(Response, frozen=True, gc=False):
    """The answer to a log-in; `tlvs` may hold sc_interface_version."""

    system_id: str = ""
    tlvs: tuple[Tlv, ...] = ()


class BindReceiverResp(BindResp, frozen=True, gc=False):
    """The answer to bind_receiver."""

    command = 0x80000001
    name = "bind_receiver_resp"


class BindTransmitterResp(BindResp, frozen=True, gc=False):
    """The answer to bind_transmitter."""

    command = 0x80000002
    name = "bind_transmitter_resp"


class BindTransceiverResp(BindResp, frozen=True, gc=False):
    """The answer to bind_transceiver."""

    command = 0x80000009
    name = "bind_transceiver_resp"


class Bind(Request, frozen=True, gc=False):
    """A log-in of an ESME."""

    system_id: str = ""
    password: str = ""
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    tlvs: tuple[Tlv, ...] = ()


class BindReceiver(Bind, frozen=True, gc=False):
    """A log-in to be given messages and receipts only."""

    command = 0x00000001
    name = "bind_receiver"
    response = BindReceiverResp


class BindTransmitter(Bind, frozen=True, gc=False):
    """A log-in to submit only."""

    command = 0x00000002
    name = "bind_transmitter"
    response = BindTransmitterResp


class BindTransceiver(Bind, frozen=True, gc=False):
    """A log-in for both directions."""

    command = 0x00000009
    name = "bind_transceiver"
    response = BindTransceiverResp


class Outbind(Request, frozen=True, gc=False):
    """An SMSC asks the ESME it connected to to bind as a receiver. Gets no answer but the bind."""

    command = 0x0000000B
    name = "outbind"
    system_id: str = ""
    password: str = ""


class UnbindResp(Response, frozen=True, gc=False):
    """The answer to unbind: the connection may be closed."""

    command = 0x80000006
    name = "unbind_resp"


class Unbind(Request, frozen=True, gc=False):
    """A log-out, by either side."""

    command = 0x00000006
    name = "unbind"
    response = UnbindResp


class EnquireLinkResp(Response, frozen=True, gc=False):
    """The other side lives."""

    command = 0x80000015
    name = "enquire_link_resp"


class EnquireLink(Request, frozen=True, gc=False):
    """Asks whether the other side lives."""

    command = 0x00000015
    name = "enquire_link"
    response = EnquireLinkResp
