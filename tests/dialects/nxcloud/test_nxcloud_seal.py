"""The five headers: vectors, order of checks, every code of authentication."""

import json
from typing import Any

import pytest

from dialects.nxcloud.nxcloud_office import BULK, KEY, SECRET, Office, item, signed
from hongyan.dialects.nxcloud.seal import digest

VECTOR = (
    '{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"你好 code 1234",'
    '"sysMessageId":"demo-0000000001"}]}'
).encode()
HEADERS = {"accesskey": KEY, "action": "mtsend", "biztype": "3", "ts": "1700000000000"}
ONE = json.dumps({"appKey": "appdemo1", "items": [item()]}).encode()


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("md5", VECTOR, "b03ad4dd6480410c651c5ffbd9278cc8"),
        ("sha256", VECTOR, "62b45fcd916d979882aee3bb746a6d81b7b834e6c7ee13aee04dd5a84136129d"),
        ("md5", b"", "c0ccb6c981d49f4431d71380e3a57810"),
    ],
)
def test_digests_the_vectors(method: str, body: bytes, expected: str) -> None:
    """proves: nxcloud#auth.string"""
    assert digest(HEADERS, body, SECRET, method) == expected


@pytest.mark.parametrize("method", ["", "md5", "sha256", "SHA256"])
async def test_takes_a_right_digest(office: Office, method: str) -> None:
    """proves: nxcloud#auth.sign, nxcloud#auth.algorithm"""
    headers = signed(ONE, office.clock.ms, method=method.lower())
    if method:
        headers["algorithm"] = method
    assert (await office.call(ONE, headers))["code"] == 0


async def test_the_raw_bytes_are_sealed(office: Office) -> None:
    """proves: nxcloud#auth.string"""
    spaced = b'{ "items":[{"content":"\\u4f60\\u597d" , "phone":"8613800138000"}],\n"appKey":"appdemo1" }'
    assert (await office.call(spaced))["code"] == 0
    headers = signed(spaced.replace(b" ", b""), office.clock.ms)
    assert (await office.call(spaced, headers))["code"] == 1003


async def test_header_names_in_any_case(office: Office) -> None:
    """proves: nxcloud#auth.names"""
    headers = {name.upper(): value for name, value in signed(ONE, office.clock.ms).items()}
    assert (await office.call(ONE, headers))["code"] == 0


@pytest.mark.parametrize("name", ["accesskey", "ts", "biztype", "action", "sign"])
@pytest.mark.parametrize("value", [None, ""])
async def test_a_missing_header_is_1001(office: Office, name: str, value: str | None) -> None:
    """proves: nxcloud#auth.accessKey, nxcloud#auth.ts, nxcloud#auth.bizType, nxcloud#auth.action, nxcloud#auth.sign"""
    changed: dict[str, Any] = {name: value}
    answer = await office.call(ONE, **changed)
    assert answer == {"code": 1001, "message": "Authentication failed (missing public parameters)", "data": None}


@pytest.mark.parametrize(("name", "value"), [("biztype", "2"), ("action", "getBalance"), ("algorithm", "sha1")])
async def test_a_wrong_fixed_value_is_1002(office: Office, name: str, value: str) -> None:
    """proves: nxcloud#auth.bizType, nxcloud#auth.action, nxcloud#auth.algorithm"""
    changed: dict[str, Any] = {name: value}
    answer = await office.call(ONE, **changed)
    assert answer == {"code": 1002, "message": "Authentication failed (parameter error)", "data": None}


@pytest.mark.parametrize("key", ["AKnobody", "AKoff", "AK\u00e9"])
async def test_a_key_that_is_unknown_or_disabled_is_1005(office: Office, key: str) -> None:
    """proves: nxcloud#auth.accessKey"""
    answer = await office.call(ONE, key=key)
    assert answer == {"code": 1005, "message": "Authentication failed (insufficient authority)", "data": None}


@pytest.mark.parametrize(
    ("off_ms", "code"), [(0, 0), (60_000, 0), (-60_000, 0), (60_001, 1004), (-60_001, 1004), (10_800_000, 1004)]
)
async def test_the_clock_may_be_a_minute_off_either_way(office: Office, off_ms: int, code: int) -> None:
    """proves: nxcloud#auth.ts"""
    assert (await office.call(ONE, signed(ONE, office.clock.ms + off_ms)))["code"] == code


