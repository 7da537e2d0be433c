"""The console by keyboard alone: through the frame and the lists, and every action of its pages done once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browser.chromium import Tab, chromium
from browser.keyboard import Keyboard
from hongyan.console.words import (
    accounts,
    carriers,
    chaos,
    held,
    ledger,
    links,
    login,
    message,
    phone,
    projects,
    templates,
    webhooks,
)
from hongyan.testing.client import Client
from local_vendor import LocalVendor

PASSWORD, BETTER = "a quiet goose on the lake", "another goose on the lake"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("flows")) as running:
        yield running


@pytest.fixture
def client(vendor: LocalVendor) -> Client:
    return Client(vendor.api_url)


@pytest.fixture
def keys(browser: Browser, vendor: LocalVendor) -> Iterator[Keyboard]:
    tab = Tab(browser)
    yield Keyboard(tab, vendor.console_url)
    tab.close()
    assert not tab.troubles


def test_the_frame_the_search_and_the_rows_need_no_mouse(keys: Keyboard, client: Client) -> None:
    for last in "123":
        client.send(f"1380013910{last}", f"Row number {last} 1234")
    client.wait_for("13800139103", until="final")
    keys.go("/")
    keys.press("Tab")
    assert keys.is_at(".skip")
    assert keys.page.locator(".skip").bounding_box()["x"] >= 0, "the way past the menu is seen once it has the focus"  # type: ignore[index]  # it is on the page
    keys.press("Enter")
    assert keys.is_at("#content")
    keys.press("Tab")
    assert keys.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    keys.press("/")
    assert keys.is_at("input[type=search]")
    keys.write("text:number")
    keys.enter()
    assert keys.page.locator("a.row b, li.item").count() >= 3
    keys.press("j", "j", "k", "j", "j")
    assert keys.is_at(keys.page.locator("a.row").nth(2))
    keys.press("k", "k")
    assert keys.is_at(keys.page.locator("a.row").first)
    keys.enter()
    assert "+8613800139103" in keys.page.locator("h1").inner_text()
    number = keys.path.rpartition("/")[2]
    keys.reach("details.fold > summary")
    was = keys.page.locator("details.fold").first.get_attribute("open")
    keys.press("Enter")
    assert keys.page.locator("details.fold").first.get_attribute("open") != was, "what is folded opens"
    keys.press("/")
    assert keys.is_at(".find input[name=id]")
    keys.write(number)
    keys.enter()
    assert keys.path == f"/messages/{number}"
    keys.follow("nav.menu a[href^='/refusals']")
    assert keys.path == "/refusals"
    keys.follow(".tongue")
    assert keys.page.locator("html").get_attribute("lang") == "zh-CN"


def test_tab_leads_through_a_long_page_in_its_order(keys: Keyboard) -> None:
    keys.go("/projects/demo-alibaba")
    found = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
      .filter(one => one.type !== 'hidden' && one.checkVisibility()
        && !(one.type === 'radio' && !one.checked) && !one.closest('details:not([open]) > :not(summary)'))"""
    many: int = keys.page.evaluate(f"{found}.length")
    assert many > 40
    walked = []
    for _ in range(many):
        keys.press("Tab")
        walked.append(keys.page.evaluate(f"{found}.indexOf(document.activeElement)"))
    assert walked == list(range(many))


def test_carriers_are_suspended_resumed_and_paced(keys: Keyboard) -> None:
    keys.go("/carriers")
    keys.follow("main tbody a")
    assert keys.path == "/carriers/simulator"
    for verb in ("suspend", "drain", "isolate", "resume"):
        keys.submit(f"form[action^='/carriers/simulator/{verb}']", {"why": "rehearsed"}, key="Space")
        keys.thanked(carriers.WORDS, verb)
    assert "running" in keys.page.locator("h1").inner_text().lower()
    keys.submit("form[action^='/carriers/simulator/pace']", {"per_second": "750"})
    keys.thanked(carriers.WORDS, "pace")
    keys.submit("form[action^='/carriers/simulator/transcript']", {"minutes": "2"})
    keys.thanked(carriers.WORDS, "transcript")
    keys.submit("form[action^='/carriers/simulator/rebind']")
    keys.thanked(carriers.WORDS, "rebind")
    keys.go("/routes")
    keys.submit("main form[action='/routes']", {"to": "13800138000"})
    assert "simulator" in keys.page.locator("main").inner_text()
    verbs = ("suspend", "drain", "isolate", "resume", "pace", "transcript", "rebind")
    keys.noted(*(f"carrier.{verb}" for verb in verbs))


