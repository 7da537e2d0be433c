import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.wire.smpp import DataSm, DeliverSm, decode
from hongyan.wire.smpp.receipts import STATES, DeliveryReceipt, read, read_text, receipt_tlvs, text_octets
from hongyan.wire.smpp.tlvs import NetworkError, text_tlv
from wire.smpp_samples import RECEIPT

USUAL = b"id:0a1b2c3d sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 text:Hello"
WORDS = st.text("0123456789abcdefABCDEF-._", min_size=1, max_size=20)
DATES = st.text("0123456789", min_size=10, max_size=10) | st.text("0123456789", min_size=12, max_size=12)


def deliver(text: bytes, *, esm_class: int = 4, **fields: object) -> DeliverSm:
    return DeliverSm(1, esm_class=esm_class, short_message=text, **fields)  # type: ignore[arg-type] # any field by name


def test_the_example_is_read() -> None:
    pdu = decode(RECEIPT)
    assert isinstance(pdu, DeliverSm)
    assert read(pdu) == DeliveryReceipt(
        id="0a1b2c3d",
        stat="DELIVRD",
        state=2,
        err="000",
        submit_date="2611220930",
        done_date="2611220931",
        sub="001",
        dlvrd="001",
        text_id="0a1b2c3d",
    )


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (USUAL, {"id": "0a1b2c3d", "stat": "DELIVRD", "err": "000", "text": "Hello", "done_date": "2611220931"}),
        (USUAL.upper(), {"id": "0A1B2C3D", "stat": "DELIVRD", "text": "HELLO", "submit_date": "2611220930"}),
        (USUAL.replace(b"text:", b"Text:"), {"id": "0a1b2c3d", "text": "Hello"}),
        (USUAL.replace(b"2611220931", b"261122093159"), {"done_date": "261122093159"}),
        (USUAL.replace(b"err:000", b"err:0C"), {"err": "0C"}),
        (USUAL.replace(b"err:000", b"err:E-12"), {"err": "E-12", "stat": "DELIVRD"}),
        (USUAL.replace(b"DELIVRD", b"undeliv"), {"stat": "UNDELIV", "state": 5}),
        (USUAL.replace(b"DELIVRD", b"BLOCKED"), {"stat": "BLOCKED", "state": None}),
        (USUAL[: USUAL.index(b" text")], {"err": "000", "text": ""}),
        (USUAL[: USUAL.index(b" err")], {"stat": "DELIVRD", "err": ""}),
        (b"id:77 submit date:2611220930 done date:2611220931 stat:EXPIRED", {"id": "77", "state": 3, "sub": ""}),
        (b"stat:REJECTD id:77 err:1", {"id": "77", "stat": "REJECTD", "err": "1"}),
        (b"id: 77 stat: DELIVRD", {"id": "77", "stat": "DELIVRD"}),
        (b"id: sub:001 stat:DELIVRD", {"id": "", "sub": "001"}),
        (b"id:77\nstat:DELIVRD\nerr:000", {"id": "77", "stat": "DELIVRD", "err": "000"}),
        (b"text:first id:77 stat:DELIVRD", {"text": "first", "id": "77"}),
        (b"id:77 stat:DELIVRD text:id:88 stat:UNDELIV", {"id": "77", "stat": "DELIVRD", "text": "id:88 stat:UNDELIV"}),
        (b"id:77 id:88 stat:DELIVRD", {"id": "77"}),
        (b"id:77 submit_date:2611220930 donedate:2611220931 stat:DELIVRD", {"done_date": "2611220931"}),
        ("id:77 stat:DELIVRD".encode("utf-16-be"), {"id": "77", "stat": "DELIVRD"}),
        (b"your message arrived", {"id": "", "stat": "", "text": "your message arrived"}),
        (b"", {"id": "", "text": ""}),
    ],
)
def test_a_text_is_read_whatever_its_shape(text: bytes, fields: dict[str, object]) -> None:
    found = read_text(text)
    assert {name: getattr(found, name) for name in fields} == fields


