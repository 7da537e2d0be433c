"""CMPP, SMGP and SGIP as their gateways speak them: what differs between the protocols, for scripted gateways."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hongyan.carriers.cmpp import cmpp_carrier
from hongyan.carriers.links import Wired
from hongyan.carriers.sgip import sgip_carrier
from hongyan.carriers.smgp import smgp_carrier
from hongyan.wire import cmpp, sgip, smgp

SECRET = "888888"
NODE = 3_025_000_001


class Script(NamedTuple):
    """What a test must know of a protocol to play its gateway."""

    name: str
    least: int
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    log_in: type[Any]
    submit: type[Any]
    welcome: Callable[[Any, int], Any]
    taken: Callable[[Any, int], Any]
    """(submit, number of it) -> its answer; what `id_of` says is its id"""
    refused: Callable[[Any, int], Any]
    id_of: Callable[[Any, int], str]
    report: Callable[..., Any]
    """(sequence, submit, number of it, code)"""
    reply: Callable[..., Any]
    """(sequence, from, to, octets, coding, with header)"""
    polite: dict[type[Any], Callable[[Any], Any]]
    acknowledgements: tuple[type[Any], ...]
    goodbye: type[Any]
    build: Callable[..., Wired]
    settings: dict[str, Any]
    delivered: str
    failed: str
    pending: str
    throttle: int


def cmpp_script(version: int) -> Script:
    def welcome(pdu: cmpp.Connect, status: int) -> cmpp.ConnectResp:
        proof = cmpp.authenticator_ismg(0, pdu.authenticator_source, SECRET, version)
        return cmpp.ConnectResp(pdu.sequence, status, proof, version)

    def report(sequence: int, submit: cmpp.Submit, number: int, code: str) -> cmpp.Deliver:
        phone = submit.dest_terminal_ids[0]
        block = cmpp.Report(CMPP_IDS + number, code, "2611220930", "2611220931", phone, 7)
        return cmpp.Deliver(
            sequence,
            5_000 + sequence,
            submit.src_id,
            src_terminal_id=phone,
            registered_delivery=1,
            msg_content=cmpp.encode_report(block, version),
        )

    def reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> cmpp.Deliver:
        return cmpp.Deliver(
            sequence,
            6_000 + sequence,
            to,
            tp_udhi=int(header),
            msg_fmt=coding,
            src_terminal_id=sender,
            msg_content=octets,
        )

    return Script(
        name=f"cmpp{version:x}",
        least=cmpp.HEADER,
        decode=lambda frame: cmpp.decode(frame, version),
        encode=lambda pdu: cmpp.encode(pdu, version),
        log_in=cmpp.Connect,
        submit=cmpp.Submit,
        welcome=welcome,
        taken=lambda submit, number: cmpp.SubmitResp(submit.sequence, CMPP_IDS + number),
        refused=lambda submit, result: cmpp.SubmitResp(submit.sequence, 0, result),
        id_of=lambda _, number: str(CMPP_IDS + number),
        report=report,
        reply=reply,
        polite={
            cmpp.ActiveTest: lambda pdu: cmpp.ActiveTestResp(pdu.sequence),
            cmpp.Terminate: lambda pdu: cmpp.TerminateResp(pdu.sequence),
        },
        acknowledgements=(cmpp.DeliverResp,),
        goodbye=cmpp.Terminate,
        build=cmpp_carrier,
        settings={"sp_id": "900001", "version": f"{version >> 4}.{version & 15}", "service_id": "TEST"},
        delivered="DELIVRD",
        failed="MK:0001",
        pending="ACCEPTD",
        throttle=8,
    )


CMPP_IDS = 0xBB25E40027750000
"""of November: the highest bit is set"""
SMGP_IDS = bytes.fromhex("01000020ff3a20000a00")
"""with NULs, blanks, a colon and a line's end"""


def _smgp_id(number: int) -> bytes:
    return SMGP_IDS[:-1] + bytes((number & 0xFF,))


