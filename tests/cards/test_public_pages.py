"""Links open: cards are drawn and counted once, targets are redirected to, the rest is said honestly."""

import json
from typing import Any, cast

import pytest

from cards.card_samples import WORDS, sample
from cards.small_store import SmallStore
from hongyan.links.cards import render
from hongyan.links.drawing import STYLE
from hongyan.links.looks import LOOKS
from hongyan.links.pages import public_pages, read_sent
from hongyan.links.words import WORDS as OUR_WORDS
from hongyan.model.card import CardType, read_card
from hongyan.model.clock import FakeClock
from hongyan.model.message import Leg
from hongyan.model.world import Template, World
from hongyan.store import Store
from hongyan.store.ops import Click, Rendered
from page_visits import Visit, visitor

VALUES = {"param1": "李四", "param2": "88.00"}


def kept(values: dict[str, str], custom_url: str | None = None) -> str:
    return json.dumps({"values": values, "customUrl": custom_url}, ensure_ascii=False)


class Worlds:
    """The world as it is now; a test may replace its card."""

    def __init__(self) -> None:
        self.card: dict[str, Any] | None = sample()

    def __call__(self) -> World:
        if self.card is None:
            return World()
        template = Template(project="shop", name="CARD_SMS_1", dialect="alibaba", leg=Leg.CARD, card=self.card)
        return World(things=(template,))


@pytest.fixture
def worlds() -> Worlds:
    return Worlds()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def visit(store: SmallStore, clock: FakeClock, worlds: Worlds) -> Visit:
    return visitor(public_pages(cast("Store", store), clock, worlds))


@pytest.fixture
def store() -> SmallStore:
    store = SmallStore()
    store.put("Ab3dE6gH", "card", "CARD_SMS_1", kept(VALUES, "https://m.shop.example/web?x=1&y=2"))
    store.put("Zz9", "url", "https://too.short")
    store.put("urlurl12", "url", "https://example.com/welcome?from=sms&n=1#top")
    return store


@pytest.mark.parametrize("card_type", list(CardType))
async def test_draws_every_type_with_its_values(visit: Visit, worlds: Worlds, card_type: CardType) -> None:
    # proves: cards#render.page, cards#types
    worlds.card = sample(card_type)
    page = await visit("/c/Ab3dE6gH")
    assert page.status == 200
    letters = "".join(WORDS[card_type])
    if "T" in letters:
        assert "测试 尊敬的李四" in page.body
    if letters.count("T") > 1:
        assert "余额 88.00 元" in page.body
    assert page.body.count("<img ") == letters.count("I")
    assert page.body.count("<video ") == letters.count("V")
    assert page.body.count('class="button"') == letters.count("B")
    assert "<script" not in page.body
    assert "阿里云" in page.body


async def test_words_before_the_first_picture_are_on_its_slide(visit: Visit, worlds: Worlds) -> None:
    # proves: cards#types
    worlds.card = sample(CardType.SWIPE_2)
    page = await visit("/c/Ab3dE6gH")
    assert page.body.count('class="slide"') == WORDS[CardType.SWIPE_2][0].count("I")


def test_every_type_has_a_look_and_both_languages_the_same_words() -> None:
    assert set(LOOKS) == set(CardType)
    assert OUR_WORDS["zh"].keys() == OUR_WORDS["en"].keys()
    assert not [word for word in OUR_WORDS["en"] if hasattr(dict, word)]  # a template would find the method
    assert "</" not in STYLE


async def test_a_page_is_fenced_in(visit: Visit) -> None:
    # proves: cards#render.page, cards#render.media
    page = await visit("/c/Ab3dE6gH")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "img-src https://img.example;" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_the_first_view_marks_the_card_as_shown_and_later_ones_do_not(
    visit: Visit, store: SmallStore, clock: FakeClock
) -> None:
    # proves: cards#render.once
    await visit("/c/Ab3dE6gH")
    first = clock.now_ms()
    clock.push(60)
    await visit("/c/Ab3dE6gH")
    assert store.renders == [Rendered(message_id=7, at=first)]
    assert store.links["Ab3dE6gH"].clicks == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-moz": "prefetch"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"user-agent": "WhatsApp/2.23"},
        {"user-agent": "facebookexternalhit/1.1"},
    ],
)
async def test_machines_looking_ahead_do_not_count(visit: Visit, store: SmallStore, headers: dict[str, str]) -> None:
    # proves: cards#render.counts
    assert (await visit("/c/Ab3dE6gH", headers)).status == 200
    assert (await visit("/l/urlurl12", headers)).status == 302
    assert store.written == []


