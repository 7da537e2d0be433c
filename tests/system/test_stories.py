"""`show` explains what happened, in both languages: the stories a caller asks for."""

import http.server
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from hongyan.model.world import Project
from hongyan.testing import Client
from hongyan.text.seals import nxcloud_headers, yundashi_sig
from local_vendor import LocalVendor


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    patient = Project(name="demo-nxcloud", paid_in="10000", allow_inside=True, push_retries_s=(0.05, 0.05))
    with LocalVendor(tmp_path_factory.mktemp("vendor"), world=[patient]) as running:
        yield running


@pytest.fixture
def client(vendor: LocalVendor) -> Client:
    return Client(vendor.api_url)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[int], list[bytes]]]:
    """A receiver: its address, the statuses it answers with (the last one for ever), the bodies it got."""
    statuses: list[int] = []
    bodies: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers.get("content-length", "0"))))
            status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
            said = b"success" if status == 200 else b"error"
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/dr", statuses, bodies
    server.shutdown()
    thread.join()
    server.server_close()


def told(story: Any, language: str = "en") -> list[str]:
    return [line[f"text_{language}"] for line in story["lines"]]


def final(client: Client, any_id: str, vendor: LocalVendor) -> Any:
    def ended() -> Any:
        story = client.show(any_id).json()
        return story if story["message"]["final"] else None

    return vendor.eventually(ended)


def posted(url: str, body: bytes, headers: dict[str, str]) -> tuple[Any, str]:
    """Return (answer, our request id)."""
    request = urllib.request.Request(url, body, {"content-type": "application/json"} | headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer), answer.headers["x-request-id"]


def bad_seal(story: Any) -> dict[str, Any]:
    facts: dict[str, Any] = story["lines"][-1]["facts"]
    assert (story["state"], facts["reason"]) == ("refused", "bad-seal")
    return facts


def test_a_wrong_nxcloud_digest_is_shown_beside_ours(vendor: LocalVendor, client: Client) -> None:
    body = b'{"appKey":"appdemo1","items":[]}'
    ts = time.time_ns() // 1_000_000
    right = nxcloud_headers("AKdemo0001", "SKdemo-s3cret", body, ts)
    answer, request_id = posted(vendor.api_url + "/v1/sms/multi/mt", body, right | {"sign": "0" * 32})
    assert answer["code"] == 1003
    facts = bad_seal(client.show(request_id).json())
    assert (facts["theirs"], facts["ours"]) == ("0" * 32, right["sign"])
    assert facts["string_to_sign"] == (
        f"accessKey=AKdemo0001&action=mtsend&bizType=3&ts={ts}&body={body.decode()}&accessSecret=***"
    )


def test_a_wrong_yundashi_digest_is_shown_beside_ours(vendor: LocalVendor, client: Client) -> None:
    """proves: yundashi#http.request-id"""
    now = int(time.time())
    body = {"tel": {"nationcode": "86", "mobile": "13788888888"}, "type": 0, "msg": "你的验证码是1", "sig": "f" * 64}
    path = "/intf/sendsms?sdkappid=1400000001&random=07"
    answer, request_id = posted(vendor.api_url + path, json.dumps(body | {"time": now}).encode(), {})
    assert answer["result"] == 1001
    facts = bad_seal(client.show(request_id).json())
    assert facts["theirs"] == "f" * 64
    assert facts["ours"] == yundashi_sig("kdemo0123456789", "07", now, ("13788888888",))
    assert facts["string_to_sign"] == f"appkey=***&random=07&time={now}&mobile=13788888888"


def test_a_wrong_gateway_digest_is_shown_beside_ours(vendor: LocalVendor, client: Client) -> None:
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)) + "000"
    envelope = {"appCode": "acdemo", "act": "comms/sms/sendmsg", "bizNo": "b1", "timestamp": stamp, "type": "3"}
    answer = vendor.post_json("/gateways", envelope | {"bizContent": "{}", "sign": "a" * 32})
    facts = bad_seal(client.show(answer["requestId"]).json())
    assert facts["theirs"] == "a" * 32
    assert len(facts["ours"]) == 32
    assert facts["string_to_sign"] == f"b1&acdemo&{{}}&{stamp}&***"


