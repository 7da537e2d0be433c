import asyncio
import contextlib
import io
from typing import Any

import pytest

from native.native_calls import TOKEN, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")
OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
ROBOT = {"Authorization": "Bearer robot.s3cret"}
ONE = {"to": "13800138001", "text": "hello"}


async def test_dev_needs_no_token_on_this_machine(api: Api) -> None:
    assert (await api("GET", "/v1/messages")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8050"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "["},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_dev_refuses_pages_from_elsewhere(api: Api, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/v1/messages"), ("DELETE", "/v1/messages"), ("POST", "/v1/messages")):
        said = await api(method, path, headers=headers, json=ONE if method == "POST" else None)
        assert (said.status, said.body["error"]["reason"]) == (403, "not-permitted")


@pytest.mark.parametrize(
    "headers", [{"Host": "localhost:1"}, {"Origin": "http://localhost:8051"}, {"Host": "[::1]:8050"}]
)
async def test_dev_takes_pages_of_this_machine(api: Api, headers: dict[str, str]) -> None:
    assert (await api("GET", "/v1/messages", headers=headers)).status == 200


async def test_who_comes_through_a_proxy_is_not_on_this_machine(api: Api) -> None:
    said = await api("GET", "/v1/messages", headers={"X-Forwarded-For": "203.0.113.9"})
    assert (said.status, said.body["error"]["reason"]) == (401, "missing-seal")


async def test_serve_wants_a_token_and_deletes_nothing(running_serve: Api) -> None:
    said = await running_serve("GET", "/v1/messages")
    assert (said.status, said.body["error"]["reason"]) == (401, "missing-seal")
    assert (await running_serve("GET", "/v1/messages", headers=OPERATOR)).status == 200
    said = await running_serve("DELETE", "/v1/messages", headers=OPERATOR)
    assert (said.status, said.body["error"]["reason"]) == (403, "not-permitted")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Bearer wrong", "unknown-key"),
        ("Bearer robot.wrong", "bad-seal"),
        ("Bearer robot.", "bad-seal"),
        ("Bearer nobody.s3cret", "unknown-key"),
        ("Bearer off.s3cret", "disabled-key"),
        ("Bearer é", "unknown-key"),
        ("Basic cm9ib3Q6czNjcmV0", "bad-seal-method"),
    ],
)
async def test_refuses_wrong_tokens(running_serve: Api, header: str, reason: str) -> None:
    said = await running_serve("GET", "/v1/messages", headers={"Authorization": header})
    assert said.body["error"]["reason"] == reason
    assert "s3cret" not in str(said.body)


async def test_a_key_sees_and_sends_for_its_own_project_alone(running_serve: Api) -> None:
    ask = running_serve
    sent = await ask("POST", "/v1/messages", json=ONE, headers=ROBOT)
    assert sent.body["messages"][0]["project"] == "other"
    foreign = await ask("POST", "/v1/messages", json=ONE | {"project": "demo"}, headers=OPERATOR)
    foreign_id = foreign.body["messages"][0]["id"]
    listed = await ask("GET", "/v1/messages?project=demo", headers=ROBOT)
    assert {row["project"] for row in listed.body["messages"]} <= {"other"}
    assert (await ask("GET", f"/v1/messages/{foreign_id}", headers=ROBOT)).status == 404
    assert (await ask("GET", f"/v1/messages/{foreign.body['request_id']}", headers=ROBOT)).status == 404
    for path in ("/v1/balance/demo", "/v1/unclaimed"):
        assert (await ask("GET", path, headers=ROBOT)).body["error"]["reason"] == "not-permitted"
    said = await ask("POST", "/v1/messages", json=ONE | {"project": "demo"}, headers=ROBOT)
    assert said.body["error"]["reason"] == "not-permitted"
    assert (await ask("GET", "/v1/balance/other", headers=ROBOT)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/v1/nothing", 404, "unknown-path"),
        ("GET", "/v1", 404, "unknown-path"),
        ("GET", "/v1/messages/", 404, "unknown-path"),
        ("PUT", "/v1/messages", 405, "unknown-method"),
        ("GET", "/v1/messages?limit=0", 400, "bad-field"),
        ("GET", "/v1/messages?limit=9999999999999999999999", 400, "bad-field"),
        ("GET", "/v1/messages?before=99999999999999999999", 400, "bad-field"),
        ("GET", "/v1/messages?state=lost", 400, "bad-field"),
        ("GET", "/v1/messages?since=yesterday", 400, "bad-field"),
        ("GET", "/v1/messages?text=%00", 400, "bad-field"),
        ("GET", "/v1/messages?nonsense=1", 400, "bad-field"),
        ("GET", "/v1/wait", 400, "missing-field"),
        ("GET", "/v1/wait?to=1&timeout=61", 400, "bad-field"),
        ("GET", "/v1/wait?to=1&timeout=nan", 400, "bad-field"),
    ],
)
async def test_answers_odd_requests_in_its_own_words(
    api: Api, method: str, path: str, status: int, reason: str
) -> None:
    said = await api(method, path)
    assert (said.status, said.body["error"]["reason"]) == (status, reason)
    assert said.headers["x-request-id"].startswith("hy-")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"to": "13800138001", "text": "\\ud800"}',
        b"[" * 100_000,
        b'{"to": "13800138001", "text": ' + b'{"a":' * 50_000,
        b"null",
        b"",
    ],
)
async def test_broken_json_is_a_refusal_and_no_crash(api: Api, body: bytes) -> None:
    said = await api("POST", "/v1/messages", data=body, headers={"Content-Type": "application/json"})
    assert said.status == 400
    assert said.body["error"]["reason"] in {"bad-request", "bad-field", "missing-field"}


async def test_refuses_a_body_over_the_limit(api: Api) -> None:
    with contextlib.suppress(ConnectionError):
        said = await api(
            "POST", "/v1/messages", data=io.BytesIO(b" " * (2 << 20)), headers={"Content-Type": "application/json"}
        )
        assert (said.status, said.body["error"]["reason"]) == (413, "too-large")


async def test_describes_itself_without_anybody_elses_assets(api: Api) -> None:
    said = await api("GET", "/v1/openapi.json")
    paths = set(said.body["paths"])
    assert {"/v1/messages", "/v1/messages/{message_id}", "/v1/wait", "/v1/balance/{project}"} <= paths
    assert (await api("GET", "/docs")).status == 200  # the handbook; /v1 has no pages of its own
    assert (await api("GET", "/v1/docs")).status == 404


async def test_many_waits_at_once_leave_room_for_others(api: Api) -> None:
    waiting: list[asyncio.Task[Any]] = [
        asyncio.create_task(api("GET", f"/v1/wait?to=1380013{place:04d}&timeout=20")) for place in range(50)
    ]
    await asyncio.gather(
        *(
            api("POST", "/v1/messages", json={"to": f"1380013{place:04d}", "text": f"code {place:04d}"})
            for place in range(50)
        )
    )
    answers = await asyncio.gather(*waiting)
    assert [answer.body["code"] for answer in answers] == [f"{place:04d}" for place in range(50)]
