"""The command statuses of SMPP 3.4 (§5.1.3): number, name, and one sentence for people.

What a status means for a message (try again, never, stop the carrier) is for `carriers/` to say.
"""

from typing import NamedTuple


class Status(NamedTuple):
    """One command status."""

    number: int
    name: str
    sentence: str


STATUSES: dict[int, Status] = {
    number: Status(number, name, sentence)
    for number, name, sentence in (
        (0x00, "ESME_ROK", "It went well."),
        (0x01, "ESME_RINVMSGLEN", "The length of the message is wrong."),
        (0x02, "ESME_RINVCMDLEN", "The length of the PDU is wrong."),
        (0x03, "ESME_RINVCMDID", "The command is not known."),
        (0x04, "ESME_RINVBNDSTS", "The command is not possible in this state of the session."),
        (0x05, "ESME_RALYBND", "The account is bound already."),
        (0x06, "ESME_RINVPRTFLG", "The priority is not possible."),
        (0x07, "ESME_RINVREGDLVFLG", "The wish for receipts is not possible."),
        (0x08, "ESME_RSYSERR", "The other side has an error of its own."),
        (0x0A, "ESME_RINVSRCADR", "The sender's address is wrong."),
        (0x0B, "ESME_RINVDSTADR", "The receiver's address is wrong."),
        (0x0C, "ESME_RINVMSGID", "The message id is wrong."),
        (0x0D, "ESME_RBINDFAIL", "The bind failed."),
        (0x0E, "ESME_RINVPASWD", "The password is wrong."),
        (0x0F, "ESME_RINVSYSID", "The system id is not known."),
        (0x11, "ESME_RCANCELFAIL", "The message could not be cancelled."),
        (0x13, "ESME_RREPLACEFAIL", "The message could not be replaced."),
        (0x14, "ESME_RMSGQFUL", "The queue of the other side is full."),
        (0x15, "ESME_RINVSERTYP", "The service type is wrong."),
        (0x33, "ESME_RINVNUMDESTS", "The number of receivers is wrong."),
        (0x34, "ESME_RINVDLNAME", "The name of the distribution list is wrong."),
        (0x40, "ESME_RINVDESTFLAG", "The flag of a receiver is wrong."),
        (0x42, "ESME_RINVSUBREP", "Replacing a message by submitting is not possible."),
        (0x43, "ESME_RINVESMCLASS", "The esm_class is wrong."),
        (0x44, "ESME_RCNTSUBDL", "Nothing can be submitted to a distribution list."),
        (0x45, "ESME_RSUBMITFAIL", "The submission failed."),
        (0x48, "ESME_RINVSRCTON", "The type of number of the sender is wrong."),
        (0x49, "ESME_RINVSRCNPI", "The numbering plan of the sender is wrong."),
        (0x50, "ESME_RINVDSTTON", "The type of number of the receiver is wrong."),
        (0x51, "ESME_RINVDSTNPI", "The numbering plan of the receiver is wrong."),
        (0x53, "ESME_RINVSYSTYP", "The system type is wrong."),
        (0x54, "ESME_RINVREPFLAG", "The replace_if_present flag is wrong."),
        (0x55, "ESME_RINVNUMMSGS", "The number of messages is wrong."),
        (0x58, "ESME_RTHROTTLED", "More messages came than are allowed in the time."),
        (0x61, "ESME_RINVSCHED", "The scheduled delivery time is wrong."),
        (0x62, "ESME_RINVEXPIRY", "The validity period is wrong."),
        (0x63, "ESME_RINVDFTMSGID", "The predefined message is wrong or not found."),
        (0x64, "ESME_RX_T_APPN", "The receiving application has an error that will pass."),
        (0x65, "ESME_RX_P_APPN", "The receiving application has an error that will not pass."),
        (0x66, "ESME_RX_R_APPN", "The receiving application rejects the message."),
        (0x67, "ESME_RQUERYFAIL", "The query failed."),
        (0xC0, "ESME_RINVOPTPARSTREAM", "The optional parameters are broken."),
        (0xC1, "ESME_ROPTPARNOTALLWD", "An optional parameter is not allowed here."),
        (0xC2, "ESME_RINVPARLEN", "The length of a parameter is wrong."),
        (0xC3, "ESME_RMISSINGOPTPARAM", "An optional parameter that is needed is missing."),
        (0xC4, "ESME_RINVOPTPARAMVAL", "The value of an optional parameter is wrong."),
        (0xFE, "ESME_RDELIVERYFAILURE", "The delivery failed."),
        (0xFF, "ESME_RUNKNOWNERR", "There was an error that has no number."),
    )
}

_BY_NAME = {status.name.removeprefix("ESME_"): status.number for status in STATUSES.values()}

ROK = _BY_NAME["ROK"]
RINVMSGLEN = _BY_NAME["RINVMSGLEN"]
RINVCMDLEN = _BY_NAME["RINVCMDLEN"]
RINVCMDID = _BY_NAME["RINVCMDID"]
RINVBNDSTS = _BY_NAME["RINVBNDSTS"]
RALYBND = _BY_NAME["RALYBND"]
RSYSERR = _BY_NAME["RSYSERR"]
RINVSRCADR = _BY_NAME["RINVSRCADR"]
RINVDSTADR = _BY_NAME["RINVDSTADR"]
RINVMSGID = _BY_NAME["RINVMSGID"]
RBINDFAIL = _BY_NAME["RBINDFAIL"]
RINVPASWD = _BY_NAME["RINVPASWD"]
RINVSYSID = _BY_NAME["RINVSYSID"]
RCANCELFAIL = _BY_NAME["RCANCELFAIL"]
RREPLACEFAIL = _BY_NAME["RREPLACEFAIL"]
RMSGQFUL = _BY_NAME["RMSGQFUL"]
RINVNUMDESTS = _BY_NAME["RINVNUMDESTS"]
RINVDLNAME = _BY_NAME["RINVDLNAME"]
RINVDESTFLAG = _BY_NAME["RINVDESTFLAG"]
RINVESMCLASS = _BY_NAME["RINVESMCLASS"]
RSUBMITFAIL = _BY_NAME["RSUBMITFAIL"]
RINVDSTTON = _BY_NAME["RINVDSTTON"]
RINVREPFLAG = _BY_NAME["RINVREPFLAG"]
RTHROTTLED = _BY_NAME["RTHROTTLED"]
RINVSCHED = _BY_NAME["RINVSCHED"]
RINVEXPIRY = _BY_NAME["RINVEXPIRY"]
RINVDFTMSGID = _BY_NAME["RINVDFTMSGID"]
RX_T_APPN = _BY_NAME["RX_T_APPN"]
RX_P_APPN = _BY_NAME["RX_P_APPN"]
RX_R_APPN = _BY_NAME["RX_R_APPN"]
RINVOPTPARSTREAM = _BY_NAME["RINVOPTPARSTREAM"]
RINVPARLEN = _BY_NAME["RINVPARLEN"]
RINVOPTPARAMVAL = _BY_NAME["RINVOPTPARAMVAL"]
RUNKNOWNERR = _BY_NAME["RUNKNOWNERR"]

_VENDOR = range(0x400, 0x500)


def status_name(number: int) -> str:
    """Return the name of a status; one that is not in the specification is its number."""
    known = STATUSES.get(number)
    return f"0x{number:08X}" if known is None else known.name


def status_sentence(number: int) -> str:
    """Return what a status says, for people."""
    known = STATUSES.get(number)
    if known is not None:
        return known.sentence
    whose = "the vendor's own" if number in _VENDOR else "not in SMPP 3.4"
    return f"The status 0x{number:08X} is {whose}."
