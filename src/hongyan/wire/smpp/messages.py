"""The PDUs of SMPP 3.4 about messages, as frozen values: handing them over (§4.4 to §4.7), and after (§4.8 to §4.12).

What `pdus` says of fields holds here too.
"""

from typing import NamedTuple

from hongyan.wire.smpp.pdus import Request, Response, Tlv


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
