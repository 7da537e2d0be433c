"""Ledger, prices, links, routes and statistics, asked as an operator and as a project's key."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from hongyan.model.world import CarrierConfig, Choice, Key, Link, Project, RouteConfig
from hongyan.testing.client import Client
from local_vendor import LocalVendor

WORLD = (
    Project(name="shop", paid_in="10"),
    Key(project="shop", dialect="native", name="robot", secret="s3cret"),
    Link(project="shop", name="https://s.example/a", target="https://shop.example/a"),
    CarrierConfig(name="spare", cost="0.03", costs={"44": "0.05"}),
    RouteConfig(name="abroad", order=1, countries=("GB",), choices=(Choice(carrier="spare"),)),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("business"), world=WORLD) as vendor:
        yield vendor


@pytest.fixture
def operator(running: LocalVendor) -> Client:
    return Client(running.api_url)


@pytest.fixture
def shop(running: LocalVendor) -> Client:
    return Client(running.api_url, token="robot.s3cret")


def done(reply: Any, status: int = 200) -> Any:
    assert reply.status == status, reply.body
    return reply.json()


def actions(operator: Client) -> list[str]:
    return [one["action"] for one in done(operator.ask("GET", "/v1/audit"))["entries"]]


def test_money_is_added_by_hand_and_told_entry_by_entry(operator: Client, shop: Client) -> None:
    before = float(next(one for one in done(shop.balances())["balances"])["balance"])
    added = done(operator.deposit("shop", "2.5", "invoice 7"), 201)
    assert float(added["balance"]) == before + 2.5
    assert float(done(operator.deposit("shop", "-0.5", "a slip"), 201)["balance"]) == before + 2
    newest = done(shop.ledger(limit=2))
    assert [(one["kind"], one["amount"], one["text"]) for one in newest["entries"]] == [
        ("deposit", "-0.5", "dev: a slip"),
        ("deposit", "2.5", "dev: invoice 7"),
    ]
    older = done(shop.ledger(before=newest["next_before"]))["entries"]
    assert {one["project"] for one in older} == {"shop"}
    assert "ledger.deposit" in actions(operator)
    for project, money in (("nobody", "1"), ("shop", "0"), ("shop", "much"), ("shop", "0.0000001"), ("shop", "1e30")):
        assert operator.deposit(project, money, "").status in {400, 403}
    assert shop.deposit("shop", "100", "mine").status == 403
    assert shop.ledger(project="demo").status == 403


def test_a_price_holds_for_messages_from_then_on(operator: Client, shop: Client) -> None:
    done(operator.set_price("8613", "0.2", project="shop"))
    assert {"project": "shop", "prefix": "8613", "leg": "text", "each": "0.2"} in done(shop.prices())["prices"]
    sent = done(shop.send("13800138000", "hello"), 201)
    assert sent["messages"][0]["price"] == "0.2"
    assert done(operator.routing("13800138000", project="shop"))["price"] == "0.2"
    done(operator.drop_price("8613", project="shop"))
    assert done(shop.send("13800138000", "hello"), 201)["messages"][0]["price"] == "0.045"
    assert operator.drop_price("8613", project="shop").status == 404
    assert [operator.set_price(*bad).status for bad in (("8x", "1"), ("86", "-1"), ("86", "dear"))] == [400] * 3
    assert shop.set_price("86", "0").status == 403
    assert {"price.set", "price.drop"} <= set(actions(operator))


def test_links_tell_their_clicks_and_targets_are_declared(operator: Client, running: LocalVendor) -> None:
    app = "appdemo1"
    link = {"content": "look: #1#", "shortLink": "https://nxlink.example/demo"}
    assert operator.send_nxcloud("8613800138000", app=app, **link).json()["code"] == 0
    (made,) = [one for one in done(operator.links(kind="url"))["links"] if one["project"] == "demo-nxcloud"]
    assert (made["clicks"], made["first_click_at"]) == (0, None)
    link_page = HTTPConnection(urlsplit(running.api_url).netloc, timeout=20)
    link_page.request("GET", urlsplit(made["address"]).path, headers={"User-Agent": "Mozilla/5.0"})
    leads = link_page.getresponse()
    assert (leads.status, leads.getheader("location")) == (302, "https://example.com/welcome?from=sms")
    link_page.close()
    opened = running.eventually(lambda: done(operator.links(kind="url", clicked=True))["links"])
    assert opened[0]["clicks"] == 1
    done(operator.put_link_target("shop", "https://s.example/b", "https://shop.example/b"))
    names = [one["name"] for one in done(operator.link_targets())["targets"] if one["project"] == "shop"]
    assert names == ["https://s.example/a", "https://s.example/b"]
    assert operator.put_link_target("shop", "https://s.example/c", "javascript:alert(1)").status == 400
    done(operator.drop_link_target("shop", "https://s.example/b"))
    assert operator.drop_link_target("shop", "https://s.example/b").status == 404


def test_the_router_says_which_way_a_number_would_go_and_why(operator: Client, shop: Client) -> None:
    abroad = done(operator.routing("+447400123456", project="shop"))
    assert (abroad["route"], abroad["carriers"]) == ("abroad", [{"name": "spare", "cost": "0.05"}])
    home = done(operator.routing("13800138000"))
    assert home["route"] == "everything"
    assert home["reasons"][0] == {
        "en": "route abroad: countries GB, not CN",
        "zh": "路由 abroad：国家限 GB，而非 CN",
    }
    assert operator.routing("12").status == 400
    assert shop.routing("13800138000").status == 403
    told = subprocess.run(
        [sys.executable, "-m", "hongyan", "route", "+447400123456", "--url", operator.url],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "route abroad; carriers spare (0.05 a part)" in told.stdout


def test_statistics_count_what_was_sent(operator: Client, shop: Client) -> None:
    before = done(shop.statistics(by="state"))["whole"]["messages"]
    done(shop.send("13800138009", "hello"), 201)
    shop.wait_for("13800138009", until="final")
    # an hour that was just counted is counted again when it is ten seconds old: ask what was not asked yet
    found = done(operator.statistics(by="project"))
    assert found["missing_hours"] == 0
    assert found["whole"]["messages"] >= before
    assert sum(one["messages"] for one in found["rows"]) == found["whole"]["messages"]
    assert (
        sum(sum(one[name] for name in ("delivered", "failed", "unknown", "moving")) for one in found["columns"])
        == (found["whole"]["messages"])
    )
    assert shop.statistics(project="demo").status == 403
    assert operator.statistics(by="nonsense").status == 400


@pytest.mark.parametrize("path", ["/ledger", "/prices", "/links", "/statistics", "/carriers", "/routes", "/health"])
def test_pages_have_their_rows_as_data_too(running: LocalVendor, path: str) -> None:
    base = running.console_url.removeprefix("http://")
    for ending in ("", ".json", ".csv"):
        status, body = running.visit(f"http://{base}{path}{ending}")
        assert status == 200, body
        if ending == ".json":
            assert isinstance(json.loads(body), dict)
