"""A card on the whole road: what the phone made of it, what its page shows, what it costs."""

import re
import time

import pytest

from hongyan.model.clock import beijing
from hongyan.testing.client import Client
from local_vendor import LocalVendor

PROJECT = "demo-alibaba"


@pytest.mark.parametrize(
    ("phone", "values", "shown", "status", "says"),
    [
        ("13900000011", {"param1": "李四"}, 1, 200, "李四，您有一个包裹到了"),
        ("13900014031", {"param1": "李四"}, 3, 200, "李四，您有一个包裹到了"),
        ("13900000013", {}, 3, 410, "这条卡片短信不会计费"),
    ],
)
def test_a_card_is_paid_for_when_it_was_shown(
    vendor: LocalVendor, phone: str, values: dict[str, str], shown: int, status: int, says: str
) -> None:
    """proves: alibaba#card.billing, alibaba#query.RenderStatus, cards#render.failed, cards#render.page."""
    client = Client(vendor.api_url)
    before = vendor.run(vendor.system.store.balance(PROJECT))
    assert client.send_card(phone, values, FallbackType="NONE").json()["Code"] == "OK"

    def record() -> dict[str, object] | None:
        asked = {"PhoneNumber": phone, "SendDate": f"{beijing(time.time_ns() // 1_000_000):%Y%m%d}"}
        found: dict[str, object] = client.alibaba("GetCardSmsDetails", asked).json()["CardSendDetailDTO"]["Records"][0]
        return found if found["SendStatus"] == 3 else None

    def page() -> tuple[int, str]:
        (message,) = vendor.get_json(f"/v1/messages?to={phone}")["messages"]
        link = re.search(r"/c/\w+$", message["text"])
        assert link
        return vendor.call("GET", link[0], user_agent="Mozilla/5.0 (iPhone)", accept_language="zh")

    assert vendor.eventually(record)["RenderStatus"] == shown
    for _ in range(2):
        found, body = page()
        assert found == status
        assert says in body
    balance = vendor.run(vendor.system.store.balance(PROJECT))
    assert before - balance == (100_000 if shown == 1 else 0)
    assert balance == vendor.run(vendor.system.store.ledger_sum(PROJECT))
    last = record()
    assert last
    assert last["RenderStatus"] == shown