@given(WORDS, st.sampled_from(list(STATES)), DATES, DATES, WORDS, st.text("abc :xyz", max_size=20), WORDS)
def test_what_was_written_is_read(
    message_id: str, stat: str, submitted: str, done: str, err: str, text: str, sub: str
) -> None:
    octets = text_octets(message_id, stat, submit_date=submitted, done_date=done, err=err, text=text, sub=sub)
    dlvrd = "001" if stat == "DELIVRD" else "000"
    assert read_text(octets) == DeliveryReceipt(
        message_id, stat, STATES[stat], err, submitted, done, text, sub, dlvrd, message_id
    )


@given(st.permutations(["id:77", "sub:001", "submit date:2611220930", "done date:2611220931", "stat:DELIVRD", "err:1"]))
def test_labels_may_stand_in_any_order(labels: list[str]) -> None:
    found = read_text(" ".join(labels).encode())
    assert found == DeliveryReceipt("77", "DELIVRD", 2, "1", "2611220930", "2611220931", "", "001", "", "77")


@given(st.binary(max_size=200), st.integers(0, 255), st.integers(0, 255))
def test_any_octets_are_a_receipt_or_a_message(octets: bytes, esm_class: int, data_coding: int) -> None:
    found = read(deliver(octets, esm_class=esm_class, data_coding=data_coding))
    assert found is not None or not esm_class & 4


def test_tlvs_come_before_the_text_and_both_ids_are_kept() -> None:
    found = read(deliver(USUAL, tlvs=receipt_tlvs("170601021", "UNDELIV", NetworkError(3, 27))))
    assert found is not None
    assert (found.id, found.text_id) == ("170601021", "0a1b2c3d")
    assert (found.state, found.stat) == (5, "DELIVRD")
    assert found.network == NetworkError(3, 27)


def test_tlvs_alone_are_a_receipt() -> None:
    found = read(deliver(b"", tlvs=receipt_tlvs("77", "EXPIRED", NetworkError(3, 27)), esm_class=0))
    assert found == DeliveryReceipt("77", "EXPIRED", 3, "027", network=NetworkError(3, 27))


def test_the_text_may_be_in_message_payload() -> None:
    for pdu in (deliver(b"", tlvs=((0x0424, USUAL),)), DataSm(1, esm_class=4, tlvs=((0x0424, USUAL),))):
        found = read(pdu)
        assert found is not None
        assert (found.id, found.state) == ("0a1b2c3d", 2)


@pytest.mark.parametrize("esm_class", [0x04, 0x05, 0x07, 0x20, 0x44, 0x84])
def test_esm_class_marks_a_receipt_and_one_that_cannot_be_read_is_kept(esm_class: int) -> None:
    assert read(deliver(b"unreadable", esm_class=esm_class)) == DeliveryReceipt("", text="unreadable")


@pytest.mark.parametrize("text", [b"Hello", b"id:77", b"id:77 stat:DELIVRD", b"done date:2611220931 stat:DELIVRD", b""])
def test_what_only_resembles_a_receipt_is_a_message(text: bytes) -> None:
    assert read(deliver(text, esm_class=0)) is None


def test_an_unmarked_receipt_is_one_unless_the_carrier_marks_its_own() -> None:
    found = read(deliver(USUAL, esm_class=0))
    assert found is not None
    assert found.id == "0a1b2c3d"
    assert read(deliver(USUAL, esm_class=0), unmarked=False) is None


def test_broken_tlvs_are_as_good_as_none() -> None:
    found = read(deliver(USUAL, tlvs=((0x0427, b""), (0x0423, b"\3"), (0x001E, b""))))
    assert found is not None
    assert (found.id, found.state, found.network) == ("0a1b2c3d", 2, None)


def test_an_id_needs_no_nul_in_its_tlv() -> None:
    found = read(deliver(b"", tlvs=((0x001E, b"77"),)))
    assert found is not None
    assert found.id == "77"
    assert text_tlv(0x001E, "77") == (0x001E, b"77\0")
