"""What CMPP, SMGP and SGIP carriers make of texts: codings, cuts, headers, references, signatures, senders."""

from typing import Any

import pytest

from carriers.hostile_smsc import message, until
from carriers.scripted_gateway import ALL, CMPP2, CMPP3, SGIP, SMGP, Script, built, listening, talking
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Category
from hongyan.text import air, udh
from hongyan.wire import cmpp, sgip, smgp

each = pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)
LONG = "【鸿雁】" + "您的包裹已到，请凭取件码领取。" * 10
VALID_UNTIL_MS = 1_795_309_215_000
"""2026-11-22 09:00:15 in China"""


def content(submit: Any) -> bytes:
    octets: bytes = submit.message_content if isinstance(submit, sgip.Submit) else submit.msg_content
    return octets


def coding(submit: Any) -> int:
    for name in ("msg_fmt", "msg_format", "message_coding"):
        if hasattr(submit, name):
            return int(getattr(submit, name))
    raise AssertionError


def has_header(submit: Any) -> bool:
    if isinstance(submit, smgp.Submit):
        return bool(smgp.octet_of(submit.tlvs, smgp.TP_UDHI))
    return bool(submit.tp_udhi)


def joined(submits: list[Any], alphabet: str = "ucs2") -> str:
    """Return the text of parts, each behind its header."""
    pieces = {}
    for submit in submits:
        assert has_header(submit)
        header = udh.read(content(submit))
        assert header is not None
        assert header.part is not None
        assert header.part.total == len(submits)
        pieces[header.part.number] = content(submit)[header.octets :]
    assert len(pieces) == len(submits)
    return air.text_of(b"".join(pieces[number] for number in sorted(pieces)), alphabet)


@each
@pytest.mark.parametrize(("octets", "each_octets"), [(6, 134), (7, 132)])
async def test_a_long_chinese_text_goes_in_parts_one_after_the_other(
    script: Script, octets: int, each_octets: int
) -> None:
    async with listening(script) as gateway, talking(gateway, udh=octets) as (carrier, ears):
        carrier.submit([message(1, content=LONG)])
        await until(lambda: ears.answers)
        submits = gateway.submits
        assert joined(submits) == LONG
        assert all(len(content(one)) == octets + each_octets for one in submits[:-1])
        (answer,) = ears.answers
        assert answer.part_ids == tuple(gateway.id_of(one) for one in submits)
        assert answer.provider_id == answer.part_ids[0]
        if script is SMGP:
            places = [(smgp.octet_of(one.tlvs, 9), smgp.octet_of(one.tlvs, 10)) for one in submits]
            assert places == [(3, 1), (3, 2), (3, 3)]
        elif script is not SGIP:
            assert [(one.pk_total, one.pk_number) for one in submits] == [(3, 1), (3, 2), (3, 3)]


