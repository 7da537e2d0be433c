"""Kannel's bearerbox and smsbox as a client of our listening gateway."""

from pathlib import Path

from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN, texts
from foreign.kannel_boxes import kannel
from hongyan.simulators.smpp import SMPP
from simulators.rehearsal import gateway, until

FAILED = "2"
UCS2 = 2


async def test_its_messages_are_understood_and_its_callers_hear_of_our_receipts(tmp_path: Path) -> None:
    async with gateway(SMPP) as gate, kannel(tmp_path, gate.port) as boxes:
        await until(lambda: gate.counts.links == 1)
        for at, (text, coding) in enumerate(((PLAIN, 0), (EXTENSION, 0), (EMOJI, UCS2), (LONG_CHINESE, UCS2))):
            said = await boxes.send(f"8613800138{at:03}", text=text, coding=coding)
            assert "Accepted" in said, said
        assert "Accepted" in await boxes.send(
            "8613800138009", text=b"\x00\xff\x10".decode("latin-1"), coding=1, charset="ISO-8859-1"
        )
        assert "Accepted" in await boxes.send("8613800004041", text="x")
        assert "Accepted" in await boxes.send("8613800004203", text="x")
        await until(lambda: gate.counts.acknowledged == 8)  # it asks for one receipt of a long message; one reply
        assert [one for one in texts(gate) if one not in {"x", None}] == [PLAIN, EXTENSION, EMOJI, LONG_CHINESE]
        assert gate.counts.malformed == 0
        await until(lambda: len(boxes.receipts) == 7)
        failed = [one["to"] for one in boxes.receipts if one["type"] == FAILED]
        assert failed == ["8613800004041"]
        await until(lambda: bool(boxes.replies))
        said = boxes.replies[0]["text"].encode("latin-1").decode("utf-16-be")
        assert (boxes.replies[0]["from"], boxes.replies[0]["to"], said) == ("+8613800004203", "10690001", "退订")


async def test_its_wrong_password_is_refused(tmp_path: Path) -> None:
    async with gateway(SMPP) as gate, kannel(tmp_path, gate.port, password="wrong"):
        await until(lambda: gate.counts.turned_away > 0)
        assert gate.counts.links == 0
