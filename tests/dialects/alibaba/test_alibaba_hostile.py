"""Whatever is sent is answered in the vendor's words: no exception but `Refused` leaves the parsers."""

import asyncio
import json
import string
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alibaba_seals as seals
from alibaba_office import Office
from hongyan.dialects.alibaba import params
from hongyan.dialects.alibaba.sign import claimed, encoded, sealed_ms
from hongyan.model.errors import Refused
from hongyan.model.submission import Exchange

MODEST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEND = {"PhoneNumbers": "13900000001", "SignName": "阿里云", "TemplateCode": "SMS_3"}


def exchange(query: bytes = b"", body: bytes = b"", headers: dict[str, str] | None = None) -> Exchange:
    return Exchange(
        request_id="R",
        dialect="alibaba",
        method="POST",
        path="/",
        query=query,
        headers=headers or {},
        body=body,
        peer="",
        received_at=0,
    )


@MODEST
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.text()))
def test_what_was_encoded_is_read_back(written: dict[str, str]) -> None:
    storable = {key: value.encode("utf-8", "replace").decode().replace("\0", "") for key, value in written.items()}
    query = "&".join(f"{encoded(key)}={encoded(value)}" for key, value in storable.items()).encode()
    assert params.read(exchange(query)).every == storable


@MODEST
@given(
    st.lists(st.sampled_from([b"%", b"=", b"%4", b"%41", b"%0a", b"\n", b"\r\n", b"+", b"_", b"x", b" "])).map(b"".join)
)
def test_escapes_are_undone_as_the_library_does(raw: bytes) -> None:
    expected = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    assert params.read(exchange(b"a=" + raw)).every == {"a": expected}


@MODEST
@given(st.binary(), st.binary(), st.dictionaries(st.sampled_from(["authorization", "x-acs-date"]), st.text()))
def test_any_bytes_are_read_or_refused(query: bytes, body: bytes, headers: dict[str, str]) -> None:
    try:
        asked = exchange(query, body, headers)
        found = claimed(asked, params.read(asked))
    except Refused:
        return
    assert found.prove is not None
    assert not found.prove("secret").valid


_PIECES = st.sampled_from(["CardObjects.", "1", "0", "٣", "999999999", ".", "mobile", "#6#", "#", "x", ""])


@MODEST
@given(st.dictionaries(st.lists(_PIECES, max_size=6).map("".join), st.text(), max_size=8))
def test_any_numbered_keys_are_read_or_refused(written: dict[str, str]) -> None:
    try:
        found = params.numbered(written, "CardObjects")
    except Refused:
        return
    assert len(found) <= len(written)


_LOOSE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
).map(json.dumps)
_TEXT = _LOOSE | st.text(alphabet=string.printable) | st.text()


@pytest.mark.parametrize(
    "read", [params.json_values, params.pair_values, params.json_texts, params.json_objects, params.json_cards]
)
@MODEST
@given(text=_TEXT)
def test_any_text_is_read_as_json_or_refused(read: Callable[[str, str], object], text: str) -> None:
    storable = text.encode("utf-8", "replace").decode().replace("\0", "")
    try:
        assert isinstance(read(storable, "F"), dict | list)
    except Refused:
        return


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '[{"a":' + "[" * 100_000,
        '{"a":"\\ud800\\ud800abcdefgh"}',
        '["\\udc00abcdefgh"]',
        '["\\q"]',
        '[{"customUrl":"\\q"}]',
        '[{"dyncParams":"\\q"}]',
        "\ufeff{}",
        '{"a":NaN}',
        '{"a":' + "9" * 10_000 + "}",
    ],
)
def test_broken_json_is_refused_quickly(text: str) -> None:
    readers = (params.json_values, params.pair_values, params.json_texts, params.json_objects, params.json_cards)
    for read in readers:
        try:
            read(text, "F")
        except Refused:
            continue
        assert read is params.json_values or read is params.pair_values
        assert "9999" in text


@MODEST
@given(st.text())
def test_any_time_is_read_or_refused(text: str) -> None:
    try:
        sealed_ms(text)
    except Refused:
        return


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"Action=%ff", "InvalidAction"),
        (b"%ff=1", "InvalidParameter"),
        (b"Action=a%00b", "InvalidAction"),
        (b"SignName=%ED%A0%80", "InvalidSignName"),
        (b"Action=SendSms&Action=SendFax", "InvalidAction"),
        (b"a&" * 60_000, "RequestTooLarge"),
        (b"=&=&&&", "MissingAction"),
        (b"Action=%zz&Version=2017-05-25", "InvalidAction.NotFound"),
        (b"\xff\xfe", "InvalidParameter"),
    ],
)
async def test_unreadable_parameters_are_named(office: Office, query: bytes, code: str) -> None:
    """proves: alibaba#error.Invalid, alibaba#request.twice, alibaba#request.limit."""
    reply = await office.ask(seals.Request("GET", query, {"host": "h"}))
    assert reply.code == code
    assert reply.status in {400, 404, 413}


async def test_a_parameter_given_twice_alike_is_one(office: Office) -> None:
    """proves: alibaba#request.twice."""
    request = seals.rpc("SendSms", SEND, nonce="n")
    assert (await office.ask(request._replace(query=request.query + b"&SignatureType="))).code == "OK"


async def test_a_request_line_of_megabytes_is_read_in_time(office: Office) -> None:
    """proves: alibaba#request.limit."""
    reply = await office.call("SendSms", {**SEND, "Surprise": "QUJD+/=" * 400_000})
    assert reply.code == "OK"


async def test_others_go_on_while_megabytes_are_read(office: Office) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    large = seals.rpc("SendSms", {"Surprise": "QUJD+/=" * 400_000}, nonce="large", in_form=True)
    going = asyncio.create_task(others())
    reply = await office.ask(large)
    going.cancel()
    assert reply.code == "MissingPhoneNumbers"
    assert turns > 50


@MODEST
@given(st.dictionaries(st.sampled_from([*SEND, "TemplateParam", "OutId", "SmsUpExtendCode"]), st.text(), max_size=6))
async def test_any_sealed_request_gets_an_answer_in_the_vendors_shape(office: Office, change: dict[str, str]) -> None:
    storable = {key: value.encode("utf-8", "replace").decode() for key, value in change.items()}
    reply = await office.call("SendSms", {**SEND, **storable})
    assert reply.status in {200, 400}
    assert reply.body["RequestId"] == reply.headers["x-acs-request-id"]
    assert reply.code
