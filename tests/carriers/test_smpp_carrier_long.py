"""Long messages over SMPP: four ways to travel, parts in order, and what becomes of a message when a part fails."""

import asyncio

import pytest

from carriers.hostile_smsc import Caller, listening, message, talking, until
from hongyan.model.cause import CauseKind
from hongyan.text import air, udh
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs

HAN = "鸿雁传书，云中谁寄锦书来。" * 20
GSM = "The wild goose carries letters. [€] " * 12


def joined(submits: list[smpp.SubmitSm], coding: str) -> str:
    content = b""
    for submit in submits:
        header = udh.read(submit.short_message) if submit.esm_class & 0x40 else None
        content += submit.short_message[header.octets if header else 0 :]
    return air.text_of(content, coding)


@pytest.mark.parametrize(("long", "wide"), [("udh8", False), ("udh16", True)])
@pytest.mark.parametrize(("text", "coding"), [(HAN, "ucs2"), (GSM, "gsm7")])
async def test_a_long_text_travels_in_parts_with_headers(long: str, wide: bool, text: str, coding: str) -> None:
    async with listening() as smsc, talking(smsc, long=long) as (carrier, ears):
        carrier.submit([message(1, content=text)])
        await until(lambda: ears.answers)
        headers = [udh.read(submit.short_message) for submit in smsc.submits]
        parts = [header.part for header in headers if header and header.part]
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert {(part.total, part.reference, part.is_wide) for part in parts} == {
            (len(parts), parts[0].reference, wide)
        }
        assert joined(smsc.submits, coding) == text
        assert all(len(submit.short_message) <= (140 if coding == "ucs2" else 160) for submit in smsc.submits)
        (answer,) = ears.answers
        assert answer.part_ids == tuple(f"id{submit.sequence}" for submit in smsc.submits)
        assert answer.provider_id == answer.part_ids[0]


async def test_a_long_text_travels_with_sar_parameters_and_no_header() -> None:
    async with listening() as smsc, talking(smsc, long="sar") as (carrier, ears):
        carrier.submit([message(1, content=HAN)])
        await until(lambda: ears.answers)
        parts = [tlvs.sar(submit.tlvs) for submit in smsc.submits]
        assert [(part.number, part.total) for part in parts if part] == [
            (n, len(parts)) for n in range(1, len(parts) + 1)
        ]
        assert not any(submit.esm_class for submit in smsc.submits)
        assert joined(smsc.submits, "ucs2") == HAN


async def test_a_long_text_travels_whole_in_message_payload() -> None:
    async with listening() as smsc, talking(smsc, long="payload", tlvs={"0x1400": "0a0b"}) as (carrier, ears):
        carrier.submit([message(1, content=HAN), message(2, content="short")])
        await until(lambda: len(ears.answers) == 2)
        first, second = smsc.submits
        assert (first.short_message, tlvs.message_payload(first.tlvs)) == (b"", HAN.encode("utf-16-be"))
        assert (second.short_message, second.tlvs) == (b"short", ((0x1400, b"\x0a\x0b"),))
        assert not ears.by_id()[1].part_ids


async def test_packed_septets_unpack_to_the_text() -> None:
    async with listening() as smsc, talking(smsc, packed=True) as (carrier, ears):
        carrier.submit([message(1, content="hellohello"), message(2, content=GSM)])
        await until(lambda: len(ears.answers) == 2)
        single, *parts = smsc.submits
        assert single.short_message.hex() == "e8329bfd4697d9ec37"
        assert all(len(part.short_message) <= 140 for part in parts)
        septets = b"".join(air.unpacked(part.short_message[6:], air.fill_bits(6)) for part in parts)
        assert air.text_of(septets, "gsm7") == GSM


async def test_the_other_parts_wait_for_the_first() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1, content=HAN)])
            await until(lambda: smsc.submits)
            await asyncio.sleep(0.05)
            assert len(smsc.submits) == 1
            smsc.on_submit = lambda caller, submit: caller.taken(submit)
            smsc.caller.taken(smsc.submits[0])
            await until(lambda: ears.answers)
            assert len(ears.answers[0].part_ids) == len(smsc.submits)


async def test_a_throttled_first_part_gives_the_whole_message_back() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.refused(submit, 0x58)
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1, content=HAN)])
            await until(lambda: ears.answers)
            assert ears.answers[0].slow_down
            assert len(smsc.submits) == 1


async def test_a_throttled_later_part_is_sent_again_after_a_pause() -> None:
    async with listening() as smsc:

        def throttle_some(caller: Caller, submit: smpp.SubmitSm) -> None:
            if len(smsc.submits) in {2, 4}:
                caller.refused(submit, 0x58)
            else:
                caller.taken(submit)

        smsc.on_submit = throttle_some
        async with talking(smsc, throttle_pause_ms=20) as (carrier, ears):
            carrier.submit([message(1, content=HAN)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            parts = len(answer.part_ids)
            assert len(smsc.submits) == parts + 2
            assert len(set(answer.part_ids)) == parts
            assert carrier.links()[0].throttled == 2


async def test_a_refused_later_part_is_final_and_says_which() -> None:
    async with listening() as smsc:

        def refuse_second(caller: Caller, submit: smpp.SubmitSm) -> None:
            if len(smsc.submits) == 2:
                caller.refused(submit, 0x66)
            else:
                caller.taken(submit)

        smsc.on_submit = refuse_second
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1, content=HAN)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert (answer.again_ms, answer.unsure) == (None, False)
            assert answer.cause is not None
            assert answer.cause.kind is CauseKind.CONTENT
            assert "part 2 of 4" in answer.cause.text
            await asyncio.sleep(0.02)
            assert len(ears.answers) == 1


async def test_a_link_that_breaks_between_parts_leaves_the_message_unsure() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.taken(submit) if len(smsc.submits) < 3 else caller.reset()
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1, content=HAN)])
            await until(lambda: ears.answers)
            await asyncio.sleep(0.05)
            assert len(ears.answers) == 1
            assert ears.answers[0].unsure


async def test_parts_fit_a_window_smaller_than_the_message() -> None:
    async with listening() as smsc, talking(smsc, window=1) as (carrier, ears):
        carrier.submit([message(1, content=HAN)])
        await until(lambda: ears.answers)
        assert len(ears.answers[0].part_ids) == 4


async def test_room_is_kept_for_a_signature_that_the_carrier_adds() -> None:
    async with listening() as smsc, talking(smsc, signature="strip", ucs2_always=True) as (carrier, ears):
        carrier.submit([message(1, content="【鸿雁】" + "字" * 66), message(2, content="【鸿雁】" + "字" * 67)])
        await until(lambda: len(ears.answers) == 2)
        whole, first, second = smsc.submits
        assert whole.short_message == ("字" * 66).encode("utf-16-be")
        assert len(first.short_message) == 6 + 2 * 63
        assert len(second.short_message) == 6 + 2 * 4


async def test_an_opt_out_is_added_to_marketing_alone_and_once() -> None:
    async with listening() as smsc, talking(smsc, opt_out="拒收请回复R", ucs2_always=True) as (carrier, ears):
        carrier.submit(
            [
                message(1, content="打折", category="marketing"),
                message(2, content="打折，退订回T", category="marketing"),
                message(3, content="验证码", category="captcha"),
            ]
        )
        await until(lambda: len(ears.answers) == 3)
        texts = [submit.short_message.decode("utf-16-be") for submit in smsc.submits]
        assert texts == ["打折拒收请回复R", "打折，退订回T", "验证码"]