def test_a_message_is_sent_told_again_and_answered_from_the_phone(keys: Keyboard, client: Client) -> None:
    client.ask("PATCH", "/v1/projects/demo-nxcloud", {"callbacks": {"nxcloud": "http://127.0.0.1:4/receipts"}})
    keys.go("/send")
    keys.follow("nav.tabs a[href*='vendor=nxcloud']")
    keys.submit("form.card[action='/send']", {"to": "13800139201", "text": "Your code is 4711"})
    assert "4711" in keys.page.locator(".looks").inner_text()
    keys.submit("form[method=post][action^='/send']")
    assert keys.path.startswith("/send/")
    keys.at_the_top()
    client.wait_for("13800139201", until="final")
    keys.follow("a.button[href^='/messages/']")
    keys.submit("form[action*='/push']")
    keys.thanked(message.WORDS, "pushed")
    story = keys.path
    keys.page.locator("form[action*='/receipt']").locator("xpath=ancestor::details").locator("summary").first.focus()
    keys.press("Enter")
    keys.submit("form[action*='/receipt']", {"state": "undelivered", "code": "MK:0001"})
    assert keys.path == story
    keys.at_the_top()
    keys.follow("a.button[href^='/phone/']")
    keys.submit("form[action*='/reply']", {"text": "谢谢 thanks"})
    keys.thanked(phone.WORDS, "replied")
    assert "谢谢 thanks" in keys.page.locator(".said-back").last.inner_text()
    keys.noted("message.send", "push.again", "trigger.receipt", "trigger.reply")


def test_projects_keys_and_modes_are_made_and_changed(keys: Keyboard) -> None:
    keys.go("/projects")
    keys.follow("a.button[href^='/projects/new']")
    given = {"name": "by-hand", "paid_in": "20", "mode": "capture", "keys": "nxcloud"}
    keys.submit("form[action^='/projects/create']", given)
    assert keys.page.locator(".code code").count() >= 2, "the secrets are shown once"
    keys.at_the_top()
    keys.follow("a.button[href^='/projects/by-hand']")
    keys.submit("form[action^='/projects/by-hand/keys']", {"dialect": "yundashi"})
    keys.at_the_top()
    keys.follow("a.button[href*='/keys/yundashi/']")
    keys.submit("form[action*='/rotate']", {"grace_h": "1"})
    keys.at_the_top()
    keys.follow("a.button[href*='/keys/yundashi/']")
    keys.submit("form[action*='/forget']")
    keys.thanked(projects.WORDS, "forgotten")
    keys.submit("form[action*='/keys/yundashi/']:not([action*='/rotate'])", {"rate_per_second": "9"})
    keys.thanked(projects.WORDS, "key_changed")
    keys.go("/projects/by-hand")
    keys.submit("form[action*='/mode']", {"mode": "live"})
    assert keys.page.locator("main .notice.bad[role=alert]").count() == 1, "live needs its name"
    keys.tab.troubles.clear()  # the browser notes the refusal's status
    keys.submit("form[action*='/mode']", {"mode": "live", "confirm": "by-hand"})
    keys.thanked(projects.WORDS, "mode")
    keys.submit("form[action*='/stops/put']", {"number": "13800139301", "covers": "all"})
    keys.thanked(projects.WORDS, "stopped")
    keys.submit("form[action*='/stops/drop']")
    keys.thanked(projects.WORDS, "unstopped")
    keys.submit("form[action*='/switch']")
    keys.thanked(projects.WORDS, "closed")
    keys.submit("form[action*='/delete']", {"with_all": "yes", "confirm": "by-hand"})
    keys.thanked(projects.WORDS, "deleted")
    keys.go("/audit?action=project.")
    shown = keys.page.locator("main tbody td:nth-child(3)").all_inner_texts()
    assert {"project.create", "project.mode", "project.delete"} <= set(shown), shown
    keys.go("/audit?action=key.")
    shown = keys.page.locator("main tbody td:nth-child(3)").all_inner_texts()
    assert {"key.create", "key.rotate", "key.change"} <= set(shown), shown


