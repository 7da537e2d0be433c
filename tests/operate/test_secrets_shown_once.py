"""Where people log in, a key's secret is told where it is made, and never again."""

import base64
from pathlib import Path

import aiohttp

from native.native_calls import TOKEN, serving


async def test_a_secret_is_told_once_and_neither_v1_nor_a_page_tells_it_again(tmp_path: Path) -> None:
    async with serving(tmp_path, dev=False) as api:
        headers = {"authorization": f"Bearer {TOKEN}"}
        body = {"name": "shop", "keys": ["alibaba", "comms"]}
        assert (await api("POST", "/v1/projects", json=body)).status == 401
        made = (await api("POST", "/v1/projects", json=body, headers=headers)).body
        key = made["credentials"]["alibaba"]
        assert len(key["secret"]) == 30
        assert key["secret"] not in str(made["project"]) + str(made["keys"])
        told = await api("GET", "/v1/projects/shop", headers=headers)
        assert key["secret"] not in str(told.body)
        path = f"/v1/projects/shop/keys/alibaba/{key['key']}"
        rotated = (await api("POST", f"{path}/rotate", json={"grace_h": 1}, headers=headers)).body
        assert rotated["secret"] not in {"", key["secret"]}
        listed = await api("GET", "/v1/projects/shop/keys", headers=headers)
        assert rotated["secret"] not in str(listed.body)
        basic = {"authorization": "Basic " + base64.b64encode(f"x:{TOKEN}".encode()).decode()}
        async with aiohttp.ClientSession() as session:
            for at in ("/projects/shop", f"/projects/shop/keys/alibaba/{key['key']}"):
                async with session.get(api.system.console_url.rstrip("/") + at, headers=basic) as page:
                    text = await page.text()
                    assert page.status == 200, text
                    assert rotated["secret"] not in text
                    assert key["secret"] not in text
