"""The handset shows what a number was sent and sent back, as its owner sees it; in rehearsals it writes replies."""

import html
import json
import re
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.console_office import office_on
from console.console_visits import Browser
from hongyan.console.app import console
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.model.world import Port
from hongyan.operate.rehearsal import Rehearsal
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from hongyan.testing import Client
from local_vendor import LocalVendor
from page_visits import visitor

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


class Handsets:
    """A system whose numbers are written to."""

    def __init__(self, vendor: LocalVendor) -> None:
        self.vendor, self.client, self.browser = vendor, Client(vendor.api_url), Browser(vendor.console_url)

    def page(self, number: str, lang: str = "en") -> str:
        return self.browser.get(f"/phone/{number}?lang={lang}")


@pytest.fixture(scope="module")
def handsets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handsets]:
    port = Port(project="demo", name="106900")
    with LocalVendor(tmp_path_factory.mktemp("phone") / "vendor", world=(port,), card_support="odd") as vendor:
        yield Handsets(vendor)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])))


def test_a_conversation_goes_both_ways_oldest_first(handsets: Handsets) -> None:
    number = "8613700000011"
    handsets.client.send(number, "【鸿雁】Your code is 4711, see https://example.com/x")
    handsets.vendor.eventually(lambda: "delivered" in text_of(handsets.page(number)))
    told = handsets.browser.post(f"/phone/{number}/reply", text="  thanks http://a.example  ", to="")
    assert "The reply was sent." in told
    assert told.index("Your code is 4711") < told.index("thanks")
    assert 'data-copy="4711"' in told
    assert '<a href="https://example.com/x" target="_blank" rel="noopener noreferrer nofollow">' in told
    assert re.search(r'<li class="talk-day"><time datetime="\d{4}-\d\d-\d\d">', told)
    assert "已送达" in text_of(handsets.page(number, "zh"))
    assert f'data-live="/live?page=phone&number={number}"' in told
    twin = json.loads(handsets.browser.get(f"/phone/{number}.json"))
    assert [one["kind"] for one in twin["entries"]] == ["message", "reply"]
    assert twin["entries"][1]["reply"]["message"] == twin["entries"][0]["message"]["id"]
    assert twin["next_before"] is None


def test_a_stop_word_opts_out_and_the_port_is_as_asked(handsets: Handsets) -> None:
    number = "8613700000012"
    handsets.client.send(number, "hello")
    handsets.vendor.eventually(lambda: "delivered" in text_of(handsets.page(number)))
    told = text_of(handsets.browser.post(f"/phone/{number}/reply", text="TD", to="106900"))
    assert "opted out" in told
    assert "to 106900" in told
    assert handsets.browser.status("POST", f"/phone/{number}/reply", {"text": "x"}) == 403
    assert (
        handsets.browser.status("POST", f"/phone/{number}/reply", {"text": " ", "csrf": handsets.browser.token()})
        == 400
    )


def test_cards_are_drawn_as_cards_and_what_failed_is_said(handsets: Handsets) -> None:
    handsets.client.send_card("13900000001")
    told = handsets.page("8613900000001")
    assert '<article class="face notice calm"' in told
    assert "As phones without cards show it" in told
    handsets.client.send("13800134041", "never seen")
    handsets.vendor.eventually(
        lambda: "The phone does not show it: not delivered" in text_of(handsets.page("8613800134041"))
    )


def test_a_number_is_found_however_it_is_written(handsets: Handsets) -> None:
    handsets.client.send("13700000013", "hello")
    for typed in ("13700000013", "+86 137-0000-0013", "008613700000013"):
        told = handsets.browser.get(f"/phone?lang=en&number={urllib.parse.quote(typed)}")
        assert '<h1 id="phone-number">+8613700000013</h1>' in told
    assert "This is no phone number." in handsets.browser.get("/phone?lang=en&number=%3Cscript%3E")
    assert "/phone/8613700000013" in handsets.browser.get("/phone")
    assert "Nothing was sent to this number yet." in handsets.page("8613700000099")
    assert handsets.browser.status("GET", "/phone/nobody") == 400


def test_whatever_somebody_wrote_stays_text(handsets: Handsets) -> None:
    number = "8613700000014"
    handsets.client.send(number, f"{ATTACK} http://a.example/{ATTACK} javascript:alert(1)")
    handsets.vendor.eventually(lambda: "delivered" in text_of(handsets.page(number)))
    handsets.browser.post(f"/phone/{number}/reply", text=f"{ATTACK} data:text/html,<script>")
    for lang in ("en", "zh"):
        told = handsets.page(number, lang)
        scripts = re.findall(r"<script[^>]*>", told)
        assert all(re.fullmatch(r'<script src="/static/\w+\.js\?v=\w+" defer>', one) for one in scripts)
        assert "<img src=x" not in told
        assert 'href="javascript:' not in told
        assert 'href="data:' not in told


def test_long_conversations_have_pages(handsets: Handsets) -> None:
    number = "8613700000015"
    for place in range(61):
        handsets.client.send(number, f"message {place} of many")
    told = handsets.page(number)
    assert "message 60 of many" in told
    assert "message 0 of many" not in told
    before = json.loads(handsets.browser.get(f"/phone/{number}.json"))["next_before"]
    older = handsets.browser.get(f"/phone/{number}?before={before}")
    assert "message 0 of many" in older
    assert "data-live" not in older


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "hongyan.db", Vault(b"0" * 32), FakeClock(), Tally())
    await opened.open()
    yield opened
    await opened.close()


async def test_where_handsets_are_real_no_reply_can_be_written(store: SqliteStore) -> None:
    office = (await office_on(store, FakeClock()))._replace(rehearsal=Rehearsal(on=False))
    visit = visitor(console(office))
    page = await visit("/phone/8613800138000?lang=en")
    assert page.status == 200
    assert "Replies come from real handsets here." in page.body
    assert 'action="/phone/' not in page.body
