"""The two seals against the vectors, and everything that can be wrong with one."""

import json
from pathlib import Path
from typing import Any

import pytest

import alibaba_seals as seals
from alibaba_office import Office
from hongyan.dialects.alibaba.params import read
from hongyan.dialects.alibaba.sign import claimed, encoded
from hongyan.model.submission import Exchange

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
SEND = {"PhoneNumbers": "13900000001", "SignName": "阿里云", "TemplateCode": "SMS_3"}


def exchange_of(raw: str) -> Exchange:
    head, _, body = raw.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Exchange(
        request_id="R",
        dialect="alibaba",
        method=method,
        path="/",
        query=target.partition("?")[2].encode(),
        headers=headers,
        body=body.encode(),
        peer="",
        received_at=0,
    )


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda one: one["name"])
def test_every_published_vector_is_reproduced(vector: dict[str, Any]) -> None:
    """proves: alibaba#seal.acs3, alibaba#seal.rpc, alibaba#seal.scheme."""
    exchange = exchange_of(vector["raw_request"])
    found = claimed(exchange, read(exchange))
    assert found.key_id == VECTORS["access_key_id"]
    assert found.sealed_at == 1_767_323_045_000
    assert found.prove is not None
    proof = found.prove(VECTORS["access_key_secret"])
    assert proof.valid
    assert proof.ours == proof.theirs == vector["signature"]
    assert proof.string_to_sign.startswith(vector["string_to_sign"])
    assert not found.prove("another secret").valid


def test_texts_are_encoded_by_the_vendors_rule() -> None:
    """proves: alibaba#seal.encoding."""
    assert encoded("aZ09-_.~ +*/%李\x7f") == "aZ09-_.~%20%2B%2A%2F%25%E6%9D%8E%7F"


async def test_both_ways_to_encode_keys_are_taken(office: Office) -> None:
    """proves: alibaba#seal.keys."""
    params = {"TemplateCode": "CARD_SMS_70", "Mobiles.1.#6#mobile": "13900000001"}
    for encode_keys in (True, False):
        reply = await office.call("CheckMobilesCardSupport", params, encode_keys=encode_keys)
        assert reply.code == "OK"
    reply = await office.call_old("CheckMobilesCardSupport", params)
    assert reply.code == "OK"


async def test_parameters_come_from_query_and_form_alike(office: Office) -> None:
    """proves: alibaba#request.sources."""
    assert (await office.call("SendSms", SEND)).code == "OK"
    assert (await office.call("SendSms", {}, form=SEND)).code == "OK"
    assert (await office.call("SendSms", SEND, method="GET")).code == "OK"
    assert (await office.call_old("SendSms", SEND)).code == "OK"
    assert (await office.call_old("SendSms", SEND, method="POST")).code == "OK"
    assert (await office.call_old("SendSms", SEND, in_form=True)).code == "OK"


async def test_a_body_that_is_no_form_holds_no_parameters(office: Office) -> None:
    request = seals.rpc("SendSms", SEND, nonce="n", in_form=True)
    reply = await office.ask(request._replace(headers={**request.headers, "content-type": "application/json"}))
    assert (reply.status, reply.code) == (400, "MissingAction")


async def test_a_wrong_secret_is_told_what_we_sealed(office: Office) -> None:
    """proves: alibaba#error.SignatureDoesNotMatch."""
    reply = await office.call_old("SendSms", SEND, secret="wrong")
    text = "Specified signature is not matched with our calculation. server string to sign is:"
    assert (reply.status, reply.code) == (400, "SignatureDoesNotMatch")
    assert reply.body["Message"].startswith(f"{text}GET&%2F&AccessKeyId%3D")
    assert reply.body["Message"].count(":") == 1
    reply = await office.call("SendSms", SEND, secret="wrong")
    assert reply.code == "SignatureDoesNotMatch"
    assert reply.body["Message"].startswith(f"{text}ACS3-HMAC-SHA256\n")
    assert "\nPOST\n/\nPhoneNumbers=13900000001&" in reply.body["Message"]