@each
async def test_seventy_characters_are_one_part_and_an_emoji_is_never_torn(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        text = "雁" * 66 + "👌" + "鸿" * 10
        carrier.submit([message(1, content="a" * 70), message(2, content=text)])
        await until(lambda: len(ears.answers) == 2)
        alone, *parts = gateway.submits
        assert (has_header(alone), len(content(alone))) == (False, 140)
        assert joined(parts) == text
        assert len(content(parts[0])) == 6 + 132


@each
@pytest.mark.parametrize(
    ("setting", "text", "number", "alphabet"),
    [("gbk", "鸿雁abc" * 40, 15, "gbk"), ("ascii", "it is on its way " * 20, 0, "ascii"), ("ascii", LONG, 8, "ucs2")],
)
async def test_other_codings_are_cut_where_they_may_be(
    script: Script, setting: str, text: str, number: int, alphabet: str
) -> None:
    async with listening(script) as gateway, talking(gateway, text_coding=setting) as (carrier, ears):
        carrier.submit([message(1, content=text)])
        await until(lambda: ears.answers)
        assert joined(gateway.submits, alphabet) == text
        assert {coding(one) for one in gateway.submits} == {number}
        most = 140 if number or script is SMGP else 159
        assert most - 2 <= len(content(gateway.submits[0])) <= most


@pytest.mark.parametrize(("script", "most"), [(CMPP2, 159), (CMPP3, 159), (SMGP, 140), (SGIP, 159)])
async def test_ascii_alone_has_as_many_octets_as_the_protocol_says(script: Script, most: int) -> None:
    async with listening(script) as gateway, talking(gateway, text_coding="ascii") as (carrier, ears):
        carrier.submit([message(1, content="x" * most), message(2, content="x" * (most + 1))])
        await until(lambda: len(ears.answers) == 2)
        assert [has_header(one) for one in gateway.submits] == [False, True, True]


@each
async def test_references_go_round_for_each_pair_of_sender_and_receiver(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, udh=7) as (carrier, ears):
        carrier.submit([message(n, content="雁" * 71) for n in range(1, 4)])
        carrier.submit([message(9, content="雁" * 71, to="8613800138001")])
        await until(lambda: len(ears.answers) == 4)
        references: dict[int, int] = {}
        for answer in ears.answers:
            (first,) = [one for one in gateway.submits if gateway.id_of(one) == answer.provider_id]
            header = udh.read(content(first))
            assert header is not None
            assert header.part is not None
            references[answer.message_id] = header.part.reference
        assert [references[n] - references[1] for n in (1, 2, 3)] == [0, 1, 2]


@each
async def test_a_throttled_part_is_sent_again_and_the_message_is_whole(script: Script) -> None:
    throttled: list[Any] = []

    async with listening(script) as gateway:

        def once(client: Any, submit: Any) -> None:
            if len(gateway.submits) == 2:
                throttled.append(submit)
                client.say(script.refused(submit, script.throttle))
            else:
                gateway.take(client, submit)

        gateway.on_submit = once
        async with talking(gateway, throttle_pause_ms=20) as (carrier, ears):
            carrier.submit([message(1, content=LONG)])
            await until(lambda: ears.answers)
            assert len(gateway.submits) == 4
            assert joined([one for one in gateway.submits if one not in throttled]) == LONG
            taken = sorted((one for one in gateway.submits if one not in throttled), key=lambda one: content(one)[5])
            assert ears.answers[0].part_ids == tuple(gateway.id_of(one) for one in taken)


@each
async def test_a_part_that_is_refused_ends_the_message(script: Script) -> None:
    result = {"cmpp20": 13, "cmpp30": 13, "smgp": 47, "sgip": 6}[script.name]
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: (
            client.say(script.refused(submit, result)) if content(submit)[5] == 2 else gateway.take(client, submit)
        )
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1, content=LONG)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert answer.cause is not None
            assert (answer.cause.code, answer.again_ms, answer.unsure) == (str(result), None, False)
            assert "part 2 of 3" in answer.cause.text


@each
async def test_a_carrier_that_adds_the_signature_gets_room_for_it(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, signature="strip") as (carrier, ears):
        carrier.submit([message(1, content="【鸿雁】短")])
        await until(lambda: len(ears.answers) == 1)
        carrier.submit([message(2, content="【鸿雁】" + "字" * 67)])
        await until(lambda: len(ears.answers) == 2)
        short, first, second = gateway.submits
        assert content(short) == "短".encode("utf-16-be")
        assert joined([first, second]) == "字" * 67
        assert len(content(first)) == 6 + 2 * (67 - 4)


@each
async def test_marketing_says_how_to_stop_it(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, opt_out="拒收请回复R") as (carrier, ears):
        carrier.submit([message(1, content="大促", category=Category.MARKETING), message(2, content="通知")])
        await until(lambda: len(ears.answers) == 2)
        texts = [content(one).decode("utf-16-be") for one in gateway.submits]
        assert texts == ["大促拒收请回复R", "通知"]


@each
async def test_a_sender_that_is_too_long_is_refused_here(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1, sender="1069" * 4, extend="12345")])
        await until(lambda: ears.answers)
        assert ears.answers[0].cause is not None
        assert ears.answers[0].cause.code == "SENDER-LONG"
        assert not gateway.submits


@each
async def test_the_validity_is_told_in_china_time(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, validity=True) as (carrier, ears):
        carrier.submit([message(1, expires_at=VALID_UNTIL_MS)])
        await until(lambda: ears.answers)
        (submit,) = gateway.submits
        told = getattr(submit, "valid_time", None) or getattr(submit, "expire_time", None)
        assert told == "261122090015032+"


@pytest.mark.parametrize(
    ("written", "expected"), [("local", "13800138000"), ("plain", "8613800138000"), ("plus", "+86")]
)
async def test_numbers_are_written_as_the_contract_wants(written: str, expected: str) -> None:
    async with listening(CMPP2) as gateway, talking(gateway, number_format=written) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        assert gateway.submits[0].dest_terminal_ids[0].startswith(expected)


