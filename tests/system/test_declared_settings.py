"""What a world declares is what a running system does: one small world, each setting seen from outside."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from hongyan.model.clock import BEIJING
from hongyan.model.limits import Limit, Span
from hongyan.model.message import Category
from hongyan.model.world import (
    App,
    CarrierConfig,
    Choice,
    Declared,
    Key,
    Price,
    Project,
    RouteConfig,
    Stop,
    Template,
)
from hongyan.testing import Client
from hongyan.text.seals import nxcloud_headers
from local_vendor import LocalVendor

SECRET = "a secret of the tests"


def closed_hours() -> tuple[int, int]:
    """Return hours of marketing that are far from now."""
    hour = datetime.now(BEIJING).hour
    return (hour + 2, 24) if hour < 21 else (0, hour - 1)


def open_hours() -> tuple[int, int]:
    return (0, 24)


def owned(name: str, **fields: Any) -> list[Declared]:
    """A project with a comms key (its name is the APPCODE) and a template of every category."""
    codes = [
        Template(project=name, dialect="comms", name=str(category), body="{0}", category=category)
        for category in Category
    ]
    given: dict[str, Any] = {"paid_in": "100", "allow_inside": True} | fields
    project = Project(name=name, **given)
    return [project, Key(project=name, dialect="comms", name=name, secret=SECRET, auth="appcode"), *codes]


WORLD: list[Declared] = [
    *owned("plain"),
    *owned("short-window", pull_window_s=1),
    *owned("closed", quiet_hours=closed_hours()),
    *owned("open", quiet_hours=open_hours()),
    *owned("impatient", validity_s=1),
    *owned("refunding", refund_failed=True),
    *owned("keywords", keywords=("赌博", "casino")),
    *owned("mainland", countries=("CN",)),
    *owned("brief", max_length=5),
    *owned("calls", push_retries_s=(0.05, 0.05)),
    *owned("careful"),
    *owned("careless", retry_unsure=(Category.CAPTCHA,)),
    *owned("poor", paid_in="0.05"),
    *owned("credited", paid_in="0.05", credit_line="0.05"),
    *owned("limited", limits=(Limit(permits=1, span=Span.HOUR),)),
    *owned("shut", enabled=False),
    *owned("dear"),
    *owned("stopped"),
    Stop(project="stopped", name="8613800138001"),
    Stop(project="stopped", name="8613800138002", marketing_only=False),
    Price(project="dear", name="86", each="7.5"),
    CarrierConfig(name="dead", settings={"profile": "dead"}),
    CarrierConfig(name="forgetful", settings={"repeatable": False, "receipt_delay_ms": 20}),
    RouteConfig(name="dead", order=1, projects=("impatient",), choices=(Choice(carrier="dead"),)),
    RouteConfig(name="forgetful", order=2, projects=("careful", "careless"), choices=(Choice(carrier="forgetful"),)),
    Key(project="plain", dialect="comms", name="slow", secret=SECRET, auth="appcode", rate_per_second=2),
    Key(
        project="plain", dialect="comms", name="fenced", secret=SECRET, auth="appcode", allow_addresses=("10.0.0.0/8",)
    ),
    Key(project="plain", dialect="comms", name="off", secret=SECRET, auth="appcode", enabled=False),
    Key(project="plain", dialect="comms", name="unstated", secret=SECRET),
    Project(name="nx", paid_in="100", allow_inside=True, keywords=("casino",)),
    Key(project="nx", dialect="nxcloud", name="AKtest", secret=SECRET),
    Project(name="nx-shut", enabled=False),
    Key(project="nx-shut", dialect="nxcloud", name="AKshut", secret=SECRET),
    Project(name="nx-poor", paid_in="0.05"),
    Key(project="nx-poor", dialect="nxcloud", name="AKpoor", secret=SECRET),
    App(project="nx-poor", name="poor"),
    App(project="nx", name="strict", strict_client_id=True),
    App(project="nx", name="american", default_country="1"),
    App(project="nx", name="fenced", allow_addresses=("10.0.0.0/8",)),
    App(project="nx", name="paced", rate_per_second=2),
    App(project="nx", name="off", enabled=False),
    App(project="nx", name="few", verification=True, max_numbers=2),
]


@pytest.fixture(scope="module")
def receiver() -> Iterator["Receiver"]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory, receiver: "Receiver") -> Iterator[LocalVendor]:
    told = [
        *owned("called", callbacks={"comms": f"{receiver.url}/project"}),
        App(project="nx", name="old", report_to=f"{receiver.url}/old?a=1", report_in_query=True, cny_rate="7.1"),
        App(project="nx", name="again", report_to=f"{receiver.url}/fails/app", push_retries_s=(0.05,)),
    ]
    with LocalVendor(tmp_path_factory.mktemp("vendor"), world=[*WORLD, *told]) as running:
        yield running


class Receiver:
    """Remembers what is posted to it; below `/fails` it says no."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        got = self.got

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
                got.append((self.path, body))
                said = b"error" if self.path.startswith("/fails") else b"success"
                self.send_response(500 if said == b"error" else 200)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def at(self, path: str) -> Callable[[], list[str]]:
        return lambda: [body for where, body in self.got if where.split("?")[0] == path]


