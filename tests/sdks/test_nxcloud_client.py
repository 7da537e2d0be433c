"""A customer's Python client for NXCloud, written from the vendor's page alone, against everything running."""

import asyncio
import hashlib
import json
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from local_vendor import LocalVendor


class NxClient:
    """Signs and sends, with nothing but the standard library."""

    def __init__(self, base: str, access_key: str = "AKdemo0001", secret: str = "SKdemo-s3cret") -> None:
        self.base, self.access_key, self.secret = base, access_key, secret

    def sign(self, params: dict[str, str], body: str, algorithm: str = "md5") -> str:
        text = "&".join(f"{name}={params[name]}" for name in sorted(params))
        if body:
            text += "&body=" + body
        text += "&accessSecret=" + self.secret
        return hashlib.new(algorithm, text.encode()).hexdigest()

    async def send(self, app: str, items: list[dict[str, str]], algorithm: str | None = None, path: str = "") -> Any:
        body = json.dumps({"appKey": app, "items": items}, ensure_ascii=False)
        params = {"accessKey": self.access_key, "action": "mtsend", "bizType": "3", "ts": str(int(time.time() * 1000))}
        headers = {**params, "sign": self.sign(params, body, algorithm or "md5"), "Content-Type": "application/json"}
        if algorithm:
            headers["algorithm"] = algorithm
        return await asyncio.to_thread(self._post, path or "/v1/sms/multi/mt", body.encode(), headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(self.base + path, body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
            return json.load(answer)


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[str, "asyncio.Queue[dict[str, str]]"]]:
    """A customer's receipt endpoint: reads the form, says success."""
    came: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        came.put_nowait({name: values[0] for name, values in parse_qs(await request.text()).items()})
        return web.Response(text="success")

    app = web.Application()
    app.router.add_post("/dr", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/dr", came
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("md5", "b03ad4dd6480410c651c5ffbd9278cc8"),
        ("sha256", "62b45fcd916d979882aee3bb746a6d81b7b834e6c7ee13aee04dd5a84136129d"),
    ],
)
def test_the_client_signs_the_published_vectors(algorithm: str, expected: str) -> None:
    params = {"accessKey": "AKdemo0001", "action": "mtsend", "bizType": "3", "ts": "1700000000000"}
    body = (
        '{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"你好 code 1234",'
        '"sysMessageId":"demo-0000000001"}]}'
    )
    assert NxClient("").sign(params, body, algorithm) == expected


async def test_sends_in_bulk_and_hears_of_each_message(vendor: LocalVendor) -> None:
    """proves: nxcloud#push.form, nxcloud#push.fields, nxcloud#items.drUrl"""
    async with receiving() as (url, came):
        items = [
            {
                "phone": f"86138001380{n:02}",
                "content": f"您的验证码为 {n}",
                "sysMessageId": f"order-00000{n:02}",
                "drUrl": url,
                "ext": f"n={n}&更多",
            }
            for n in range(11, 21)
        ]
        answer = await NxClient(vendor.api_url).send("appdemo1", items)
        assert (answer["code"], answer["message"]) == (0, "Success")
        assert [row["messageid"] for row in answer["data"]] == [item["sysMessageId"] for item in items]
        assert {row["status"] for row in answer["data"]} == {"Success"}
        async with asyncio.timeout(20):
            told = [await came.get() for _ in items]
    by_id = {one["messageid"]: one for one in told}
    for item in items:
        one = by_id[item["sysMessageId"]]
        assert (one["phone"], one["ext"]) == (item["phone"], item["ext"])
        assert (one["status"], one["result"], one["size"], one["currency"]) == ("2", "DELIVRD", "1", "CNY")
        assert time.strptime(one["drtime"], "%Y-%m-%d %H:%M:%S") >= time.strptime(one["sendtime"], "%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("algorithm", [None, "md5", "sha256"])
@pytest.mark.parametrize("path", ["/v1/sms/multi/mt", "/api/sms/multi/mt"])
async def test_signs_either_way_on_either_path(vendor: LocalVendor, algorithm: str | None, path: str) -> None:
    """proves: nxcloud#bulk.path, nxcloud#auth.algorithm, nxcloud#auth.names"""
    items = [{"phone": "18651883168", "content": "content1"}]
    answer = await NxClient(vendor.api_url).send("appdemo1", items, algorithm, path)
    (row,) = answer["data"]
    assert (row["phone"], row["status"]) == ("8618651883168", "Success")
    assert row["messageid"].isdigit()


async def test_learns_which_items_failed(vendor: LocalVendor) -> None:
    """proves: nxcloud#answer.partial"""
    items = [
        {"phone": "18651883168", "content": "content1", "sysMessageId": "msg001"},
        {"phone": "no number", "content": "content2", "sysMessageId": "msg002"},
        {"phone": "18651883168", "content": "x" * 1001, "sysMessageId": "msg003"},
        {"phone": "18651883168", "content": "content4", "sourceAddress": "a-b"},
    ]
    answer = await NxClient(vendor.api_url).send("appdemo1", items)
    assert answer["code"] == 0
    assert [row["status"] for row in answer["data"]] == ["Success", "Failure", "Failure", "Failure"]
    assert [row.get("message", "")[:26] for row in answer["data"]] == [
        "",
        "Incorrect phone number for",
        "Exceeded content length li",
        "Incorrect source address (",
    ]


async def test_learns_why_a_request_failed(vendor: LocalVendor) -> None:
    """proves: nxcloud#answer.request-error"""
    items = [{"phone": f"1380013800{n}", "content": "code 1234"} for n in range(6)]
    client = NxClient(vendor.api_url)
    assert await client.send("appdemo1", []) == {"code": 9000, "message": "Request parameter error", "data": None}
    assert (await client.send("nobody", items))["code"] == 13002
    assert (await client.send("appotp1", items))["code"] == 13010
    assert (await NxClient(vendor.api_url, secret="SKother").send("appdemo1", items))["code"] == 1003
    assert (await NxClient(vendor.api_url, access_key="AKother").send("appdemo1", items))["code"] == 1005


async def test_sends_200_at_once(vendor: LocalVendor) -> None:
    """proves: nxcloud#body.items"""
    items = [{"phone": f"1380013{n:04}", "content": "code 1234"} for n in range(1, 202)]
    client = NxClient(vendor.api_url)
    answer = await client.send("appdemo1", items[:200])
    assert [row["status"] for row in answer["data"]] == ["Success"] * 200
    assert len({row["messageid"] for row in answer["data"]}) == 200
    assert (await client.send("appdemo1", items))["code"] == 9000