@pytest.mark.parametrize(
    "ts", ["now", "1767323045", "-176732304500", "１７６７３２３０４５０００", "17673230450000000000"]
)
async def test_a_time_that_is_none_is_1004(office: Office, ts: str) -> None:
    """proves: nxcloud#auth.ts"""
    headers = {**signed(ONE, office.clock.ms), "ts": ts.encode().decode("latin-1")}
    answer = await office.call(ONE, headers)
    assert answer == {"code": 1004, "message": "Authentication failed (timestamp expired)", "data": None}


@pytest.mark.parametrize("sign", ["0" * 32, "B03AD4DD6480410C651C5FFBD9278CC8", "é", "x" * 10_000])
async def test_another_digest_is_1003(office: Office, sign: str) -> None:
    """proves: nxcloud#auth.sign"""
    answer = await office.call(ONE, sign=sign)
    assert answer == {"code": 1003, "message": "Authentication failed (invalid signature)", "data": None}


async def test_another_secret_is_1003(office: Office) -> None:
    """proves: nxcloud#auth.sign"""
    assert (await office.call(ONE, secret="SKother"))["code"] == 1003


async def test_a_refused_seal_explains_itself(office: Office) -> None:
    await office.call(ONE, sign="0" * 32)
    await office.desk.close()
    (refusal,) = await office.store.refusals_of_request(office.headers["x-request-id"])
    facts = json.loads(refusal.facts)
    assert facts["theirs"] == "0" * 32
    assert facts["ours"] == signed(ONE, office.clock.ms)["sign"]
    assert facts["string_to_sign"].endswith(ONE.decode() + "&accessSecret=***")
    assert SECRET not in refusal.facts + refusal.request


async def test_checks_come_in_the_vendors_order(office: Office) -> None:
    """proves: nxcloud#auth.order, nxcloud#auth.codes, nxcloud#bulk.auth"""
    broken = b"{"
    headers = {**signed(broken, 1, key="AKnobody"), "biztype": "9", "ts": "", "sign": "0"}
    codes = []
    for repaired in (
        {},
        {"ts": "1"},
        {"biztype": "3"},
        {"accesskey": KEY},
        {"ts": str(office.clock.ms)},
        {"sign": signed(broken, office.clock.ms)["sign"]},
    ):
        headers |= repaired
        codes.append((await office.call(broken, headers))["code"])
    assert codes == [1001, 1002, 1005, 1004, 1003, 9000]


async def test_a_multipart_body_is_not_sealed(office: Office) -> None:
    """proves: nxcloud#auth.string"""
    form = "multipart/form-data; boundary=x"
    unsealed = signed(b"", office.clock.ms, content_type=form)
    assert (await office.call(ONE, unsealed))["code"] == 9000
    assert (await office.call(ONE, signed(ONE, office.clock.ms, content_type=form)))["code"] == 1003


async def test_every_answer_has_status_200_and_an_id(office: Office) -> None:
    """proves: nxcloud#answer.http-status"""
    seen = set()
    calls: list[dict[str, str]] = [{}, signed(ONE, office.clock.ms), signed(ONE, 1)]
    for headers in calls:
        await office.call(ONE, headers)
        assert office.status == 200
        assert office.headers["content-type"] == "application/json;charset=UTF-8"
        seen.add(office.headers["x-request-id"])
    assert len(seen) == 3
    assert all(len(one) == 32 for one in seen)


@pytest.mark.parametrize("path", [BULK, "/api/sms/multi/mt"])
async def test_both_paths_are_one_call(office: Office, path: str) -> None:
    """proves: nxcloud#bulk.path"""
    assert (await office.call(ONE, path=path))["data"][0]["status"] == "Success"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_another_method_is_9000(office: Office, method: str) -> None:
    """proves: nxcloud#bulk.method"""
    answer = await office.call(ONE, method=method)
    assert answer == {"code": 9000, "message": "Request parameter error", "data": None}
