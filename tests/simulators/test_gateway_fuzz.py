"""Whatever octets come, in whatever cut: a gateway answers or closes the link, and nothing else happens."""

import asyncio
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.cli.simulate import PROTOCOLS
from hongyan.model.clock import FakeClock
from hongyan.simulators.gateway import Gateway, Orders
from hongyan.wire import cmpp, sgip, smgp, smpp
from simulators.rehearsal import SECRET, STAMP, connect, sgip_key, submit

LOG_INS = {
    "smpp": smpp.encode(smpp.BindTransceiver(1, "hongyan", SECRET)),
    "cmpp": connect(cmpp.V30),
    "smgp": smgp.encode(smgp.Login(1, "hongyan", smgp.authenticator_client("hongyan", SECRET, STAMP), 2, STAMP)),
    "sgip": sgip.encode(sgip.Bind(sgip_key(1), 1, "hongyan", SECRET)),
}
SUBMITS = {
    "smpp": submit(2, "8613800138000"),
    "cmpp": cmpp.encode(cmpp.Submit(2, src_id="1069", dest_terminal_ids=("13800138000",), msg_content=b"\0x")),
    "smgp": smgp.encode(smgp.Submit(2, src_term_id="1069", dest_term_ids=("13300138000",), msg_content=b"\0x")),
    "sgip": sgip.encode(sgip.Submit(sgip_key(2), "1065", user_numbers=("8613000138000",), message_content=b"\0x")),
}


class Pipe:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.is_closed = False

    def write(self, octets: bytes) -> None:
        self.written += octets

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def set_write_buffer_limits(self, high: int) -> None:
        return

    def get_write_buffer_size(self) -> int:
        return 0


async def played(protocol: str, pieces: list[bytes], first: bytes | None = None) -> tuple[Gateway, Pipe]:
    """Log in, send these, let everything come due."""
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    clock = FakeClock()
    gate = Gateway(PROTOCOLS[protocol], Orders(receipt_delay_ms=0), clock=clock, chance=Random(1))
    link, pipe = gate._link(), Pipe()
    link.connection_made(cast("asyncio.Transport", pipe))
    for piece in (LOG_INS[protocol] if first is None else first, *pieces):
        link.data_received(piece)
    for _ in range(5):
        clock.push(10)
        await asyncio.sleep(0)
        gate.intake._turn()
    await gate.close()
    assert failures == []
    return gate, pipe


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_broken_submits_do_no_harm(protocol: str, data: st.DataObject) -> None:
    frame = bytearray(SUBMITS[protocol])
    for _ in range(data.draw(st.integers(1, 6))):
        frame[data.draw(st.integers(4, len(frame) - 1))] = data.draw(st.integers(0, 255))
    asyncio.run(played(protocol, [bytes(frame), SUBMITS[protocol]]))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=40, deadline=None)
@given(octets=st.binary(max_size=300), at=st.integers(0, 300))
def test_any_octets_do_no_harm(protocol: str, octets: bytes, at: int) -> None:
    asyncio.run(played(protocol, [octets[:at], octets[at:]]))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_cut_of_two_submits_is_understood(protocol: str, data: st.DataObject) -> None:
    whole = SUBMITS[protocol] * 2
    at = data.draw(st.integers(0, len(whole)))
    gate, pipe = asyncio.run(played(protocol, [whole[:at], whole[at:]]))
    assert (gate.counts.accepted, gate.counts.receipts, gate.counts.malformed) == (2, 2, 0)
    assert pipe.written


REFUSED = {
    "smpp": (
        4,
        [smpp.encode(smpp.BindTransceiver(1, name)) for name in ("refuse-0", "refuse-99999999", "refuse-\xb2")],
    ),
    "sgip": (
        1,
        [sgip.encode(sgip.Bind(sgip_key(1), 1, name, "")) for name in ("refuse-0", "refuse-300", "refuse-\xb2")],
    ),
}


@pytest.mark.parametrize("protocol", REFUSED)
def test_log_ins_that_ask_for_a_status_get_one_that_can_be_written(protocol: str) -> None:
    octets, log_ins = REFUSED[protocol]
    for log_in in log_ins:
        _, pipe = asyncio.run(played(protocol, [log_in], first=b""))
        at = 8 if protocol == "smpp" else smpp.HEADER + 4
        assert int.from_bytes(pipe.written[at : at + octets], "big") > 0
        assert pipe.is_closed


def test_a_receipt_to_a_sender_that_does_not_fit_its_field_is_dropped_alone() -> None:
    long = bytearray(submit(2, "8613800138000", source_addr="1" * 20))
    at = long.index(b"1" * 20)
    long[at:at] = b"1" * 5
    long[:4] = len(long).to_bytes(4, "big")
    gate, _ = asyncio.run(played("smpp", [bytes(long), SUBMITS["smpp"]]))
    assert (gate.counts.accepted, gate.counts.malformed, gate.counts.waiting) == (2, 1, 0)
