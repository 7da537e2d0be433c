"""Anything may be sent to any endpoint: there is an answer in the vendor's words, and never a fault of ours."""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_vendor import LocalVendor

PATHS = (
    "/comms/sms/sendmsg",
    "/comms/sms/pullSmsSendStatus",
    "/comms/sms/pullSmsSendStatusSet",
    "/gateways",
    "/v1/sms/multi/mt",
    "/api/sms/multi/mt",
    "/intf/sendsms",
    "/intf/sendmultisms2",
    "/intf/pullstatus",
    "/api/sms/smsquota",
    "/",
    "/comms/unknown",
    "/intf/unknown",
    "/nowhere",
    "/v1/messages",
    "/c/abcdefgh",
    "/l/abcdefgh",
)
WORDS = [
    "mobile",
    "templateID",
    "templateParamSet",
    "externalId",
    "externalIds",
    "appKey",
    "items",
    "phone",
    "content",
    "sysMessageId",
    "drUrl",
    "ext",
    "shortLink",
    "tel",
    "nationcode",
    "type",
    "msg",
    "sig",
    "time",
    "extend",
    "params",
    "sign",
    "tpl_id",
    "max",
    "appCode",
    "act",
    "bizNo",
    "timestamp",
    "bizContent",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        ["+8613700000000", "13800138000", "01234567890abcdef", "appdemo1", "[1234]", "a\x00b", "\u202e", "😀" * 90]
    )
)
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), below),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from(WORDS), values, max_size=8)
bodies = st.one_of(
    st.binary(max_size=200),
    documents.map(lambda one: json.dumps(one).encode()),
    documents.map(lambda one: json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    documents.map(lambda one: json.dumps(one).encode()[:-1]),
    st.integers(1, 3000).map(lambda depth: b"[" * depth),
    st.integers(1, 3000).map(lambda depth: b'{"items":' * depth),
    st.just(b'{"mobile":"1","mobile":"2"}'),
    st.just(b"\xff\xfe{\x00}\x00"),
    documents.map(
        lambda one: urllib.parse.urlencode({key: str(value) for key, value in one.items()}, errors="replace").encode()
    ),
)
calm = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Line:
    """A keep-alive connection to the vendor."""

    def __init__(self, vendor: LocalVendor) -> None:
        parts = urlsplit(vendor.api_url)
        self.vendor = vendor
        self.http = HTTPConnection(parts.hostname or "", parts.port, timeout=10)

    def ask(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Return (status, body)."""
        try:
            self.http.request(method, target, body, headers)
            answer = self.http.getresponse()
            return answer.status, answer.read()
        except OSError:
            self.http.close()
            raise

    def faults(self) -> list[str]:
        """Return the counters of faults of ours."""
        _, page = self.ask("GET", "/metrics", b"", {})
        return [line for line in page.decode().splitlines() if 'outcome="internal"' in line]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with LocalVendor(tmp_path_factory.mktemp("fuzz")) as vendor:
        made = Line(vendor)
        yield made
        assert made.faults() == []
        made.http.close()


def is_clean(status: int, body: bytes) -> bool:
    return status < 500 and b"Traceback" not in body and b'File "' not in body


@calm
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    path=st.sampled_from(PATHS),
    query=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=80),
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
    ),
    body=bodies,
)
def test_any_request_gets_an_answer_and_no_trace(
    line: Line, method: str, path: str, query: str, kind: str, body: bytes
) -> None:
    if (path, method) == ("/v1/messages", "DELETE"):
        method = "POST"
    status, answer = line.ask(method, f"{path}?{query}", body, {"content-type": kind} if kind else {})
    assert is_clean(status, answer)


@calm
@given(body=bodies)
def test_any_sealed_nxcloud_body_gets_an_answer(line: Line, body: bytes) -> None:
    stamp = str(time.time_ns() // 1_000_000)
    segment = b"&body=" + body if body else b""
    text = (
        f"accessKey=AKdemo0001&action=mtsend&bizType=3&ts={stamp}".encode() + segment + b"&accessSecret=SKdemo-s3cret"
    )
    headers = {"accessKey": "AKdemo0001", "ts": stamp, "bizType": "3", "action": "mtsend"}
    headers |= {"sign": hashlib.md5(text).hexdigest(), "content-type": "application/json"}
    status, answer = line.ask("POST", "/v1/sms/multi/mt", body, headers)
    assert is_clean(status, answer)
    assert json.loads(answer)["code"] in {0, 9000, 13002, 13010, 1102, 13008}


@calm
@given(body=bodies, path=st.sampled_from(PATHS[:3]))
def test_any_comms_body_gets_an_answer_with_a_request_id(line: Line, body: bytes, path: str) -> None:
    status, answer = line.ask("POST", path, body, {"content-type": "application/json"})
    assert is_clean(status, answer)
    said = json.loads(answer)
    assert said["requestId"]
    assert said["code"] in {"0000", "1005"}


def sealed(params: dict[str, str]) -> str:
    """Return the query of a sealed RPC request."""

    def quote(text: str) -> str:
        return urllib.parse.quote(text, safe="-_.~", errors="replace")

    canonical = "&".join(f"{quote(key)}={quote(value)}" for key, value in sorted(params.items()))
    to_sign = f"POST&{quote('/')}&{quote(canonical)}"
    digest = hmac.new(b"ExampleSecretForVectors+/=0001&", to_sign.encode(), hashlib.sha1).digest()
    return f"{canonical}&Signature={quote(base64.b64encode(digest).decode())}"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = [
    "PhoneNumbers",
    "SignName",
    "TemplateCode",
    "TemplateParam",
    "OutId",
    "SmsUpExtendCode",
    "CardTemplateCode",
    "FallbackType",
    "SmsTemplateCode",
    "SmsTemplateParam",
    "DigitalTemplateCode",
    "PhoneNumberJson",
    "SignNameJson",
    "TemplateParamJson",
    "CardTemplateParamJson",
    "PhoneNumber",
    "SendDate",
    "PageSize",
    "CurrentPage",
    "BizId",
    "Mobiles",
    "CardObjects.1.mobile",
    "CardObjects.2.dyncParams",
    "CardObjects.99999999999.mobile",
    "CardObjects.x",
    "Mobiles.1.#6#mobile",
]
hints = [
    "13900000001",
    "阿里云",
    "SMS_480680001",
    "CARD_SMS_70",
    "SMS",
    "DIGITALSMS",
    "NONE",
    '{"code":"1"}',
    '["13900000001"]',
    "[[[[",
]


@calm
@given(
    action=st.sampled_from(
        [
            "SendSms",
            "SendBatchSms",
            "SendCardSms",
            "SendBatchCardSms",
            "QuerySendDetails",
            "GetCardSmsDetails",
            "QueryMobilesCardSupport",
            "CheckMobilesCardSupport",
            "AddSmsSign",
            "Nonsense",
        ]
    ),
    params=st.dictionaries(st.sampled_from(names), st.sampled_from(hints) | texts, max_size=8),
    nonce=st.uuids(),
)
def test_any_sealed_alibaba_action_gets_an_answer(
    line: Line, action: str, params: dict[str, Any], nonce: object
) -> None:
    common = {
        "Action": action,
        "Version": "2017-05-25",
        "AccessKeyId": "LTAI5tEXAMPLEonly00001",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": str(nonce),
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "Format": "JSON",
    }
    status, answer = line.ask("POST", "/?" + sealed(common | params), b"", {})
    assert is_clean(status, answer)
    said = json.loads(answer)
    assert said["Code"] != "SignatureDoesNotMatch"
    assert said["RequestId"]


@calm
@given(body=documents, mobile=st.sampled_from(["13788888888", "1", "", "+86 137"]), multi=st.booleans())
def test_any_sealed_yundashi_body_gets_an_answer(line: Line, body: dict[str, Any], mobile: str, multi: bool) -> None:
    now = int(time.time())
    text = f"appkey=kdemo0123456789&random=7226249334&time={now}&mobile={mobile}"
    tel = {"nationcode": "86", "mobile": mobile}
    body |= {"tel": [tel] if multi else tel, "time": now, "sig": hashlib.sha256(text.encode()).hexdigest()}
    target = "/intf/sendsms?sdkappid=1400000001&random=7226249334"
    status, answer = line.ask("POST", target, json.dumps(body).encode(), {"content-type": "application/json"})
    assert status == 200
    assert is_clean(status, answer)
    assert isinstance(json.loads(answer)["result"], int)
