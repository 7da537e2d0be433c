"""Settings of an SMPP carrier: what is wrong is refused with the place, the reason and what was probably meant."""

from typing import Any

import pytest

from carriers.hostile_smsc import built, listening, message, talking, until
from hongyan.carriers.smpp.settings import SETTINGS
from hongyan.model.errors import Misconfigured
from hongyan.wire import smpp


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"windo": 5}, "no setting 'windo'. Try: window"),
        ({"window": 0}, "window is a whole number, 1 to 10000, not 0"),
        ({"window": "10"}, "window is a whole number"),
        ({"bind": "tranceiver"}, "Try: transceiver"),
        ({"long": "udh"}, "Try: udh8"),
        ({"packed": 1}, "packed is true or false"),
        ({"hosts": ["a:b"]}, "'a:b' is no host or host:port"),
        ({"statuses": {"x": "throttle"}}, "'x' is no number"),
        ({"statuses": {"0x45": "wait"}}, "'wait' is not one of throttle"),
        ({"receipt_words": {"DELIVRD": "arrived"}}, "cannot mean 'arrived'"),
        ({"tlvs": {"0x1400": "zz"}}, "no tag and octets"),
        ({"tlvs": {"0x14000": "00"}}, "no tag and octets"),
        ({"system_id": "a" * 16}, "system_id"),
        ({"tls": True, "tls_ca": "/nowhere/at/all.pem"}, "TLS files cannot be used"),
        ({"refused_s": 5.0}, "refused_s is a number, 60 to 86400"),
    ],
)
async def test_a_wrong_setting_is_refused_with_a_sentence(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured) as wrong:
        built(2775, **settings)
    assert said in str(wrong.value)
    assert str(wrong.value).startswith("carrier c: ")


async def test_a_long_password_needs_leave() -> None:
    with pytest.raises(Misconfigured, match="password"):
        built(2775, password="x" * 12)
    built(2775, password="x" * 12, password_octets=20)


def test_every_setting_is_said_in_both_languages_and_once() -> None:
    names = [one.name for one in SETTINGS]
    assert len(names) == len(set(names))
    for one in SETTINGS:
        assert one.said.en.strip()
        assert any("\u4e00" <= char <= "\u9fff" for char in one.said.zh), one.name


@pytest.mark.parametrize(
    ("sender", "ton", "npi"), [("10690001234", 1, 1), ("ACME", 5, 0), ("95588", 3, 0), ("+4479460", 1, 1)]
)
async def test_the_sender_says_its_type(sender: str, ton: int, npi: int) -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        carrier.submit([message(1, sender=sender)])
        await until(lambda: ears.answers)
        (submit,) = smsc.submits
        assert (submit.source_addr_ton, submit.source_addr_npi) == (ton, npi)
        assert submit.source_addr == sender.removeprefix("+")


async def test_extension_follows_the_port_as_far_as_there_is_room() -> None:
    async with listening() as smsc, talking(smsc, source="10690001", source_digits=12) as (carrier, ears):
        carrier.submit([message(1, extend="88"), message(2, extend="12345")])
        await until(lambda: len(ears.answers) == 2)
        assert smsc.submits[0].source_addr == "1069000188"
        refused = ears.by_id()[2]
        assert refused.cause is not None
        assert refused.cause.code == "SENDER-LONG"
        assert refused.again_ms is None


@pytest.mark.parametrize(
    ("form", "written"), [("plain", "8613800138000"), ("plus", "+8613800138000"), ("local", "13800138000")]
)
async def test_numbers_are_written_as_the_carrier_wants_and_read_back(form: str, written: str) -> None:
    async with listening() as smsc, talking(smsc, number_format=form) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        assert smsc.submits[0].destination_addr == written
        smsc.caller.receipt("id1", number=written)
        await until(lambda: ears.receipts)
        assert ears.receipts[0].number == "8613800138000"


@pytest.mark.parametrize(
    ("settings", "text", "coding", "octets"),
    [
        ({}, "é€", 0, b"\x05\x1be"),
        ({"default_alphabet": "latin1"}, "éÿ", 0, b"\xe9\xff"),
        ({"default_alphabet": "ascii"}, "é", 8, b"\0\xe9"),
        ({"default_alphabet": "ascii", "latin1_coding": True}, "é", 3, b"\xe9"),
        ({"text_coding": 1}, "hi", 1, b"hi"),
        ({"ucs2_always": True}, "hi", 8, b"\0h\0i"),
        ({"ucs2_coding": 24}, "你", 24, b"\x4f\x60"),
    ],
)
async def test_each_carrier_has_its_alphabets(settings: dict[str, Any], text: str, coding: int, octets: bytes) -> None:
    async with listening() as smsc, talking(smsc, **settings) as (carrier, ears):
        carrier.submit([message(1, content=text)])
        await until(lambda: ears.answers)
        (submit,) = smsc.submits
        assert (submit.data_coding, submit.short_message) == (coding, octets)


async def test_small_fields_go_as_set() -> None:
    given: dict[str, Any] = {
        "service_type": "CMT",
        "protocol_id": 64,
        "priority": 2,
        "registered_delivery": 2,
        "validity": "none",
        "dest_ton": 2,
        "dest_npi": 8,
        "source_ton": 0,
        "source_npi": 9,
        "source": "1234567",
        "system_type": "VMA",
        "address_range": "^1069",
        "interface_version": 0x33,
    }
    async with listening() as smsc, talking(smsc, **given) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        bind, submit = smsc.binds[0], smsc.submits[0]
        assert (bind.system_type, bind.address_range, bind.interface_version) == ("VMA", "^1069", 0x33)
        assert submit == smpp.SubmitSm(
            submit.sequence, "CMT", 0, 9, "1234567", 2, 8, "8613800138000", 0, 64, 2, "", "", 2, short_message=b"hello"
        )


async def test_words_of_receipts_mean_what_is_set() -> None:
    given: dict[str, Any] = {"receipt_words": {"acceptd": "delivered", "EXPIRED": "ignored", "MYSTERY": "undelivered"}}
    async with listening() as smsc, talking(smsc, **given) as (_, ears):
        for stat in ("ACCEPTD", "EXPIRED", "MYSTERY", "STRANGE"):
            smsc.caller.receipt(stat, stat=stat)
        await until(lambda: len(smsc.caller.acknowledged()) == 4)
        assert [receipt.state for receipt in ears.receipts] == ["delivered", "undelivered", "unknown"]