async def test_a_body_that_was_changed_on_the_way_breaks_the_seal(office: Office) -> None:
    """proves: alibaba#seal.body."""
    request = seals.acs3("SendSms", {}, form=SEND, nonce="n")
    reply = await office.ask(request._replace(body=request.body.replace(b"13900000001", b"13900000002")))
    assert reply.code == "SignatureDoesNotMatch"
    lying = seals.acs3("SendSms", SEND, nonce="n", more={"x-acs-content-sha256": "0" * 64})
    assert (await office.ask(lying)).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("name", ["host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"])
async def test_headers_that_decide_must_be_sealed(office: Office, name: str) -> None:
    """proves: alibaba#seal.headers."""
    reply = await office.call("SendSms", SEND, unsealed=(name,))
    assert (reply.status, reply.code) == (400, "IncompleteSignature")


async def test_other_headers_may_go_unsealed(office: Office) -> None:
    more = {"content-type": "application/octet-stream", "user-agent": "x"}
    assert (await office.call("SendSms", SEND, unsealed=tuple(more), more=more)).code == "OK"


async def test_an_unsealed_header_cannot_rename_an_old_request(office: Office) -> None:
    request = seals.rpc("QuerySendDetails", SEND, nonce="n")
    reply = await office.ask(request._replace(headers={**request.headers, "x-acs-action": "SendSms"}))
    assert reply.code == "MissingPhoneNumber"


async def test_temporary_credentials_are_sealed_and_otherwise_ignored(office: Office) -> None:
    """proves: alibaba#seal.sts."""
    more = {"x-acs-security-token": "token", "x-acs-accesskey-id": seals.KEY_ID}
    assert (await office.call("SendSms", SEND, more=more)).code == "OK"
    assert (await office.call("SendSms", SEND, more=more, unsealed=tuple(more))).code == "IncompleteSignature"
    assert (await office.call_old("SendSms", SEND, more={"SecurityToken": "token"})).code == "OK"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Basic eDp5", "InvalidSignatureMethod"),
        ("ACS3-RSA-SHA256 Credential=a,SignedHeaders=host,Signature=b", "InvalidSignatureMethod"),
        ("ACS3-HMAC-SHA256 ", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=a,Signature=b", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=b", "MissingAccessKeyId"),
        ("", "InvalidSignatureMethod"),
    ],
)
async def test_unreadable_authorizations_are_refused(office: Office, authorization: str, code: str) -> None:
    """proves: alibaba#error.InvalidSignatureMethod."""
    request = seals.acs3("SendSms", SEND, nonce="n")
    request.headers["authorization"] = authorization
    reply = await office.ask(request)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize("name", ["AccessKeyId", "SignatureNonce", "Timestamp"])
async def test_each_missing_part_of_the_old_seal_has_its_name(office: Office, name: str) -> None:
    """proves: alibaba#error.Missing."""
    reply = await office.call_old("SendSms", SEND, leave=(name,))
    assert (reply.status, reply.code) == (400, f"Missing{name}")
    assert reply.body["Message"] == f"{name} is mandatory for this action."


