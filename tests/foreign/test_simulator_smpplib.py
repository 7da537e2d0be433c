"""The package smpplib as a client of our listening gateway."""

import asyncio
from typing import Any

import pytest
from smpplib import consts, exceptions, gsm
from smpplib.client import Client

from foreign.foreign_texts import EXTENSION, LONG_CHINESE, PLAIN, texts
from hongyan.simulators.smpp import SMPP
from simulators.rehearsal import gateway


class Esme:
    """One session in a thread of its own."""

    def __init__(self, port: int) -> None:
        self.client = Client("127.0.0.1", port, timeout=10, allow_unknown_opt_params=True)
        self.client.set_message_sent_handler(lambda pdu: self.ids.append(pdu.message_id.decode()))
        self.client.set_message_received_handler(self._received)
        self.ids: list[str] = []
        self.receipts: list[str] = []

    def _received(self, pdu: Any) -> None:
        self.receipts.append(pdu.receipted_message_id.rstrip(b"\0").decode())

    def play(self, contents: list[tuple[bytes, int, int]], password: str = "secret") -> None:
        """Bind, submit (octets, data coding, esm_class), wait for all receipts, unbind."""
        self.client.connect()
        try:
            self.client.bind_transceiver(system_id="hongyan", password=password)
            for octets, coding, esm_class in contents:
                self.client.send_message(
                    source_addr_ton=consts.SMPP_TON_ALNUM,
                    source_addr="ACME",
                    dest_addr_ton=consts.SMPP_TON_INTL,
                    dest_addr_npi=consts.SMPP_NPI_ISDN,
                    destination_addr="8613800138000",
                    short_message=octets,
                    data_coding=coding,
                    esm_class=esm_class,
                    registered_delivery=True,
                )
            while len(self.receipts) < len(contents):
                self.client.read_once()
            self.client.unbind()
        finally:
            self.client.disconnect()


def made(text: str) -> list[tuple[bytes, int, int]]:
    parts, coding, esm_class = gsm.make_parts(text)
    return [(part, coding, esm_class) for part in parts]


async def test_its_parts_are_understood_and_our_receipts_read() -> None:
    contents = [*made(PLAIN), *made(EXTENSION), *made(LONG_CHINESE), (b"\x00\xff", 4, 0)]
    async with gateway(SMPP) as gate:
        esme = Esme(gate.port)
        await asyncio.to_thread(esme.play, contents)
        assert texts(gate) == [PLAIN, EXTENSION, LONG_CHINESE, None]
        assert sorted(esme.receipts) == sorted(esme.ids)
        assert (gate.counts.acknowledged, gate.counts.malformed) == (len(contents), 0)


async def test_its_wrong_password_is_refused() -> None:
    async with gateway(SMPP) as gate:
        with pytest.raises(exceptions.PDUError) as refused:
            await asyncio.to_thread(Esme(gate.port).play, [], "wrong")
        assert refused.value.args[1] == 0x0E