def comms(vendor: LocalVendor, key: str, mobile: str = "+8613800138000", text: str = "hi", **fields: str) -> Any:
    body = {"mobile": mobile, "templateID": "notification", "templateParamSet": json.dumps([text])} | fields
    return vendor.post_json("/comms/sms/sendmsg", body, authorization=f"APPCODE {key}")


def taken(answer: Any) -> str:
    assert answer["code"] == "0000", answer
    return str(answer["externalId"])


def why(vendor: LocalVendor, answer: Any) -> str:
    """Return the reason that `show` knows of a refused comms request."""
    assert answer["code"] == "1005", answer
    story = vendor.eventually(lambda: _told(vendor.get_json(f"/v1/messages/{answer['requestId']}")))
    return str(story["reasons"][0])


def _told(story: Any) -> Any:
    return story if "reasons" in story else None


def ended(vendor: LocalVendor, any_id: str) -> Any:
    def message() -> Any:
        found = vendor.get_json(f"/v1/messages/{any_id}")["message"]
        return found if found["final"] else None

    return vendor.eventually(message)


def nx(vendor: LocalVendor, app: str, *items: dict[str, Any], key: str = "AKtest") -> Any:
    body = json.dumps({"appKey": app, "items": items}).encode()
    headers = nxcloud_headers(key, SECRET, body, time.time_ns() // 1_000_000)
    _, text = vendor.call("POST", "/v1/sms/multi/mt", body, content_type="application/json", **headers)
    return json.loads(text)


def item(phone: str = "8613800138000", **fields: Any) -> dict[str, Any]:
    return {"phone": phone, "content": "hello"} | fields


# --- projects


def test_a_status_is_pulled_as_long_as_the_project_says(vendor: LocalVendor) -> None:
    """proves: comms#pull.window"""
    external_id = taken(comms(vendor, "short-window"))

    def pulled() -> Any:
        asked = {"externalId": external_id}
        return vendor.post_json("/comms/sms/pullSmsSendStatus", asked, authorization="APPCODE short-window")

    vendor.eventually(lambda: pulled().get("status") == "200")
    assert vendor.eventually(lambda: pulled()["code"] == "1005")


def test_marketing_keeps_to_the_projects_hours(vendor: LocalVendor) -> None:
    refused = comms(vendor, "closed", templateID="marketing")
    assert why(vendor, refused) == "quiet-hours"
    taken(comms(vendor, "closed"))
    taken(comms(vendor, "open", templateID="marketing"))


def test_a_message_is_tried_as_long_as_the_project_says_and_then_paid_back(vendor: LocalVendor) -> None:
    message = ended(vendor, taken(comms(vendor, "impatient")))
    assert (message["state"], message["refunded"]) == ("expired", True)
    assert vendor.get_json("/v1/balance/impatient")["balance"] == "100"


@pytest.mark.parametrize(("project", "refunded"), [("plain", False), ("refunding", True)])
def test_an_undelivered_message_is_paid_back_where_the_project_says_so(
    vendor: LocalVendor, project: str, refunded: bool
) -> None:
    message = ended(vendor, taken(comms(vendor, project, "+8613800004041")))
    assert (message["state"], message["refunded"]) == ("undelivered", refunded)


@pytest.mark.parametrize(
    ("project", "category", "state", "attempts"),
    [
        ("careful", "captcha", "unknown", 1),
        ("careful", "notification", "delivered", 2),
        ("careless", "captcha", "delivered", 2),
        ("careless", "notification", "unknown", 1),
    ],
)
def test_an_unsure_hand_over_is_repeated_for_the_projects_categories(
    vendor: LocalVendor, project: str, category: str, state: str, attempts: int
) -> None:
    external_id = taken(comms(vendor, project, "+8613800004101", templateID=category))
    message = ended(vendor, external_id)
    assert (message["state"], message["attempts"], message["refunded"]) == (state, attempts, False)
    lines = [line["text_en"] for line in vendor.get_json(f"/v1/messages/{external_id}")["lines"]]
    told = "it is handed over again" if attempts == 2 else "it is not handed over again"
    assert any("answer was lost" in line and line.endswith(told) for line in lines)


@pytest.mark.parametrize(
    ("project", "mobile", "text", "reason"),
    [
        ("keywords", "+8613800138000", "去CASINO玩", "keyword"),
        ("mainland", "+12025550123", "hi", "region-refused"),
        ("brief", "+8613800138000", "123456", "content-too-long"),
        ("poor", "+8613800138000", "字" * 71, "no-balance"),
        ("shut", "+8613800138000", "hi", "project-closed"),
        ("stopped", "+8613800138002", "hi", "opted-out"),
    ],
)
def test_a_project_refuses_what_it_says(vendor: LocalVendor, project: str, mobile: str, text: str, reason: str) -> None:
    assert why(vendor, comms(vendor, project, mobile, text)) == reason


def test_what_is_just_allowed_is_taken(vendor: LocalVendor) -> None:
    taken(comms(vendor, "keywords", text="cas ino"))
    taken(comms(vendor, "mainland"))
    taken(comms(vendor, "brief", text="12345"))
    taken(comms(vendor, "credited", text="字" * 71))
    taken(comms(vendor, "stopped", "+8613800138001"))
    assert why(vendor, comms(vendor, "stopped", "+8613800138001", templateID="marketing")) == "opted-out"


def test_a_number_gets_as_many_as_the_project_says(vendor: LocalVendor) -> None:
    taken(comms(vendor, "limited", "+8613800138021"))
    assert why(vendor, comms(vendor, "limited", "+8613800138021")) == "number-limit"
    taken(comms(vendor, "limited", "+8613800138022"))


def test_a_projects_own_price_is_charged(vendor: LocalVendor) -> None:
    taken(comms(vendor, "dear", text="字" * 71))
    assert vendor.get_json("/v1/balance/dear")["balance"] == "85"


def test_a_receipt_goes_to_the_projects_address(vendor: LocalVendor, receiver: Receiver) -> None:
    """proves: comms#push.body, comms#push.answer"""
    external_id = taken(comms(vendor, "called"))
    vendor.eventually(receiver.at("/project"))
    told = json.loads(receiver.at("/project")()[0])
    assert (told["externalId"], told["status"], told["mobile"]) == (external_id, "200", "+8613800138000")


def test_a_push_is_repeated_as_often_as_the_project_says(vendor: LocalVendor, receiver: Receiver) -> None:
    """proves: comms#push.retries, comms#send.callbackUrl"""
    external_id = taken(comms(vendor, "calls", callbackUrl=f"{receiver.url}/fails/project"))

    def given_up() -> Any:
        lines = [line["text_en"] for line in vendor.get_json(f"/v1/messages/{external_id}")["lines"]]
        return any("given up after 3 calls" in line for line in lines)

    vendor.eventually(given_up)
    assert len(receiver.at("/fails/project")()) == 3


# --- keys


@pytest.mark.parametrize(
    ("key", "status", "reason"),
    [
        ("fenced", 401, "address-refused"),
        ("off", 401, "disabled-key"),
        ("unstated", 401, "bad-seal-method"),
        ("nobody", 401, "unknown-key"),
    ],
)
def test_a_key_is_refused(vendor: LocalVendor, key: str, status: int, reason: str) -> None:
    """proves: comms#auth.appcode, comms#auth.failed"""
    body = json.dumps({"mobile": "13800138000", "templateID": "notification"}).encode()
    given = {"content_type": "application/json", "authorization": f"APPCODE {key}"}
    got, text = vendor.call("POST", "/comms/sms/sendmsg", body, **given)
    assert (got, why(vendor, json.loads(text))) == (status, reason)


def test_a_key_has_its_pace(vendor: LocalVendor) -> None:
    """proves: comms#rate"""
    answers = [comms(vendor, "slow") for _ in range(4)]
    assert answers[0]["code"] == "0000"
    assert why(vendor, next(one for one in answers if one["code"] != "0000")) == "too-fast"


# --- NXCloud's applications


def test_a_strict_application_wants_ten_characters(vendor: LocalVendor) -> None:
    """proves: nxcloud#items.sysMessageId"""
    rows = nx(vendor, "strict", item(sysMessageId="msg001"), item(sysMessageId="msg0000001"))["data"]
    assert [(row["status"], row.get("message")) for row in rows] == [
        ("Failure", "Request parameter error"),
        ("Success", None),
    ]


def test_an_application_has_its_own_country(vendor: LocalVendor) -> None:
    """proves: nxcloud#items.phone"""
    rows = nx(vendor, "american", item("2025550123"), item("+8613800138000"))["data"]
    assert [row["phone"] for row in rows] == ["12025550123", "8613800138000"]


@pytest.mark.parametrize(
    ("app", "key", "items", "code"),
    [
        ("fenced", "AKtest", 1, 13003),
        ("off", "AKtest", 1, 13002),
        ("appdemo1", "AKtest", 1, 13002),
        ("few", "AKtest", 3, 13010),
        ("poor", "AKpoor", 0, 9000),
        ("any", "AKshut", 1, 1100),
        ("strict", "AKtest", 201, 9000),
    ],
)
def test_a_whole_request_is_refused(vendor: LocalVendor, app: str, key: str, items: int, code: int) -> None:
    """proves: nxcloud#code.13003, nxcloud#code.13002, nxcloud#code.13010, nxcloud#code.9000, nxcloud#code.1100"""
    answer = nx(vendor, app, *[item()] * items, key=key)
    assert (answer["code"], answer["data"]) == (code, None)


def test_an_application_has_its_pace(vendor: LocalVendor) -> None:
    """proves: nxcloud#code.13008"""
    assert [nx(vendor, "paced", item(), item())["code"], nx(vendor, "paced", item(), item())["code"]] == [0, 13008]


def test_an_empty_balance_is_1102_and_a_short_one_fails_its_rows(vendor: LocalVendor) -> None:
    """proves: nxcloud#code.1102"""
    dear = item(content="字" * 71)
    assert nx(vendor, "poor", dear, key="AKpoor")["code"] == 1102
    rows = nx(vendor, "poor", item(), dear, key="AKpoor")["data"]
    assert [row.get("message") for row in rows] == [None, "Insufficient balance"]


def test_a_row_has_its_own_failure(vendor: LocalVendor) -> None:
    """proves: nxcloud#code.13001, nxcloud#code.13005, nxcloud#code.13006, nxcloud#code.13009"""
    wrong = [item("12"), item(content="x" * 1001), item(content=" "), item(content="Casino"), item(sourceAddress="-")]
    rows = nx(vendor, "strict", *wrong)["data"]
    assert [row["message"][:28] for row in rows] == [
        "Incorrect phone number forma",
        "Exceeded content length limi",
        "Empty content or illegal Key",
        "Empty content or illegal Key",
        "Incorrect source address (So",
    ]


def test_an_old_account_gets_its_receipt_in_the_query(vendor: LocalVendor, receiver: Receiver) -> None:
    """proves: nxcloud#push.query, nxcloud#push.fields"""
    nx(vendor, "old", item(sysMessageId="in-the-query", ext="a&b=中"))
    (where, body) = vendor.eventually(lambda: next((one for one in receiver.got if one[0].startswith("/old")), None))
    fields = parse_qs(urlsplit(where).query)
    assert body == ""
    assert (fields["a"], fields["messageid"], fields["ext"]) == (["1"], ["in-the-query"], ["a&b=中"])
    assert (fields["status"], fields["result"], fields["rate"], fields["price"]) == (
        ["2"],
        ["DELIVRD"],
        ["7.1"],
        ["0.045"],
    )


def test_an_application_says_how_often_a_receipt_is_repeated(vendor: LocalVendor, receiver: Receiver) -> None:
    """proves: nxcloud#push.once"""
    nx(vendor, "again", item())
    vendor.eventually(lambda: len(receiver.at("/fails/app")()) == 2)
    assert Client(vendor.api_url).messages(limit=1).status == 200
    assert len(receiver.at("/fails/app")()) == 2