def test_held_messages_are_released_and_rejected(keys: Keyboard, client: Client) -> None:
    client.ask("POST", "/v1/projects", {"name": "hold", "keys": ["native"], "paid_in": "50", "mode": "capture"})
    for last in "123":
        client.send(f"1380013940{last}", f"Held {last}", project="hold")
    first = client.messages(to="13800139401").json()["messages"][0]["id"]
    keys.go("/held?project=hold")
    keys.submit("form[action='/held/sure']", {"id": first}, button="release")
    assert keys.path == "/held/sure"
    keys.submit("form[action^='/held/release']")
    keys.thanked(held.WORDS, "released")
    keys.go("/held?project=hold")
    keys.follow("a[href*='verb=reject'][href*='all=1']")
    keys.submit("form[action^='/held/reject']", {"why": "not this one"})
    keys.thanked(held.WORDS, "rejected")
    assert client.wait_for("13800139401", until="final")["state"] == "delivered"
    keys.noted("held.release", "held.reject")


def test_calls_are_made_again_told_again_and_dropped(keys: Keyboard, client: Client, vendor: LocalVendor) -> None:
    client.ask("PATCH", "/v1/projects/demo-alibaba", {"callbacks": {"alibaba": "http://127.0.0.1:4/receipts"}})
    client.send_alibaba("13800139501")
    vendor.eventually(lambda: client.ask("GET", "/v1/webhooks").json()["calls"])
    vendor.eventually(lambda: client.ask("GET", "/v1/webhooks/waiting").json()["waiting"])
    keys.go("/webhooks")
    keys.follow("main tbody a")
    keys.submit("form[action^='/webhooks/replay']")
    keys.thanked(webhooks.WORDS, "replay_failed")
    keys.submit("form[action^='/webhooks/push']")
    keys.thanked(webhooks.WORDS, "push")
    keys.follow(".tabs a[href^='/webhooks/waiting']")
    keys.submit("form[action^='/webhooks/drop']", key="Space")
    keys.thanked(webhooks.WORDS, "drop")
    keys.noted("push.replay", "push.again", "push.drop")
    keys.go("/webhooks")
    keys.submit("form[action^='/webhooks/retry']")
    assert "done=retry" in keys.page.url
    keys.at_the_top()


def test_rules_the_clock_and_snapshots_are_rehearsed(keys: Keyboard) -> None:
    keys.go("/chaos")
    rule = {"to": "*0099", "state": "expired", "name": "late"}
    keys.submit("form[action^='/chaos/rules/add']:has(input[value=end])", rule)
    keys.thanked(chaos.WORDS, "rule")
    keys.submit("form[action^='/chaos/rules/remove']", key="Space")
    keys.thanked(chaos.WORDS, "removed")
    keys.submit("form[action^='/chaos/profile']", {"profile": "flaky"})
    keys.thanked(chaos.WORDS, "profile")
    keys.submit("form[action^='/chaos/clock']:has(button[value='1m'])", button="1m")
    keys.thanked(chaos.WORDS, "push")
    keys.submit("form[action^='/chaos/snapshot']", {"name": "calm"})
    keys.thanked(chaos.WORDS, "snapshot")
    keys.submit("form[action^='/chaos/reset']:has(input[value=calm])")
    keys.thanked(chaos.WORDS, "reset")
    keys.submit("form[action^='/chaos/snapshot/drop']")
    keys.thanked(chaos.WORDS, "dropped")
    said = ("rule.make", "rule.remove", "carrier.profile", "clock.push", "snapshot.make", "reset", "snapshot.drop")
    keys.noted(*said)


def test_money_prices_and_link_targets_are_set(keys: Keyboard) -> None:
    keys.go("/ledger")
    keys.submit("form[action^='/ledger/deposit']", {"project": "demo-comms", "amount": "12.5", "why": "by hand"})
    keys.thanked(ledger.WORDS, "deposit")
    keys.follow(".tabs a[href^='/prices']")
    keys.submit("form[action^='/prices/set']", {"prefix": "852", "each": "0.3"})
    keys.thanked(ledger.WORDS, "price")
    keys.submit("form[action^='/prices/drop']", {"prefix": "852"})
    keys.thanked(ledger.WORDS, "dropped")
    keys.go("/links")
    target = {"project": "demo-alibaba", "name": "shop", "target": "https://example.com/shop"}
    keys.submit("form[action^='/links/put']", target)
    keys.thanked(links.WORDS, "put")
    keys.submit("form[action^='/links/drop']")
    keys.thanked(links.WORDS, "drop")
    keys.noted("ledger.deposit", "price.set", "price.drop", "link.put", "link.drop")


