"""Against the package cmppy, a CMPP 3.0 client by other hands: we read what it writes, and it reads our answers."""

from cmppy.request import ConnectReq, SubmitReq, TerminateReq
from cmppy.response import parse_response

from hongyan.wire import cmpp


def test_its_log_in_is_read_and_proves_its_secret() -> None:
    request = ConnectReq("900001", "888888")
    connect = cmpp.decode(request.message)
    assert isinstance(connect, cmpp.Connect)
    assert (connect.sequence, connect.source_addr, connect.version) == (request.sequence, "900001", cmpp.V30)
    assert connect.authenticator_source == cmpp.authenticator_source("900001", "888888", connect.timestamp)
    assert cmpp.encode(connect) == request.message


def test_its_submit_is_read_field_by_field_and_written_alike() -> None:
    request = SubmitReq(
        "900001",
        "【测】码12",
        src_id="1069000001",
        dest_terminal_id=["13800138000", "13900139000"],
        registered_delivery=1,
        service_id="TEST",
        feecode="000010",
        linkid="link",
    )
    submit = cmpp.decode(request.message)
    assert submit == cmpp.Submit(
        request.sequence,
        service_id="TEST",
        msg_src="900001",
        fee_code="000010",
        src_id="1069000001",
        dest_terminal_ids=("13800138000", "13900139000"),
        msg_content="【测】码12".encode("utf-16-be"),
        link_id="link",
    )
    assert cmpp.encode(submit) == request.message


def test_a_form_writes_what_it_writes() -> None:
    request = SubmitReq("900001", "hello", src_id="1069", dest_terminal_id=["13800138000"], feecode="000010")
    form = cmpp.SubmitForm(cmpp.Submit(0, registered_delivery=0, service_id="MI", msg_src="900001", fee_code="000010"))
    assert form.frame(request.sequence, "1069", "13800138000", "hello".encode("utf-16-be")) == request.message


def test_its_terminate_is_read() -> None:
    request = TerminateReq()
    assert cmpp.decode(request.message) == cmpp.Terminate(request.sequence)


def test_our_answers_are_read_by_it() -> None:
    login = parse_response(cmpp.encode(cmpp.ConnectResp(1, 3, bytes(range(16)))))
    assert (login.status, login.authenticator_ISMG, login.version) == (3, bytes(range(16)), cmpp.V30)
    answer = parse_response(cmpp.write_submit_resp(7, 0xBB25E40027750007, 8))
    assert (answer.sequence, answer.msg_id, answer.result) == (7, 0xBB25E40027750007, 8)
    assert parse_response(cmpp.encode(cmpp.TerminateResp(9))).sequence == 9