def _smgp_welcome(pdu: smgp.Login, status: int) -> smgp.LoginResp:
    return smgp.LoginResp(pdu.sequence, status, smgp.authenticator_server(status, pdu.authenticator_client, SECRET))


def _smgp_report(sequence: int, submit: smgp.Submit, number: int, code: str) -> smgp.Deliver:
    stat, _, err = code.partition("/")
    block = smgp.Report(_smgp_id(number), "001", "001", "2611220930", "2611220931", stat, err or "000")
    phone = submit.dest_term_ids[0]
    return smgp.Deliver(
        sequence, bytes(9) + bytes((sequence,)), 1, 0, "20261122093100", phone, "10690", smgp.encode_report(block)
    )


def _smgp_reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> smgp.Deliver:
    return smgp.Deliver(
        sequence,
        b"\1" * 9 + bytes((sequence,)),
        0,
        coding,
        "20261122093100",
        sender,
        to,
        octets,
        tlvs=((smgp.TP_UDHI, b"\1"),) if header else (),
    )


SMGP = Script(
    name="smgp",
    least=smgp.HEADER,
    decode=smgp.decode,
    encode=smgp.encode,
    log_in=smgp.Login,
    submit=smgp.Submit,
    welcome=_smgp_welcome,
    taken=lambda submit, number: smgp.SubmitResp(submit.sequence, _smgp_id(number)),
    refused=lambda submit, status: smgp.SubmitResp(submit.sequence, bytes(10), status),
    id_of=lambda _, number: _smgp_id(number).hex(),
    report=_smgp_report,
    reply=_smgp_reply,
    polite={
        smgp.ActiveTest: lambda pdu: smgp.ActiveTestResp(pdu.sequence),
        smgp.Exit: lambda pdu: smgp.ExitResp(pdu.sequence),
    },
    acknowledgements=(smgp.DeliverResp,),
    goodbye=smgp.Exit,
    build=smgp_carrier,
    settings={"client_id": "333", "service_id": "TEST"},
    delivered="DELIVRD",
    failed="UNDELIV/003",
    pending="ACCEPTD",
    throttle=1,
)


def _sgip_report(sequence: int, submit: sgip.Submit, _number: int, code: str) -> sgip.Report:
    state, _, error = code.partition(":")
    return sgip.Report(
        sgip.Sequence(1_000_000, 1, sequence), submit.sequence, 0, submit.user_numbers[0], int(state), int(error or 0)
    )


def _sgip_reply(sequence: int, sender: str, to: str, octets: bytes, coding: int, header: bool) -> sgip.Deliver:
    return sgip.Deliver(sgip.Sequence(1_000_000, 2, sequence), sender, to, 0, int(header), coding, octets)


SGIP = Script(
    name="sgip",
    least=sgip.HEADER,
    decode=sgip.decode,
    encode=sgip.encode,
    log_in=sgip.Bind,
    submit=sgip.Submit,
    welcome=lambda pdu, result: sgip.BindResp(pdu.sequence, result),
    taken=lambda submit, _: sgip.SubmitResp(submit.sequence),
    refused=lambda submit, result: sgip.SubmitResp(submit.sequence, result),
    id_of=lambda submit, _: submit.sequence.hex(),
    report=_sgip_report,
    reply=_sgip_reply,
    polite={sgip.Unbind: lambda pdu: sgip.UnbindResp(pdu.sequence)},
    acknowledgements=(sgip.ReportResp, sgip.DeliverResp),
    goodbye=sgip.Unbind,
    build=sgip_carrier,
    settings={"login_name": "333", "node": NODE, "listen_host": "127.0.0.1", "listen_port": 0},
    delivered="0",
    failed="2:25",
    pending="1",
    throttle=88,
)
CMPP2, CMPP3 = cmpp_script(cmpp.V20), cmpp_script(cmpp.V30)
ALL = (CMPP2, CMPP3, SMGP, SGIP)
