"""What an ESME and an SMSC can say to each other: every PDU of SMPP 3.4 as a frozen value.

Fields bear the specification's names (§4). Texts of the header fields are Latin-1, so that no octet is ever lost;
`short_message` and the values of TLVs stay octets. `decode` and `encode` know how each looks on the wire.
"""

from typing import ClassVar, NamedTuple

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


# Sessions: §4.1, §4.2, §4.11


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


# Messages: §4.4 to §4.7


class ShortMessage(Request, frozen=True, gc=False):
    """A message in either direction: submit_sm and deliver_sm have the same fields."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: tuple[Tlv, ...] = ()


class SubmitSmResp(Response, frozen=True, gc=False):
    """The answer to submit_sm: the SMSC's id, which may be missing, or meaningless, beside a refusal."""

    command = 0x80000004
    name = "submit_sm_resp"
    message_id: str = ""
    tlvs: tuple[Tlv, ...] = ()


class SubmitSm(ShortMessage, frozen=True, gc=False):
    """An MT on its way to the SMSC."""

    command = 0x00000004
    name = "submit_sm"
    response = SubmitSmResp


class DeliverSmResp(Response, frozen=True, gc=False):
    """The answer to deliver_sm; its id is unused and one NUL on the wire."""

    command = 0x80000005
    name = "deliver_sm_resp"
    message_id: str = ""
    tlvs: tuple[Tlv, ...] = ()


class DeliverSm(ShortMessage, frozen=True, gc=False):
    """An MO or a delivery receipt on its way to the ESME."""

    command = 0x00000005
    name = "deliver_sm"
    response = DeliverSmResp


class DataSmResp(Response, frozen=True, gc=False):
    """The answer to data_sm; a refusal may say more in its TLVs."""

    command = 0x80000103
    name = "data_sm_resp"
    message_id: str = ""
    tlvs: tuple[Tlv, ...] = ()


class DataSm(Request, frozen=True, gc=False):
    """A message in either direction whose text is always in the TLV message_payload."""

    command = 0x00000103
    name = "data_sm"
    response = DataSmResp
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0
    tlvs: tuple[Tlv, ...] = ()


class Destination(NamedTuple):
    """One receiver of submit_multi (§5.2.5.1)."""

    ton: int
    npi: int
    address: str


class Failure(NamedTuple):
    """One receiver of submit_multi that was refused, and the command status why (§4.5.3)."""

    ton: int
    npi: int
    address: str
    status: int


class SubmitMultiResp(Response, frozen=True, gc=False):
    """The answer to submit_multi: one id for all, and the receivers that were refused."""

    command = 0x80000021
    name = "submit_multi_resp"
    message_id: str = ""
    unsuccess_smes: tuple[Failure, ...] = ()
    tlvs: tuple[Tlv, ...] = ()


class SubmitMulti(Request, frozen=True, gc=False):
    """One text to several receivers; a text among `dest_addresses` is the name of a distribution list."""

    command = 0x00000021
    name = "submit_multi"
    response = SubmitMultiResp
    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addresses: tuple[Destination | str, ...] = ()
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: tuple[Tlv, ...] = ()


# Afterwards: §4.8 to §4.10, §4.12


class QuerySmResp(Response, frozen=True, gc=False):
    """What has become of a message; `final_date` is an SMPP time or empty."""

    command = 0x80000003
    name = "query_sm_resp"
    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


class QuerySm(Request, frozen=True, gc=False):
    """Asks what has become of a message."""

    command = 0x00000003
    name = "query_sm"
    response = QuerySmResp
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""


class CancelSmResp(Response, frozen=True, gc=False):
    """The answer to cancel_sm."""

    command = 0x80000008
    name = "cancel_sm_resp"


class CancelSm(Request, frozen=True, gc=False):
    """Takes back one message by its id, or all of a sender to a receiver."""

    command = 0x00000008
    name = "cancel_sm"
    response = CancelSmResp
    service_type: str = ""
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""


class ReplaceSmResp(Response, frozen=True, gc=False):
    """The answer to replace_sm."""

    command = 0x80000007
    name = "replace_sm_resp"


class ReplaceSm(Request, frozen=True, gc=False):
    """Puts another text into a message that has not left yet."""

    command = 0x00000007
    name = "replace_sm"
    response = ReplaceSmResp
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


class AlertNotification(Request, frozen=True, gc=False):
    """A handset can be reached again. Gets no answer."""

    command = 0x00000102
    name = "alert_notification"
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    esme_addr_ton: int = 0
    esme_addr_npi: int = 0
    esme_addr: str = ""
    tlvs: tuple[Tlv, ...] = ()