def test_people_are_let_in_log_in_change_their_password_and_are_shut_out(
    keys: Keyboard, browser: Browser, vendor: LocalVendor
) -> None:
    keys.go("/accounts")
    keys.submit("form[action^='/accounts']", {"name": "wang.fang", "role": "operator", "password": PASSWORD})
    keys.go("/accounts/wang.fang")
    keys.submit("form[action$='/role'], form[action*='/role?']", {"role": "viewer"})
    keys.thanked(accounts.WORDS, "role")

    outside = Tab(
        browser, extra_http_headers={"X-Forwarded-For": "203.0.113.9"}
    )  # as through a proxy: not this machine
    hers = Keyboard(outside, vendor.console_url, "zh")
    hers.go("/audit")
    assert hers.path == "/login"
    assert hers.is_at("input[name=name]")
    hers.submit("form[action^='/login']", {"name": "wang.fang", "password": "not this one, surely"})
    assert hers.page.locator("[role=alert]").count() == 1
    outside.troubles.clear()  # the browser notes the refusal's status
    hers.go("/login?next=/phone")
    hers.submit("form[action^='/login']", {"name": "wang.fang", "password": PASSWORD})
    assert hers.path == "/phone"
    hers.go("/me")
    hers.submit("form[action^='/me/password']", {"old": PASSWORD, "new": BETTER, "again": BETTER})
    hers.thanked(login.WORDS, "password")
    hers.submit("form[action^='/logout']")
    assert hers.path == "/login"
    assert hers.page.locator("main > .notice.good").inner_text() == login.WORDS["done_logged_out"][1]

    keys.go("/accounts/wang.fang")
    keys.submit("form[action*='/disable']", key="Space")
    keys.thanked(accounts.WORDS, "disabled")
    hers.go("/login")
    hers.submit("form[action^='/login']", {"name": "wang.fang", "password": BETTER})
    assert hers.path == "/login"
    outside.close()
    keys.submit("form[action*='/enable']")
    keys.thanked(accounts.WORDS, "enabled")
    keys.submit("form[action*='/remove']", {"": "on"})
    keys.thanked(accounts.WORDS, "removed")
    keys.go("/audit")
    shown = keys.page.locator("main tbody td:nth-child(3)").all_inner_texts()
    told = {"account.add", "account.role", "session.begin", "account.password", "session.log-out", "account.disable"}
    assert told | {"account.enable", "account.remove"} <= set(shown), shown


def test_templates_and_signatures_are_handed_in_and_reviewed(keys: Keyboard) -> None:
    keys.go("/templates")
    keys.follow("a.button[href^='/templates/new']")
    given = {"project": "demo-alibaba", "dialect": "alibaba", "name": "SMS_hand", "body": "Code ${code}, by hand"}
    keys.submit("form[action^='/templates/submit']", given, button="preview")
    assert "by hand" in keys.page.locator(".bubble").first.inner_text()
    keys.submit("form[action^='/templates/submit']", {}, button="submit")
    keys.thanked(templates.WORDS, "submitted")
    keys.go("/templates")
    keys.submit(".queue form[action*='/SMS_hand/reject']", {"why": "Say who sends it."})
    keys.thanked(templates.WORDS, "rejected")
    keys.go("/signatures")
    keys.submit("form[action^='/signatures/submit']", {"project": "demo-alibaba", "name": "手写"})
    keys.thanked(templates.WORDS, "submitted")
    keys.submit("form[action*='/approve']", key="Space")
    keys.thanked(templates.WORDS, "approved")
    keys.submit("form[action*='/delete']")
    keys.thanked(templates.WORDS, "deleted")
    keys.noted("template.submit", "template.reject", "signature.submit", "signature.approve", "signature.delete")