async def test_a_request_without_any_seal_is_refused(office: Office) -> None:
    reply = await office.ask(seals.Request("GET", b"Action=SendSms&Version=2017-05-25", {}))
    assert (reply.status, reply.code) == (400, "MissingAccessKeyId")
    query = b"Action=SendSms&Version=2017-05-25&AccessKeyId=a"
    assert (await office.ask(seals.Request("GET", query, {}))).code == "MissingSignature"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SignatureMethod": "HMAC-SM3"}, "InvalidSignatureMethod"),
        ({"SignatureVersion": "2.0"}, "IncompleteSignature"),
        ({"SignatureMethod": "", "SignatureVersion": ""}, "OK"),
    ],
)
async def test_other_methods_are_not_offered(office: Office, more: dict[str, str], code: str) -> None:
    assert (await office.call_old("SendSms", SEND, more=more)).code == code


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("2026-01-02T03:19:05Z", "OK"),
        ("2026-01-02T02:49:05Z", "OK"),
        ("2026-01-02T03:04:05.123Z", "OK"),
        ("2026-01-02T03:19:06Z", "InvalidTimeStamp.Expired"),
        ("2026-01-02T02:49:04Z", "InvalidTimeStamp.Expired"),
        ("2026-01-02 03:04:05", "InvalidTimeStamp.Format"),
        ("2026-13-02T03:04:05Z", "InvalidTimeStamp.Format"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "InvalidTimeStamp.Format"),
        ("1767323045", "InvalidTimeStamp.Format"),
    ],
)
async def test_the_clock_may_be_off_by_a_quarter_of_an_hour(office: Office, date: str, code: str) -> None:
    """proves: alibaba#seal.window, alibaba#seal.timestamp, alibaba#error.InvalidTimeStamp."""
    for reply in (await office.call("SendSms", SEND, date=date), await office.call_old("SendSms", SEND, date=date)):
        assert reply.code == code
        assert reply.status == (200 if code == "OK" else 400)


async def test_a_nonce_is_good_once_for_its_key(office: Office) -> None:
    """proves: alibaba#error.SignatureNonceUsed."""
    request = seals.acs3("SendSms", SEND, nonce="same")
    assert (await office.ask(request)).code == "OK"
    reply = await office.ask(request)
    assert (reply.status, reply.code) == (400, "SignatureNonceUsed")
    other = seals.acs3("SendSms", SEND, nonce="same", key_id="capped", secret="s")
    assert (await office.ask(other)).code != "SignatureNonceUsed"
    assert (await office.ask(seals.acs3("SendSms", SEND, nonce="n" * 257))).code == "IncompleteSignature"


async def test_keys_and_projects_that_cannot_call(office: Office) -> None:
    """proves: alibaba#error.InvalidAccessKeyId, alibaba#code.OUT_OF_SERVICE, alibaba#code.DENY_IP_RANGE."""
    reply = await office.call("SendSms", SEND, key_id="nobody")
    assert (reply.status, reply.code) == (404, "InvalidAccessKeyId.NotFound")
    assert reply.body["Message"] == "Specified access key is not found."
    reply = await office.call_as("disabled", "SendSms", SEND)
    assert (reply.status, reply.code) == (400, "InvalidAccessKeyId.Inactive")
    reply = await office.call_as("closed", "SendSms", SEND)
    assert (reply.status, reply.code) == (200, "isv.OUT_OF_SERVICE")
    reply = await office.call_as("far", "SendSms", SEND)
    assert (reply.status, reply.code) == (200, "isv.DENY_IP_RANGE")


async def test_the_first_fault_in_the_gateways_order_is_told(office: Office) -> None:
    """proves: alibaba#error.order."""
    faults: dict[str, Any] = {"version": "1", "key_id": "nobody", "date": "2020-01-01T00:00:00Z", "secret": "wrong"}
    said = []
    for mended in ({}, {"version": "2017-05-25"}, {"key_id": seals.KEY_ID}, {"date": seals.DATE}):
        faults |= mended
        said.append((await office.call("SendSms", {}, **faults)).code)
    assert said == [
        "InvalidVersion",
        "InvalidAccessKeyId.NotFound",
        "InvalidTimeStamp.Expired",
        "SignatureDoesNotMatch",
    ]
    reply = await office.call("NoSuchAction", {}, version="1")
    assert reply.code == "InvalidAction.NotFound"
    assert (await office.call("SendSms", {})).code == "MissingPhoneNumbers"


async def test_a_key_that_calls_too_fast_is_told_when_to_come_back(office: Office) -> None:
    """proves: alibaba#error.Throttling."""
    assert (await office.call_as("slow", "SendSms", {})).code == "MissingPhoneNumbers"
    reply = await office.call_as("slow", "SendSms", {})
    assert (reply.status, reply.code) == (400, "Throttling.User")
    assert int(reply.headers["x-acs-retry-after"]) > 0
    office.clock.push(1)
    assert (await office.call_as("slow", "SendSms", {})).code == "MissingPhoneNumbers"