async def test_a_head_request_does_not_count(visit: Visit, store: SmallStore) -> None:
    # proves: cards#render.counts
    page = await visit("/c/Ab3dE6gH", method="HEAD")
    assert page.status == 200
    assert (await visit("/l/urlurl12", method="HEAD")).headers["location"].startswith("https://example.com")
    assert store.written == []


async def test_a_phone_whose_name_ends_in_bot_counts(visit: Visit, store: SmallStore) -> None:
    # proves: cards#render.counts
    await visit("/c/Ab3dE6gH", {"user-agent": "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20)"})
    assert len(store.renders) == 1


async def test_a_missing_value_gives_an_honest_page_and_a_failed_render(visit: Visit, store: SmallStore) -> None:
    # proves: cards#render.failed
    store.put("Ab3dE6gH", "card", "CARD_SMS_1", kept({"param1": "李四"}, "https://m.shop.example/web"))
    page = await visit("/c/Ab3dE6gH")
    assert page.status == 410
    assert "不会计费" in page.body
    assert "https://m.shop.example/web" in page.body
    assert [op.failed for op in store.renders] == [True]


async def test_a_template_that_is_gone_gives_an_honest_page(visit: Visit, store: SmallStore, worlds: Worlds) -> None:
    # proves: cards#render.failed
    worlds.card = None
    page = await visit("/c/Ab3dE6gH", {"accept-language": "en-US,en;q=0.9,zh;q=0.1"})
    assert page.status == 410
    assert "not charged" in page.body
    assert [op.failed for op in store.renders] == [True]


async def test_a_card_that_was_shown_is_never_failed_afterwards(
    visit: Visit, store: SmallStore, worlds: Worlds
) -> None:
    # proves: cards#render.failed
    await visit("/c/Ab3dE6gH")
    worlds.card = None
    page = await visit("/c/Ab3dE6gH")
    assert page.status == 410
    assert "计费" not in page.body
    assert [op.failed for op in store.renders] == [False]


async def test_a_link_leads_to_its_target_and_the_click_is_told(
    visit: Visit, store: SmallStore, clock: FakeClock
) -> None:
    # proves: cards#links.redirect
    page = await visit("/l/urlurl12")
    assert (page.status, page.headers["location"]) == (302, "https://example.com/welcome?from=sms&n=1#top")
    clicks = [op for op in store.written if isinstance(op, Click)]
    assert [(op.code, op.at) for op in clicks] == [("urlurl12", clock.now_ms())]
    assert [(event.message_id, event.kind) for event in store.events] == [(7, "click")]


async def test_a_link_without_a_message_is_counted_without_an_event(visit: Visit, store: SmallStore) -> None:
    # proves: cards#links.redirect
    store.put("nomsg123", "url", "http://example.com", message_id=None)
    await visit("/l/nomsg123")
    assert store.links["nomsg123"].clicks == 1
    assert store.events == []


async def test_a_link_opened_over_and_over_tells_only_its_first_clicks(visit: Visit, store: SmallStore) -> None:
    # proves: cards#links.redirect
    for _ in range(25):
        await visit("/l/urlurl12")
    assert store.links["urlurl12"].clicks == 25
    assert len(store.events) == 20


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "//example.com", "https://", "x\r\ny"]
)
async def test_a_target_that_is_no_web_address_is_not_followed(visit: Visit, store: SmallStore, target: str) -> None:
    # proves: cards#links.redirect
    store.put("badbad12", "url", target)
    page = await visit("/l/badbad12")
    assert page.status == 404
    assert "location" not in page.headers


@pytest.mark.parametrize(
    "path", ["/c/NoSuchCd", "/l/NoSuchCd", "/c/Zz9", "/c/urlurl12", "/l/Ab3dE6gH", "/c/a.b", "/c/", "/x", "/c/a%2Fb"]
)
async def test_an_unknown_code_gives_a_page_that_says_so(visit: Visit, store: SmallStore, path: str) -> None:
    # proves: cards#links.unknown
    page = await visit(path)
    assert page.status == 404
    assert "链接不存在" in page.body
    assert "content-security-policy" in page.headers
    assert store.written == []


