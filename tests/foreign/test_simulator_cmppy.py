"""The package cmppy, a CMPP 3.0 client, against our listening gateway."""

import asyncio
from typing import Any

from cmppy.request import ConnectReq, SubmitReq, TerminateReq
from cmppy.response import parse_response

from foreign.foreign_texts import EMOJI, PLAIN, texts
from hongyan.simulators.cmpp import CMPP
from simulators.rehearsal import PATIENCE_S, gateway


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Any) -> Any:
    writer.write(request.message)
    async with asyncio.timeout(PATIENCE_S):
        length = await reader.readexactly(4)
        return parse_response(length + await reader.readexactly(int.from_bytes(length, "big") - 4))


async def test_its_log_in_and_submits_are_taken() -> None:
    async with gateway(CMPP) as gate:
        link = await asyncio.open_connection("127.0.0.1", gate.port)
        login = await asked(*link, ConnectReq("900001", "secret"))
        assert (login.status, login.version) == (0, 0x30)
        ids = []
        for text in (PLAIN, "【测】码12", EMOJI):
            request = SubmitReq("900001", text, src_id="1069000001", dest_terminal_id=["13800138000"])
            taken = await asked(*link, request)
            assert (taken.sequence, taken.result) == (request.sequence, 0)
            ids.append(taken.msg_id)
        assert len(set(ids)) == 3
        assert texts(gate) == [PLAIN, "【测】码12", EMOJI]
        refused = SubmitReq("900001", PLAIN, src_id="1069000001", dest_terminal_id=["13800004021"])
        assert (await asked(*link, refused)).result == 8
        await asked(*link, TerminateReq())
        link[1].close()


async def test_its_wrong_secret_is_refused() -> None:
    async with gateway(CMPP) as gate:
        link = await asyncio.open_connection("127.0.0.1", gate.port)
        assert (await asked(*link, ConnectReq("900001", "wrong"))).status == 3
        link[1].close()
