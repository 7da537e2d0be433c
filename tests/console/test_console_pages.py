"""The console shows what the store holds, in two languages, and lets nobody else in."""

import json
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from console.console_office import office_on
from hongyan.console import Snippet, words
from hongyan.console.app import console
from hongyan.console.words import LEGS, STATES
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Leg, Message, State
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.store.ops import Accept, Record, RefusalRow, Settle, SubmissionRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from page_visits import Visit, visitor

ATTACK = '"><script>alert(1)</script>\u202e'
OUR_SCRIPTS = ("console.js", "live.js")
BASE = "http://127.0.0.1:8050"
SNIPPETS = (Snippet("Alibaba", ("curl -X POST …", "-d 'a=<b>'")), Snippet("comms", ("curl …",)))


class Desk:
    """Accepts messages into a real store."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock, self._ids = store, clock, IdMint(clock)

    async def send(self, **fields: Any) -> Message:
        """Accept one message, by itself in its request."""
        submission, now = self._ids.mint(), self.clock.now_ms()
        defaults: dict[str, Any] = {
            "id": self._ids.mint(),
            "project": "shop",
            "submission": submission,
            "dialect": "comms",
            "to": "8613700000001",
            "content": "【一砂】您的验证码为:1234",
            "accepted_at": now,
            "due_at": now,
            "expires_at": now + 86_400_000,
        }
        message = Message(**(defaults | fields))
        row = SubmissionRow(
            id=submission, project="shop", request_id=f"R{submission}", dialect="comms", action="sendmsg", key_id="k",
            peer="127.0.0.1", received_at=now, method="POST", path="/comms/sms/sendmsg", request="{}",
            notes='[["who", "no credentials are needed", "无需凭证"]]',
        )  # fmt: skip
        await self.store.write(
            Accept(project="shop", currency="CNY", credit_line=0, submissions=[row], messages=[message], now_ms=now)
        )
        return message

    async def refuse(self, request_id: str, facts: str = "{}") -> None:
        """Record a refused request."""
        row = RefusalRow(
            id=self._ids.mint(), at=self.clock.now_ms(), request_id=request_id, position=None, project="shop",
            dialect="alibaba", action="SendSms", peer="127.0.0.1", reason=Reason.BAD_SEAL, facts=facts,
            request="POST /?Action=SendSms", notes="[]",
        )  # fmt: skip
        await self.store.write(Record(rows=[row]))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def desk(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"0" * 32), clock, Tally())
    await store.open()
    yield Desk(store, clock)
    await store.close()


@pytest.fixture
async def visit(desk: Desk, clock: FakeClock) -> Visit:
    return visitor(console(await office_on(desk.store, clock), snippets=SNIPPETS))


async def test_an_empty_inbox_shows_how_to_send_the_first_message(visit: Visit) -> None:
    page = await visit("/", {"accept-language": "en"})
    assert page.status == 200
    assert "No messages yet" in page.body
    assert "curl -X POST …\n-d &#39;a=&lt;b&gt;&#39;" in page.body
    assert 'http-equiv="refresh"' in page.body


async def test_lists_messages_newest_first(visit: Visit, desk: Desk) -> None:
    first, second = await desk.send(), await desk.send(to="8613700000002")
    page = await visit("/")
    assert page.body.index(f"/messages/{second.id}") < page.body.index(f"/messages/{first.id}")
    assert "您的验证码为:1234" in page.body
    twin = json.loads((await visit("/messages.json")).body)
    assert [row["id"] for row in twin["messages"]] == [str(second.id), str(first.id)]
    assert twin["next_before"] is None


async def test_shows_fifty_a_page_and_leads_to_the_older_ones(visit: Visit, desk: Desk) -> None:
    sent = [await desk.send() for _ in range(51)]
    page = await visit("/")
    assert page.body.count('class="row"') == 50
    assert f"before={sent[1].id}" in page.body
    older = await visit(f"/?before={sent[1].id}")
    assert older.body.count('class="row"') == 1
    assert f"/messages/{sent[0].id}" in older.body
    assert 'http-equiv="refresh"' not in older.body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("to=13700000002", 1),
        ("to=%2B86+137-0000-0002", 1),
        ("to=8613700000009", 0),
        ("to=nobody", 0),
        ("state=accepted", 2),
        ("state=delivered", 1),
        ("state=nonsense", 3),
        ("dialect=alibaba", 1),
        ("dialect=nonsense", 0),
        ("text=8888", 1),
        ("text=%00", 3),
        ("text=%25", 0),
        ("before=x", 3),
        ("before=99999999999999999999", 3),
        ("to=13700000002&state=delivered&dialect=alibaba&text=8888", 1),
    ],
)
async def test_filters_stand_in_the_address(visit: Visit, desk: Desk, query: str, found: int) -> None:
    await desk.send()
    await desk.send()
    chosen = await desk.send(to="8613700000002", dialect="alibaba", content="取件码 8888", state=State.SENDING)
    await desk.store.write(
        Settle(
            message_id=chosen.id,
            project="shop",
            state=State.DELIVERED,
            at=desk.clock.now_ms(),
            cause="delivered|D|s|ok",
        )
    )
    assert len(json.loads((await visit(f"/messages.json?{query}")).body)["messages"]) == found
    assert (await visit(f"/?{query}")).body.count('class="row"') == found


async def test_a_filtered_page_does_not_refresh_unless_asked(visit: Visit, desk: Desk) -> None:
    await desk.send()
    assert "refresh" not in (await visit("/?state=accepted")).body.partition("</head>")[0]
    assert 'http-equiv="refresh"' in (await visit("/?state=accepted&live=1")).body
    assert 'http-equiv="refresh"' not in (await visit("/?live=0")).body


async def test_tells_a_messages_story(visit: Visit, desk: Desk) -> None:
    message = await desk.send()
    page = await visit(f"/messages/{message.id}", {"accept-language": "en"})
    assert page.status == 200
    assert "no credentials are needed" in page.body
    assert "accepted as text" in page.body
    assert f"R{message.submission}" in page.body
    assert 'http-equiv="refresh"' in page.body
    twin = json.loads((await visit(f"/messages/{message.id}.json")).body)
    assert twin["message"]["to"] == "8613700000001"


async def test_links_in_a_text_lead_out_without_saying_from_where(visit: Visit, desk: Desk) -> None:
    text = f"您有一个包裹 {BASE}/c/Ab3dE6gH http://evil.example/c/x javascript:alert(1) data:text/html,x"
    message = await desk.send(content=text, leg=Leg.CARD)
    page = await visit(f"/messages/{message.id}")
    outward = 'target="_blank" rel="noopener noreferrer nofollow"'
    assert f'href="{BASE}/c/Ab3dE6gH" {outward}' in page.body
    assert f'href="http://evil.example/c/x" {outward}' in page.body
    assert 'href="javascript:' not in page.body
    assert 'href="data:' not in page.body


async def test_finds_a_message_by_any_id(visit: Visit, desk: Desk) -> None:
    message = await desk.send(client_id="order-7")
    for typed in (str(message.id), f"R{message.submission}", "order-7", f"{message.submission}%5E0"):
        page = await visit(f"/find?id={typed}&lang=zh")
        assert page.status == 303
        assert page.headers["location"] == f"/messages/{message.id}?lang=zh"
    assert (await visit("/find?id=")).headers["location"] == "/"
    assert (await visit("/find?id=nothing")).status == 404


async def test_shows_why_a_request_was_refused(visit: Visit, desk: Desk) -> None:
    await desk.refuse("F655A8D5-B967", '{"theirs": "aaa", "ours": "bbb", "string_to_sign": "GET&%2F"}')
    listed = await visit("/refusals", {"accept-language": "en"})
    assert "bad-seal" in listed.body
    assert "/messages/F655A8D5-B967" in listed.body
    page = await visit("/messages/F655A8D5-B967")
    assert page.status == 200
    assert "GET&amp;%2F" in page.body
    assert json.loads((await visit("/refusals.json")).body)["refusals"][0]["request_id"] == "F655A8D5-B967"


async def test_what_callers_wrote_stays_text(visit: Visit, desk: Desk) -> None:
    message = await desk.send(content=ATTACK, template=ATTACK, client_id=ATTACK, session=ATTACK, signature=ATTACK)
    await desk.refuse("R-1", json.dumps({"theirs": ATTACK}))
    for path in (
        "/",
        f"/messages/{message.id}",
        "/refusals",
        "/messages/R-1",
        "/?text=%22%3E%3Cscript%3E&state=accepted",
    ):
        page = await visit(path)
        assert page.status == 200
        assert page.body.count("<script") == page.body.count('<script src="/static/') <= len(OUR_SCRIPTS)
        assert '=""' not in page.body.replace('value=""', "").replace('alt=""', "")


@pytest.mark.parametrize("path", ["/", "/refusals", "/messages/nothing", "/nothing", "/messages.json"])
async def test_every_answer_is_fenced_in(visit: Visit, path: str) -> None:
    page = await visit(path)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"


async def test_unknown_things_get_a_page_or_data_that_says_so(visit: Visit) -> None:
    page = await visit("/messages/12345", {"accept-language": "zh"})
    assert (page.status, "没有找到这个编号" in page.body) == (404, True)
    twin = await visit("/messages/12345.json")
    assert (twin.status, json.loads(twin.body)) == (404, {"error": "not-found"})
    assert (await visit("/nothing")).status == 404
    assert (await visit("/", method="POST")).status == 405


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({}, "", "en"),
        ({"accept-language": "zh-CN,zh;q=0.9"}, "", "zh-CN"),
        ({"accept-language": "zh-CN"}, "?lang=en", "en"),
        ({"accept-language": "en"}, "?lang=zh", "zh-CN"),
        ({"accept-language": "en"}, "?lang=xx", "en"),
    ],
)
async def test_speaks_the_language_asked_for(visit: Visit, headers: dict[str, str], query: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in (await visit(f"/{query}", headers)).body


async def test_a_chosen_language_stays_in_every_link(visit: Visit, desk: Desk) -> None:
    message = await desk.send()
    page = await visit("/?lang=zh")
    assert f"/messages/{message.id}?lang=zh" in page.body
    assert "/refusals?lang=zh" in page.body
    assert 'href="/?lang=en&amp;state=accepted"' in (await visit("/?lang=zh&state=accepted")).body


def test_both_languages_have_the_same_words() -> None:
    for module in iter_modules(words.__path__):
        found = import_module(f"hongyan.console.words.{module.name}").WORDS
        assert not [word for word in found if hasattr(dict, word)]  # a template would find the method
        assert not [word for word, pair in found.items() if len(pair) != 2 or not all(pair)]
    for table in (STATES, LEGS):
        assert {str(key) for key in table["en"]} == {str(key) for key in table["zh"]}


@pytest.mark.parametrize("host", ["127.0.0.1:8051", "localhost:8051", "LOCALHOST", "[::1]:8051"])
async def test_answers_to_loopback_names(visit: Visit, host: str) -> None:
    assert (await visit("/", {"host": host})).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]", "localhost.evil:80"])
async def test_does_not_answer_to_other_names(visit: Visit, desk: Desk, host: str) -> None:
    message = await desk.send()
    for path in ("/", "/messages.json", f"/messages/{message.id}.json", "/nothing"):
        page = await visit(path, {"host": host})
        assert page.status == 421
        assert "1370" not in page.body


async def test_answers_to_the_names_it_is_told(desk: Desk, clock: FakeClock) -> None:
    app = console(await office_on(desk.store, clock), hosts=["sms.corp.example"])
    assert (await visitor(app)("/", {"host": "sms.corp.example"})).status == 200
