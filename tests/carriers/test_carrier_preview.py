"""What a carrier would put on the wire: every octet is in a field, the text is read back, no secret shows."""

import random
from typing import Any

import pytest

from hongyan.carriers.cmpp import cmpp_carrier
from hongyan.carriers.sgip import sgip_carrier
from hongyan.carriers.shaping import Unfit
from hongyan.carriers.smgp import smgp_carrier
from hongyan.carriers.smpp import smpp_carrier
from hongyan.model.clock import FakeClock
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig

SECRET = "pa55word"
FACTORIES = {"smpp": smpp_carrier, "cmpp": cmpp_carrier, "smgp": smgp_carrier, "sgip": sgip_carrier}
SETTINGS: dict[str, dict[str, Any]] = {
    "smpp": {"host": "h", "system_id": "me"},
    "cmpp": {"host": "h", "sp_id": "900001"},
    "smgp": {"host": "h", "client_id": "1234"},
    "sgip": {"host": "h", "node": 3_010_000_001, "login_name": "x", "corp_id": "12345"},
}
LONG = "【云】您好🎈" * 20


def previews(protocol: str, text: str, **settings: Any) -> Any:
    config = CarrierConfig(
        name="c", protocol=protocol, password=SECRET, settings=SETTINGS[protocol] | settings, project=""
    )
    message = Message(
        id=77, project="p", submission=1, dialect="native", to="8613800138000", content=text, signature="云",
        accepted_at=0, expires_at=86_400_000,
    )  # fmt: skip
    return FACTORIES[protocol](config, FakeClock(), random.Random(1)).preview(message)


@pytest.mark.parametrize(
    ("protocol", "settings"),
    [
        ("smpp", {}),
        ("smpp", {"long": "payload"}),
        ("smpp", {"long": "sar"}),
        ("smpp", {"long": "udh16"}),
        ("smpp", {"packed": True}),
        ("cmpp", {}),
        ("cmpp", {"version": "2.0"}),
        ("cmpp", {"text_coding": "gbk"}),
        ("smgp", {}),
        ("smgp", {"text_coding": "ascii"}),
        ("sgip", {"udh": 7}),
    ],
)
@pytest.mark.parametrize("text", ["hello [1]", "Grüße " * 40, LONG])
def test_every_octet_belongs_to_a_field_and_the_text_is_read_back(
    protocol: str, settings: dict[str, Any], text: str
) -> None:
    looks = previews(protocol, text, **settings)
    assert "".join(one.text for one in looks) == text
    for look in looks:
        assert b"".join(field.octets for field in look.fields) == look.octets
        assert SECRET.encode() not in look.octets
    assert (len(looks) > 1) == (text != "hello [1]" and settings.get("long") != "payload")
    has_header = len(looks) > 1 and settings.get("long") != "sar"
    assert all(bool(one.header) == has_header for one in looks)


def test_fields_have_the_standards_names_and_their_values() -> None:
    (look,) = previews("smpp", "hello")
    said = {one.name: one.value for one in look.fields}
    assert said["command_id"] == "0x00000004 submit_sm"
    assert (said["destination_addr"], said["data_coding"], said["sm_length"]) == ("8613800138000", "0", "5")
    first, *_ = previews("cmpp", LONG)
    said = {one.name: one.value for one in first.fields}
    assert (said["pk_total"], said["pk_number"], said["tp_udhi"], said["msg_fmt"]) == ("3", "1", "1", "8")
    assert first.header.hex()[:6] == "050003"


def test_what_a_carrier_cannot_carry_says_why() -> None:
    with pytest.raises(Unfit, match="255 are possible"):
        previews("cmpp", "长" * 70_000)
