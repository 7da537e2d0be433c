"""What we refuse, in SMPP's words: a total table from `Reason` to a command status (SMPP 3.4 §5.1.3).

The sentence goes along in the parameter additional_status_info_text.
"""

from collections.abc import Mapping
from typing import Any

from hongyan.model.reason import Reason
from hongyan.model.sentences import refusal_text
from hongyan.wire import smpp
from hongyan.wire.smpp import statuses
from hongyan.wire.smpp.tlvs import ADDITIONAL_STATUS_INFO_TEXT, text_tlv

_LONGEST_SENTENCE = 255
_FIRST_WITH_PARAMETERS = 0x34

STATUSES: Mapping[Reason, int] = {
    # what cannot be read, or not be carried as it is
    Reason.BAD_REQUEST: statuses.RSUBMITFAIL,
    Reason.MISSING_FIELD: statuses.RSUBMITFAIL,
    Reason.BAD_FIELD: statuses.RSUBMITFAIL,
    Reason.TOO_LARGE: statuses.RINVMSGLEN,
    Reason.UNKNOWN_PATH: statuses.RINVCMDID,
    Reason.UNKNOWN_METHOD: statuses.RINVCMDID,
    Reason.UNKNOWN_ACTION: statuses.RINVCMDID,
    Reason.BAD_VERSION: statuses.RINVCMDID,
    Reason.TOO_MANY_ITEMS: statuses.RINVNUMDESTS,
    Reason.NO_ITEMS: statuses.RINVNUMDESTS,
    Reason.TOO_MANY_NUMBERS: statuses.RINVNUMDESTS,
    # who: what a bind is answered; later it ends the session
    Reason.MISSING_SEAL: statuses.RINVSYSID,
    Reason.BAD_SEAL_FIELD: statuses.RBINDFAIL,
    Reason.BAD_SEAL_METHOD: statuses.RBINDFAIL,
    Reason.UNKNOWN_KEY: statuses.RINVSYSID,
    Reason.DISABLED_KEY: statuses.RBINDFAIL,
    Reason.BAD_SEAL: statuses.RINVPASWD,
    Reason.CLOCK_SKEW: statuses.RBINDFAIL,
    Reason.BAD_CLOCK: statuses.RBINDFAIL,
    Reason.NONCE_USED: statuses.RBINDFAIL,
    Reason.ADDRESS_REFUSED: statuses.RBINDFAIL,
    Reason.PROJECT_CLOSED: statuses.RBINDFAIL,
    Reason.UNKNOWN_APP: statuses.RBINDFAIL,
    Reason.NOT_PERMITTED: statuses.RBINDFAIL,
    # pace: all of these pass
    Reason.TOO_FAST: statuses.RTHROTTLED,
    Reason.APP_TOO_FAST: statuses.RTHROTTLED,
    Reason.OVERLOADED: statuses.RMSGQFUL,
    # number
    Reason.BAD_NUMBER: statuses.RINVDSTADR,
    Reason.REGION_REFUSED: statuses.RINVDSTADR,
    Reason.DUPLICATE_NUMBER: statuses.RINVDSTADR,
    Reason.MIXED_REGIONS: statuses.RINVDSTADR,
    # wording
    Reason.UNKNOWN_TEMPLATE: statuses.RINVDFTMSGID,
    Reason.TEMPLATE_NOT_APPROVED: statuses.RINVDFTMSGID,
    Reason.NO_TEMPLATE_MATCH: statuses.RX_R_APPN,
    Reason.MISSING_VALUE: statuses.RX_R_APPN,
    Reason.BAD_VALUE: statuses.RX_R_APPN,
    Reason.VALUE_TOO_LONG: statuses.RX_R_APPN,
    Reason.VALUE_HAS_URL: statuses.RX_R_APPN,
    Reason.UNKNOWN_SIGNATURE: statuses.RX_R_APPN,
    Reason.SIGNATURE_NOT_APPROVED: statuses.RX_R_APPN,
    Reason.SIGNATURE_SCENE: statuses.RX_R_APPN,
    Reason.BAD_SIGNATURE: statuses.RX_R_APPN,
    Reason.EMPTY_CONTENT: statuses.RINVMSGLEN,
    Reason.CONTENT_TOO_LONG: statuses.RINVMSGLEN,
    Reason.KEYWORD: statuses.RX_R_APPN,
    Reason.BAD_SENDER: statuses.RINVSRCADR,
    Reason.BAD_EXTEND: statuses.RINVSRCADR,
    Reason.UNKNOWN_LINK: statuses.RX_R_APPN,
    Reason.BAD_CARD: statuses.RX_R_APPN,
    Reason.CARD_UNSUPPORTED: statuses.RX_R_APPN,
    # consent and limits: of this number, so asking again at once is of no use
    Reason.OPTED_OUT: statuses.RX_R_APPN,
    Reason.QUIET_HOURS: statuses.RX_R_APPN,
    Reason.NUMBER_LIMIT: statuses.RX_R_APPN,
    Reason.REPEATED_CONTENT: statuses.RX_R_APPN,
    # identity of an item
    Reason.BAD_CLIENT_ID: statuses.RSUBMITFAIL,
    Reason.CLIENT_ID_TAKEN: statuses.RSUBMITFAIL,
    # money
    Reason.NO_PRICE: statuses.RX_P_APPN,
    Reason.NO_BALANCE: statuses.RX_P_APPN,
    # asking about messages
    Reason.UNKNOWN_MESSAGE: statuses.RINVMSGID,
    Reason.BAD_DATE: statuses.RINVSCHED,
    # ours
    Reason.UNAVAILABLE: statuses.RSYSERR,
    Reason.INTERNAL: statuses.RSYSERR,
    Reason.REHEARSED: statuses.RSYSERR,
}

PASSING = frozenset({statuses.RTHROTTLED, statuses.RMSGQFUL, statuses.RSYSERR})
"""statuses of refusals that pass: the same PDU may be taken later"""

_SUBMITS: Mapping[type[smpp.Request], type[smpp.SubmitSmResp] | type[smpp.DataSmResp]] = {
    smpp.SubmitSm: smpp.SubmitSmResp,
    smpp.DataSm: smpp.DataSmResp,
}


def sentence(reason: Reason, facts: Mapping[str, Any]) -> str:
    """Return why, for the parameter: ASCII, bounded."""
    return refusal_text(reason, dict(facts))[0].encode("ascii", "replace").decode()[:_LONGEST_SENTENCE]


def refused(pdu: smpp.Request, status: int, why: str, version: int) -> bytes:
    """Return the frame that refuses a request; the sentence goes to sessions whose version knows parameters.

    spec: smpp#submit.refused
    """
    response = _SUBMITS.get(type(pdu))
    if response is None or version < _FIRST_WITH_PARAMETERS:
        return smpp.refusal(pdu.command, pdu.sequence, status)
    return smpp.encode(response(pdu.sequence, status, "", (text_tlv(ADDITIONAL_STATUS_INFO_TEXT, why),)))
