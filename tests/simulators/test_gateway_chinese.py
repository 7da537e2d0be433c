import asyncio

import pytest

from hongyan.simulators.cmpp import CMPP
from hongyan.simulators.faults import Fault
from hongyan.simulators.sgip import SGIP
from hongyan.simulators.smgp import SMGP
from hongyan.wire import cmpp, sgip, smgp
from simulators.rehearsal import (
    PATIENCE_S,
    SECRET,
    Client,
    client,
    connect,
    gateway,
    sgip_key,
    sp_cmpp,
    sp_sgip,
    sp_smgp,
)

TEXT = "【鸿雁】验证码 123456".encode("utf-16-be")


def cmpp_submit(sequence: int, *numbers: str, version: int = cmpp.V30) -> bytes:
    pdu = cmpp.Submit(sequence, msg_src="900001", src_id="1069000001", dest_terminal_ids=numbers, msg_content=TEXT)
    return cmpp.encode(pdu, version)


@pytest.mark.parametrize("version", [cmpp.V20, cmpp.V30])
async def test_cmpp_speaks_the_version_of_the_log_in(version: int) -> None:
    async with gateway(CMPP) as gate, sp_cmpp(gate, version) as link:
        link.send(cmpp_submit(2, "13800138000", version=version))
        taken = await link.pdu(cmpp.SubmitResp)
        assert (taken.sequence, taken.result) == (2, 0)
        pdu = await link.pdu(cmpp.Deliver)
        assert (pdu.registered_delivery, pdu.dest_id, pdu.src_terminal_id) == (1, "1069000001", "13800138000")
        assert len(pdu.msg_content) == (71 if version == cmpp.V30 else 60)
        report = cmpp.decode_report(pdu.msg_content)
        assert (report.msg_id, report.stat, report.dest_terminal_id) == (taken.msg_id, "DELIVRD", "13800138000")
        link.send(cmpp.write_deliver_resp(pdu.sequence, pdu.msg_id, 0, version))
        link.send(cmpp.encode(cmpp.ActiveTest(3), version), cmpp.encode(cmpp.Terminate(4), version))
        await link.pdu(cmpp.ActiveTestResp)
        await link.pdu(cmpp.TerminateResp)
        assert await link.octets() == b""


async def test_cmpp_numbers_of_one_submit_have_ids_that_run_on() -> None:
    async with gateway(CMPP) as gate, sp_cmpp(gate) as link:
        link.send(cmpp_submit(2, "13800138001", "13800138002"))
        first = (await link.pdu(cmpp.SubmitResp)).msg_id
        found = [cmpp.decode_report((await link.pdu(cmpp.Deliver)).msg_content) for _ in range(2)]
        assert sorted(one.msg_id for one in found) == [first, first + 1]


@pytest.mark.parametrize(("secret", "version", "status"), [("wrong", cmpp.V30, 3), (SECRET, 0x40, 4)])
async def test_cmpp_refuses_a_wrong_proof_and_a_version_that_is_too_high(
    secret: str, version: int, status: int
) -> None:
    async with gateway(CMPP) as gate, client(gate, cmpp.decode, cmpp.HEADER) as link:
        link.send(connect(version, secret))
        assert (await link.pdu(cmpp.ConnectResp)).status == status
        assert await link.octets() == b""


async def test_cmpp_may_prove_nothing_and_report_in_the_block_of_2_0() -> None:
    faults = ((Fault.BAD_AUTHENTICATOR, 100),)
    async with gateway(CMPP, faults=faults) as gate, client(gate, cmpp.decode, cmpp.HEADER) as link:
        link.send(connect(cmpp.V30))
        answer = await link.pdu(cmpp.ConnectResp)
        assert (answer.status, answer.authenticator_ismg) == (0, bytes(16))
        link.send(cmpp_submit(2, "13800004309"))
        await link.pdu(cmpp.SubmitResp)
        assert len((await link.pdu(cmpp.Deliver)).msg_content) == 60


@pytest.mark.parametrize(("ending", "result"), [("4021", 8), ("4301", 8), ("4011", 13), ("4509", 9)])
async def test_cmpp_refuses_in_its_own_numbers(ending: str, result: int) -> None:
    async with gateway(CMPP) as gate, sp_cmpp(gate) as link:
        link.send(cmpp_submit(2, "1380000" + ending))
        assert (await link.pdu(cmpp.SubmitResp)).result == result


async def test_cmpp_brings_the_handsets_answer() -> None:
    async with gateway(CMPP) as gate, sp_cmpp(gate) as link:
        link.send(cmpp_submit(2, "13800004203"))
        await link.pdu(cmpp.SubmitResp)
        await link.pdu(cmpp.Deliver)
        reply = await link.pdu(cmpp.Deliver)
        assert (reply.registered_delivery, reply.dest_id, reply.src_terminal_id) == (0, "1069000001", "13800004203")
        assert (reply.msg_fmt, reply.msg_content.decode("utf-16-be")) == (8, "退订")