def test_a_wrong_alibaba_digest_is_shown_beside_ours(vendor: LocalVendor) -> None:
    client = Client(vendor.api_url, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "not the secret")})
    answer = client.send_alibaba("13800138003").json()
    assert answer["Code"] == "SignatureDoesNotMatch"
    facts = bad_seal(client.show(answer["RequestId"]).json())
    assert facts["theirs"] != facts["ours"]
    assert facts["string_to_sign"].startswith("ACS3-HMAC-SHA256\n")


def test_a_refused_item_is_found_by_the_request_and_beside_its_neighbours(vendor: LocalVendor, client: Client) -> None:
    items = [{"phone": "12", "content": "x"}, {"phone": "8613800138009", "content": "x"}]
    body = json.dumps({"appKey": "appdemo1", "items": items}).encode()
    headers = nxcloud_headers("AKdemo0001", "SKdemo-s3cret", body, time.time_ns() // 1_000_000)
    answer, request_id = posted(vendor.api_url + "/v1/sms/multi/mt", body, headers)
    assert [row["status"] for row in answer["data"]] == ["Failure", "Success"]
    story = vendor.eventually(lambda: _with_refusal(client.show(request_id).json()))
    assert story["message"]["to"] == "8613800138009"
    assert "refused: item 0: The phone number is not valid." in told(story)


def _with_refusal(story: Any) -> Any:
    return story if any(line["facts"].get("reason") for line in story["lines"]) else None


def test_a_throttled_message_says_who_put_it_off_and_which_attempt_went(vendor: LocalVendor, client: Client) -> None:
    sent = client.send("13800004021", "hello").json()["messages"][0]
    story = final(client, sent["id"], vendor)
    english, chinese = told(story), told(story, "zh")
    assert "put off: tried again later: simulator: THROTTLED too many messages a second" in english
    assert "carrier simulator took it (attempt 2)" in english
    assert "运营商 simulator 已接收（第 2 次）" in chinese
    assert story["state"] == "delivered"
    for step in ("number", "content", "consent", "limits", "price"):
        assert any(line.startswith(f"{step}: ") for line in english)
    assert not any("|" in line for line in english + chinese)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("13800138002", "card: CARD_SMS_70 was not sent: the number does not show cards; the fallback is"),
        ("13800138001", "card: the number shows cards"),
    ],
)
def test_a_card_or_its_fallback_is_explained(vendor: LocalVendor, client: Client, number: str, why: str) -> None:
    data = client.send_card(number).json()["Data"]
    business_id = data["BizCardId"] or data["BizSmsId"]
    assert why in told(client.show(business_id).json())


def test_a_push_that_failed_and_went_again_is_told(
    vendor: LocalVendor, client: Client, receiver: tuple[str, list[int], list[bytes]]
) -> None:
    url, statuses, bodies = receiver
    statuses[:] = [500, 200]
    client.send_nxcloud("8613800138002", "hello", sysMessageId="pushed-twice", drUrl=url)
    vendor.eventually(lambda: len(bodies) == 2)
    story = vendor.eventually(lambda: _pushed(client.show("pushed-twice").json()))
    pushes = [line for line in told(story) if "push" in line]
    assert pushes[0].startswith(f"a push failed: {url} answered 500 in ")
    assert pushes[0].endswith("ms: error; again in 0.05 s")
    assert pushes[1].startswith(f"pushed to the caller: {url} answered 200 in ")
    assert bodies[0] == bodies[1]


def _pushed(story: Any) -> Any:
    return story if any(line["facts"].get("kind") == "push" for line in story["lines"]) else None


def test_a_push_to_our_own_side_of_the_wall_is_told_as_not_made(vendor: LocalVendor, client: Client) -> None:
    address = "http://169.254.169.254/latest/meta-data"
    client.send_nxcloud("8613800138002", "hello", sysMessageId="pushed-inside", drUrl=address)

    def failed() -> Any:
        lines = told(client.show("pushed-inside").json())
        return next((line for line in lines if "given up after 3 calls" in line), None)

    assert "not called: 169.254.169.254 is not an address on the outside" in vendor.eventually(failed)