async def test_the_fields_of_a_cmpp_submit_are_settings() -> None:
    own: dict[str, Any] = {
        "service_id": "CODE",
        "msg_src": "900002",
        "fee_user_type": 3,
        "fee_terminal_id": "13900139000",
        "fee_terminal_type": 1,
        "fee_type": "02",
        "fee_code": "000010",
        "msg_level": 5,
        "tp_pid": 9,
        "dest_terminal_type": 1,
        "link_id": "link-7",
        "receipts": False,
    }
    async with listening(CMPP3) as gateway, talking(gateway, **own) as (carrier, ears):
        carrier.submit([message(1, content="x")])
        await until(lambda: ears.answers)
        assert gateway.submits == [
            cmpp.Submit(
                gateway.submits[0].sequence,
                registered_delivery=0,
                msg_level=5,
                service_id="CODE",
                fee_user_type=3,
                fee_terminal_id="13900139000",
                fee_terminal_type=1,
                tp_pid=9,
                msg_src="900002",
                fee_type="02",
                fee_code="000010",
                src_id="10690",
                dest_terminal_ids=("13800138000",),
                dest_terminal_type=1,
                msg_content=b"\0x",
                link_id="link-7",
            )
        ]


async def test_the_fields_of_an_smgp_submit_are_settings() -> None:
    own: dict[str, Any] = {
        "priority": 3,
        "fee_type": "02",
        "fee_code": "10",
        "fixed_fee": "20",
        "charge_term_id": "13300133000",
        "msg_src": "src",
        "m_service_id": "service",
        "link_id": "link-7",
    }
    async with listening(SMGP) as gateway, talking(gateway, **own) as (carrier, ears):
        carrier.submit([message(1, content="x")])
        await until(lambda: ears.answers)
        (submit,) = gateway.submits
        assert (submit.msg_type, submit.need_report, submit.priority, submit.service_id) == (6, 1, 3, "TEST")
        assert (submit.fee_type, submit.fee_code, submit.fixed_fee) == ("02", "10", "20")
        assert submit.charge_term_id == "13300133000"
        told = {tag: value.rstrip(b"\0") for tag, value in submit.tlvs}
        assert told == {smgp.LINK_ID: b"link-7", smgp.MSG_SRC: b"src", 0x12: b"service"}


async def test_the_fields_of_an_sgip_submit_are_settings() -> None:
    own: dict[str, Any] = {
        "corp_id": "25000",
        "service_type": "CODE",
        "fee_type": 2,
        "fee_value": "10",
        "priority": 9,
        "receipts": False,
    }
    async with listening(SGIP) as gateway, talking(gateway, **own) as (carrier, ears):
        carrier.submit([message(1, content="x")])
        await until(lambda: ears.answers)
        assert gateway.submits == [
            sgip.Submit(
                gateway.submits[0].sequence,
                "10690",
                user_numbers=("8613800138000",),
                corp_id="25000",
                service_type="CODE",
                fee_type=2,
                fee_value="10",
                priority=9,
                report_flag=2,
                message_content=b"\0x",
            )
        ]


@pytest.mark.parametrize(
    ("script", "own", "said"),
    [
        (CMPP3, {"sp_id": "1234567"}, "source_addr of 7 octets"),
        (CMPP3, {"version": "4.0"}, "version is one of 2.0, 2.1, 3.0"),
        (CMPP3, {"service_id": "12345678901"}, "service_id of 11 octets"),
        (CMPP3, {"stats": {"MB:1042": "fine"}}, "'MB:1042' cannot become 'fine'"),
        (CMPP3, {"statuses": {"8": "wait"}}, "'wait' is not one of"),
        (CMPP3, {"sp-id": "1"}, "no setting 'sp-id'"),
        (SMGP, {"msg_src": "123456789"}, "msg_src of more than 8 octets"),
        (SMGP, {"login_mode": "all"}, "login_mode is one of"),
        (SGIP, {"node": 0}, "node is a whole number, 1 to"),
        (SGIP, {"listen_from": ["10.0.0.0/40"]}, "listen_from"),
        (SGIP, {"login_name": "12345678901234567"}, "login_name of 17 octets"),
    ],
)
def test_wrong_settings_are_refused_with_a_sentence(script: Script, own: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured, match="carrier c: ") as refused:
        built(script, 1, **own)
    assert said in str(refused.value)