async def test_smgp_takes_and_reports() -> None:
    async with gateway(SMGP) as gate, sp_smgp(gate) as link:
        for sequence, number in ((2, "13300138000"), (3, "13300004041")):
            pdu = smgp.Submit(sequence, src_term_id="10690001", dest_term_ids=(number,), msg_content=TEXT)
            link.send(smgp.encode(pdu))
            taken = await link.pdu(smgp.SubmitResp)
            assert (taken.sequence, taken.status) == (sequence, 0)
            told = await link.pdu(smgp.Deliver)
            report = smgp.decode_report(told.msg_content)
            assert (told.is_report, told.src_term_id, told.dest_term_id) == (1, number, "10690001")
            assert (report.msg_id, report.stat) == (taken.msg_id, "DELIVRD" if sequence == 2 else "UNDELIV")
            link.send(smgp.write_deliver_resp(told.sequence, told.msg_id, 0))
        link.send(smgp.encode(smgp.ActiveTest(4)), smgp.encode(smgp.Exit(5)))
        await link.pdu(smgp.ActiveTestResp)
        await link.pdu(smgp.ExitResp)
        assert await link.octets() == b""


async def test_smgp_refuses_a_wrong_proof_and_throttles_in_its_own_numbers() -> None:
    async with gateway(SMGP) as gate:
        async with client(gate, smgp.decode, smgp.HEADER) as link:
            link.send(smgp.encode(smgp.Login(1, "hongyan", bytes(16), 2, 1)))
            assert (await link.pdu(smgp.LoginResp)).status == 21
        async with sp_smgp(gate) as link:
            link.send(smgp.encode(smgp.Submit(2, dest_term_ids=("13300004021",), msg_content=TEXT)))
            assert (await link.pdu(smgp.SubmitResp)).status == 1


async def test_smgp_brings_a_long_answer_in_pieces() -> None:
    async with gateway(SMGP) as gate, sp_smgp(gate) as link:
        link.send(smgp.encode(smgp.Submit(2, dest_term_ids=("13300004207",), msg_content=TEXT)))
        await link.pdu(smgp.SubmitResp)
        await link.pdu(smgp.Deliver)
        pieces = [await link.pdu(smgp.Deliver) for _ in range(2)]
        assert [smgp.octet_of(one.tlvs, smgp.PK_NUMBER) for one in pieces] == [1, 2]
        assert b"".join(one.msg_content[6:] for one in pieces).decode("utf-16-be") == "收到。" * 40


def sgip_submit(counter: int, number: str) -> bytes:
    pdu = sgip.Submit(sgip_key(counter), sp_number="10655001", user_numbers=(number,), message_content=TEXT)
    return sgip.encode(pdu)


async def test_sgip_reports_by_the_link_of_the_submit_when_nobody_listens() -> None:
    async with gateway(SGIP) as gate, sp_sgip(gate) as link:
        link.send(sgip_submit(2, "8613000138000"))
        taken = await link.pdu(sgip.SubmitResp)
        assert (taken.sequence, taken.result) == (sgip_key(2), 0)
        report = await link.pdu(sgip.Report)
        assert (report.submit_sequence, report.user_number) == (sgip_key(2), "8613000138000")
        assert (report.state, report.error_code) == (0, 0)


async def test_sgip_calls_the_sp_to_report_and_to_bring_replies() -> None:
    called: asyncio.Queue[Client] = asyncio.Queue()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await called.put(Client(reader, writer, sgip.decode, sgip.HEADER))

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with gateway(SGIP, report_to=("127.0.0.1", port)) as gate, sp_sgip(gate) as link:
        link.send(sgip_submit(2, "8613000004205"))
        await link.pdu(sgip.SubmitResp)
        async with asyncio.timeout(PATIENCE_S):
            incoming = await called.get()
        bind = await incoming.pdu(sgip.Bind)
        assert (bind.login_type, bind.login_name, bind.login_password) == (2, "hongyan", SECRET)
        incoming.send(sgip.encode(sgip.BindResp(bind.sequence)))
        report = await incoming.pdu(sgip.Report)
        assert report.submit_sequence == sgip_key(2)
        incoming.send(sgip.encode(sgip.ReportResp(report.sequence)))
        reply = await incoming.pdu(sgip.Deliver)
        assert (reply.user_number, reply.sp_number, reply.message_content) == ("8613000004205", "10655001", b"Y")
        incoming.close()
    server.close()


async def test_sgip_falls_back_to_the_link_of_the_submit_when_its_call_is_not_taken() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with gateway(SGIP, report_to=("127.0.0.1", port)) as gate, sp_sgip(gate) as link:
        link.send(sgip_submit(2, "8613000004041"))
        await link.pdu(sgip.SubmitResp)
        report = await link.pdu(sgip.Report)
        assert (report.state, report.error_code) == (2, 29)


@pytest.mark.parametrize(("ending", "result"), [("4021", 88), ("4301", 33), ("4011", 6)])
async def test_sgip_refuses_in_its_own_numbers(ending: str, result: int) -> None:
    async with gateway(SGIP) as gate, sp_sgip(gate) as link:
        link.send(sgip_submit(2, "861300000" + ending))
        assert (await link.pdu(sgip.SubmitResp)).result == result


async def test_sgip_refuses_wrong_log_ins() -> None:
    async with gateway(SGIP) as gate:
        for login_type, secret, result in ((1, "wrong", 1), (2, SECRET, 4)):
            async with client(gate, sgip.decode, sgip.HEADER) as link:
                link.send(sgip.encode(sgip.Bind(sgip_key(1), login_type, "hongyan", secret)))
                assert (await link.pdu(sgip.BindResp)).result == result
                assert await link.octets() == b""


async def test_faults_are_switched_while_it_runs() -> None:
    async with gateway(CMPP) as gate, sp_cmpp(gate) as link:
        gate.treatment.faults[Fault.QUEUE_FULL] = 100
        link.send(cmpp_submit(2, "13800138000"))
        assert (await link.pdu(cmpp.SubmitResp)).result == 8
