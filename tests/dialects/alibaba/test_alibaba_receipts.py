"""A receipt reaches the caller's address by itself, in the vendor's shape."""

import json
import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import alibaba_seals as seals
from hongyan.model.world import Key, Project, Signature, Template
from local_vendor import LocalVendor

Calls = queue.Queue[Any]


@pytest.fixture
def receiver() -> Iterator[tuple[str, Calls]]:
    calls: Calls = queue.Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            answer = b'{"code":0,"msg":"taken"}'
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/reports", calls
        server.shutdown()
        thread.join()


def test_receipts_of_texts_are_pushed(tmp_path: Path, receiver: tuple[str, Calls]) -> None:
    """proves: alibaba#push.SmsReport, alibaba#push.fields."""
    url, calls = receiver
    world = (
        Project(name="told", paid_in="10", callbacks={"alibaba": url}, allow_inside=True),
        Key(project="told", dialect="alibaba", name="told", secret="s"),
        Signature(project="told", name="阿里云"),
        Template(project="told", dialect="alibaba", name="SMS_1", body="取件码${code}"),
    )
    params = {
        "PhoneNumbers": "13800004001,13800004041",
        "SignName": "阿里云",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"code":"1"}',
        "OutId": "mine",
    }
    with LocalVendor(tmp_path / "vendor", world=world) as vendor:
        date = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        request = seals.rpc("SendSms", params, nonce="n", key_id="told", secret="s", date=date)
        status, text = vendor.call("GET", f"/?{request.query.decode()}")
        assert status == 200
        biz_id = json.loads(text)["BizId"]
        told: dict[str, dict[str, Any]] = {}
        while len(told) < 2:
            told |= {one["phone_number"]: one for one in calls.get(timeout=10)}
    delivered, failed = told["13800004001"], told["13800004041"]
    assert (delivered["success"], delivered["err_code"]) == (True, "DELIVERED")
    assert failed["success"] is False
    assert failed["err_code"] != "DELIVERED"
    for one in (delivered, failed):
        assert (one["biz_id"], one["out_id"], one["sms_size"]) == (biz_id, "mine", "1")