async def test_other_methods_are_refused(visit: Visit) -> None:
    page = await visit("/c/Ab3dE6gH", method="POST")
    assert page.status == 405
    assert "GET" in page.headers["allow"]


async def test_a_store_that_is_away_gives_a_page_that_says_so(visit: Visit, store: SmallStore) -> None:
    store.is_down = True
    page = await visit("/c/Ab3dE6gH", {"accept-language": "en"})
    assert page.status == 503
    assert "Try again" in page.body


async def test_counting_never_stands_in_the_readers_way(visit: Visit, store: SmallStore) -> None:
    store.is_read_only = True
    assert (await visit("/c/Ab3dE6gH")).status == 200
    assert (await visit("/l/urlurl12")).status == 302


async def test_our_own_words_follow_the_reader_and_the_cards_do_not(visit: Visit) -> None:
    page = await visit("/c/Ab3dE6gH", {"accept-language": "en"})
    assert 'lang="en"' in page.body
    assert "Open the web version" in page.body
    assert "测试 尊敬的李四" in page.body


@pytest.mark.parametrize("text", ["", "{", "[]", '{"values": 3}', "[" * 100_000])
def test_reads_anything_kept_with_a_link(text: str) -> None:
    assert read_sent(text) == ({}, None)


def element_with(action_type: str, action: dict[str, Any]) -> Any:
    card = sample()
    card["templateContent"]["pages"][0]["tmpCards"][3] |= {"actionType": action_type, "action": action}
    return render(read_card(card), VALUES).pages[0].elements[3].tap


@pytest.mark.parametrize(
    ("action_type", "action", "href"),
    [
        ("OPEN_URL", {"target": "https://a.example/x?y=${param2}"}, "https://a.example/x?y=88.00"),
        ("OPEN_BROWSER", {"target": "https://a.example/路"}, "https://a.example/%E8%B7%AF"),
        ("OPEN_APP", {"target": "taobao://x", "floorUrl": "https://a.example/"}, "https://a.example/"),
        ("OPEN_APP", {"target": "taobao://x"}, None),
        ("OPEN_QUICK", {"target": "hap://app/x"}, None),
        ("DIAL_PHONE", {"target": "400-800 1234"}, "tel:4008001234"),
        ("DIAL_PHONE", {"target": "*2767*3855#"}, None),
        ("OPEN_SMS", {"target": "10086", "body": "查&询"}, "sms:10086?body=%E6%9F%A5%26%E8%AF%A2"),
        ("OPEN_EMAIL", {"target": "a@b.example", "subject": "Hi"}, "mailto:a@b.example?subject=Hi"),
        ("OPEN_EMAIL", {"target": "a@b.example?cc=all"}, None),
        ("OPEN_MAP", {"address": "杭州", "latitude": 30.25, "longitude": 120.1}, "geo:30.250000,120.100000"),
        ("OPEN_MAP", {"address": "杭州"}, "geo:0,0?q=%E6%9D%AD%E5%B7%9E"),
        ("OPEN_MAP", {"latitude": 91, "longitude": 0}, None),
        ("OPEN_URL", {"target": "https://user@a.example/"}, None),
        ("OPEN_URL", {"target": "https://a.example:99999/"}, None),
        ("OPEN_URL", {"target": "https://[::1]/"}, None),
    ],
)
def test_an_action_becomes_a_link_that_is_safe(action_type: str, action: dict[str, Any], href: str | None) -> None:
    # proves: cards#render.actions
    assert element_with(action_type, action).href == href


async def test_actions_without_a_link_unfold_or_can_be_copied(visit: Visit, worlds: Worlds) -> None:
    # proves: cards#render.actions
    card = sample(CardType.ITINERARY)
    cards = card["templateContent"]["pages"][0]["tmpCards"]
    cards[7] |= {"actionType": "OPEN_POPUP", "action": {"title": "退改", "body": "起飞前 ${param2} 分钟"}}
    cards[8] |= {"actionType": "COPY_PARAMETER", "action": {"target": "${param1}"}}
    worlds.card = card
    page = await visit("/c/Ab3dE6gH")
    assert "<details" in page.body
    assert "起飞前 88.00 分钟" in page.body
    assert "<code" in page.body
