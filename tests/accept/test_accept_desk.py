from typing import TYPE_CHECKING

import pytest

from cards.card_samples import sample
from hongyan.model.errors import Refused
from hongyan.model.limits import Limit, Span
from hongyan.model.message import Category, Leg, State
from hongyan.model.reason import Reason
from hongyan.model.submission import Item, Verdict
from hongyan.model.world import App, Key, Link, Price, Project, Review, Signature, Stop, Template

if TYPE_CHECKING:
    from accept.conftest import Counter
else:
    Counter = object

PROJECT = Project(name="shop", paid_in="100")
KEYS = tuple(Key(project="shop", dialect=one, name="AK", secret="SK") for one in ("nxcloud", "alibaba", "yundashi"))
CODE = Template(
    project="shop", name="T1", dialect="alibaba", body="验证码${code}", category=Category.CAPTCHA, signature=None
)


def said(verdicts: list[Verdict]) -> list[Reason | None]:
    return [one.reason for one in verdicts]


def text(to: str = "13800138000", content: str = "hello", **more: object) -> Item:
    return Item(to=to, content=content, **more)  # type: ignore[arg-type] # fields by name


async def test_an_accepted_message_is_in_the_store_charged_and_handed_on(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS, Price(name="", each="0.045"))
    (verdict,) = await counter.send(text(content="你好" * 40))
    message = verdict.message
    assert message is not None
    stored = await counter.store.message(message.id)
    assert stored is not None
    assert (stored.to, stored.country, stored.parts, stored.price) == ("8613800138000", "CN", 2, 90_000)
    assert (stored.alphabet, stored.state, stored.expires_at) == (
        "ucs2",
        State.SENDING,
        message.accepted_at + 86_400_000,
    )
    assert [one.id for one in counter.dispatch.taken] == [message.id]
    assert await counter.store.balance("shop") == 100_000_000 - 90_000 == await counter.store.ledger_sum("shop")


async def test_what_the_sender_has_no_room_for_waits_in_the_store(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    counter.dispatch.left = 1
    verdicts = await counter.send(text(), text("13800138001"))
    states = [one.message.state for one in verdicts if one.message]
    assert states == [State.SENDING, State.ACCEPTED]
    assert len(counter.dispatch.taken) == 1
    assert counter.dispatch.woken == 1


async def test_each_item_has_its_own_verdict(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS, Stop(project="shop", name="8613800138009", marketing_only=False))
    verdicts = await counter.send(text(), text("12"), text("13800138009"), text(content=" "), text(content="x" * 501))
    assert said(verdicts) == [
        None,
        Reason.BAD_NUMBER,
        Reason.OPTED_OUT,
        Reason.EMPTY_CONTENT,
        Reason.CONTENT_TOO_LONG,
    ]


async def test_a_whole_submission_is_refused_with_its_first_refused_item(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    with pytest.raises(Refused) as caught:
        await counter.send(text(), text("12"), whole=True)
    assert caught.value.reason is Reason.BAD_NUMBER
    assert counter.dispatch.taken == []


async def test_a_retried_client_id_is_answered_the_same_and_sent_once(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    (first,) = await counter.send(text(client_id="order-000000001"))
    (again,) = await counter.send(text(client_id="order-000000001"))
    (other,) = await counter.send(text(client_id="order-000000001", content="another text"))
    assert first.message is not None
    assert again.message is not None
    assert again.repeated
    assert again.message.id == first.message.id
    assert other.reason is Reason.CLIENT_ID_TAKEN
    assert len(counter.dispatch.taken) == 1


async def test_a_client_id_is_good_once_within_a_submission(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    assert said(await counter.send(text(client_id="a" * 10), text(client_id="a" * 10))) == [
        None,
        Reason.CLIENT_ID_TAKEN,
    ]


async def test_number_limits_count_item_by_item_and_say_which_one_was_hit(counter: Counter) -> None:
    limits = (Limit(permits=2, span=Span.MINUTE), Limit(permits=3, span=Span.ROLLING_DAY, name="number-day"))
    await counter.declare(Project(name="shop", limits=limits), *KEYS)
    verdicts = await counter.send(text(), text(), text(), text("13800138001"))
    assert said(verdicts) == [None, None, Reason.NUMBER_LIMIT, None]
    assert (verdicts[2].facts["span"], verdicts[2].facts["permits"]) == ("minute", 2)
    counter.clock.push(60)
    verdicts = await counter.send(text(), text())
    assert said(verdicts) == [None, Reason.NUMBER_LIMIT]
    assert verdicts[1].facts["name"] == "number-day"


async def test_the_same_text_again_has_a_reason_of_its_own(counter: Counter) -> None:
    limit = Limit(permits=1, span=Span.DAY, per=("project", "content"), name="repeated-content")
    await counter.declare(Project(name="shop", limits=(limit,)), *KEYS)
    assert said(await counter.send(text(), text(), text(content="other"))) == [None, Reason.REPEATED_CONTENT, None]


async def test_without_money_nothing_is_accepted_and_the_request_says_so(counter: Counter) -> None:
    await counter.declare(Project(name="shop", paid_in="0.05"), *KEYS, Price(name="86", each="0.045"))
    assert said(await counter.send(text(), text("13800138001"))) == [None, Reason.NO_BALANCE]
    with pytest.raises(Refused) as caught:
        await counter.send(text())
    assert caught.value.reason is Reason.NO_BALANCE


async def test_a_number_nobody_priced_is_refused(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS, Price(name="86", each="0.045"))
    assert said(await counter.send(text("+14155550100"))) == [Reason.NO_PRICE]


async def test_apps_are_found_paced_and_guarded(counter: Counter) -> None:
    app = App(project="shop", name="app1", rate_per_second=2, allow_addresses=("127.0.0.0/8",))
    await counter.declare(PROJECT, *KEYS, app, App(project="other", name="app2"))
    for name, wanted in (("nope", Reason.UNKNOWN_APP), ("app2", Reason.UNKNOWN_APP)):
        with pytest.raises(Refused) as caught:
            await counter.send(text(), app=name)
        assert caught.value.reason is wanted
    await counter.send(text(), text("13800138001"), app="app1")
    with pytest.raises(Refused) as caught:
        await counter.send(text(), app="app1")
    assert caught.value.reason is Reason.APP_TOO_FAST


async def test_templates_are_rendered_signed_and_their_faults_named(counter: Counter) -> None:
    signatures = (
        Signature(project="shop", name="阿里云"),
        Signature(project="shop", name="等待中", review=Review.PENDING),
        Signature(project="shop", name="验证专用", captcha_only=True),
    )
    pending = Template(project="shop", name="T2", dialect="alibaba", body="x", review=Review.PENDING)
    notice = Template(project="shop", name="T3", dialect="alibaba", body="通知${a}")
    await counter.declare(PROJECT, *KEYS, *signatures, CODE, pending, notice)

    async def reason(template: str, sign: str, **values: str) -> Reason:
        item = Item(to="13800138000", template=template, values=values, signature=sign)
        with pytest.raises(Refused) as caught:
            await counter.send(item, dialect="alibaba", whole=True, must_sign=True)
        return caught.value.reason

    assert await reason("T9", "阿里云") is Reason.UNKNOWN_TEMPLATE
    assert await reason("T2", "阿里云") is Reason.TEMPLATE_NOT_APPROVED
    assert await reason("T1", "阿里云") is Reason.MISSING_VALUE
    assert await reason("T1", "没有的", code="1234") is Reason.UNKNOWN_SIGNATURE
    assert await reason("T1", "!!", code="1234") is Reason.BAD_SIGNATURE
    assert await reason("T1", "等待中", code="1234") is Reason.SIGNATURE_NOT_APPROVED
    assert await reason("T3", "验证专用", a="1") is Reason.SIGNATURE_SCENE
    item = Item(to="13800138000", template="T1", values={"code": "1234"}, signature="阿里云")
    (verdict,) = await counter.send(item, dialect="alibaba", whole=True, must_sign=True)
    assert verdict.message is not None
    assert verdict.message.content == "【阿里云】验证码1234"
    assert verdict.message.category is Category.CAPTCHA


async def test_finished_texts_must_match_a_template_where_the_vendor_says_so(counter: Counter) -> None:
    signatures = (Signature(project="shop", name="云大师", default=True), Signature(project="shop", name="云大师讲座"))
    template = Template(project="shop", name="1", dialect="yundashi", body="你的验证码是{1}")
    await counter.declare(PROJECT, *KEYS, *signatures, template)

    async def sent(content: str) -> list[Verdict]:
        return await counter.send(text(content=content), dialect="yundashi", must_match=True, must_sign=True)

    assert said(await sent("随便写")) == [Reason.NO_TEMPLATE_MATCH]
    (plain,) = await sent("你的验证码是1234")
    (chosen,) = await sent("【云大师讲座】你的验证码是1234")
    assert plain.message is not None
    assert plain.message.content == "【云大师】你的验证码是1234"
    assert chosen.message is not None
    assert chosen.message.content == "【云大师讲座】你的验证码是1234"
    assert said(await sent("【别人】你的验证码是1234")) == [Reason.UNKNOWN_SIGNATURE]


async def test_marketing_keeps_to_its_hours_and_to_the_stop_list(counter: Counter) -> None:
    project = Project(name="shop", quiet_hours=(8, 22))
    await counter.declare(project, *KEYS, Stop(project="", name="8613800138001"))
    assert said(await counter.send(text(category=Category.MARKETING))) == [None]  # 11:04 in China
    assert said(await counter.send(text("13800138001", category=Category.MARKETING))) == [Reason.OPTED_OUT]
    assert said(await counter.send(text("13800138001"))) == [None]
    counter.clock.push(11 * 3600)
    assert said(await counter.send(text(category=Category.MARKETING))) == [Reason.QUIET_HOURS]


async def test_keywords_and_regions_are_held_against_the_project(counter: Counter) -> None:
    await counter.declare(Project(name="shop", keywords=("赌博",), countries=("CN",)), *KEYS)
    assert said(await counter.send(text(content="来赌博吧"), text("+14155550100"))) == [
        Reason.KEYWORD,
        Reason.REGION_REFUSED,
    ]


async def test_short_links_are_put_in_and_remember_their_message(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS, Link(project="shop", name="nx.ink/a", target="https://example.com/a"))
    (verdict,) = await counter.send(text(content="see #1#", short_link="nx.ink/a"))
    (silent,) = await counter.send(text(content="see #1#", short_link="nx.ink/a", collect_clicks=False))
    assert said(await counter.send(text(content="see #1#", short_link="other"))) == [Reason.UNKNOWN_LINK]
    for one, known in ((verdict, True), (silent, False)):
        assert one.message is not None
        link = await counter.store.link(one.message.content.rsplit("/", 1)[1])
        assert link is not None
        assert link.target == "https://example.com/a"
        assert (link.message_id == one.message.id) is known


async def test_cards_go_to_phones_that_show_them_and_fall_back_elsewhere(counter: Counter) -> None:
    card = Template(project="shop", name="CARD_SMS_1", dialect="alibaba", leg=Leg.CARD, card=sample())
    fallback = Template(project="shop", name="T3", dialect="alibaba", body="通知${a}")
    await counter.declare(PROJECT, *KEYS, Signature(project="shop", name="阿里云"), card, CODE, fallback)

    def item(to: str, *, falls_back: bool) -> Item:
        below = Item(to=to, template="T3", values={"a": "b"}, signature="阿里云") if falls_back else None
        return Item(
            to=to,
            leg=Leg.CARD,
            card_template="CARD_SMS_1",
            signature="阿里云",
            template="T3",
            values={"a": "card"},
            card_values={"param2": "x"},
            fallback=below,
        )

    odd, even, none = await counter.send(
        item("13800138001", falls_back=True),
        item("13800138002", falls_back=True),
        item("13800138004", falls_back=False),
        dialect="alibaba",
        whole=True,
        must_sign=True,
    )
    assert odd.message is not None
    assert even.message is not None
    assert odd.message.leg is Leg.CARD
    assert odd.message.noted()["lacks"] == "param1"
    assert odd.message.content.startswith("【阿里云】通知card http://short.test/c/")
    assert even.message.leg is Leg.TEXT
    assert even.message.content == "【阿里云】通知b"
    assert odd.message.submission != even.message.submission
    assert none.reason is Reason.CARD_UNSUPPORTED


async def test_refusals_are_kept_with_their_facts(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    await counter.send(text("12"))
    await counter.desk.close()
    (row,) = await counter.store.refusals_of_request("R1")
    assert (row.reason, row.position, row.project) == (Reason.BAD_NUMBER, 0, "shop")


async def test_nothing_is_accepted_over_the_backlog_cap(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    counter.desk.backlog = 1000
    with pytest.raises(Refused) as caught:
        await counter.send(text())
    assert caught.value.reason is Reason.OVERLOADED


async def test_texts_that_no_store_can_hold_are_refused(counter: Counter) -> None:
    await counter.declare(PROJECT, *KEYS)
    assert said(await counter.send(text(content="a\x00b"), text(content="a\ud800b"))) == [Reason.BAD_FIELD] * 2


async def test_values_that_no_store_can_hold_are_refused_like_texts(counter: Counter) -> None:
    plain = Template(project="shop", name="T5", dialect="yundashi", body="{1}")
    await counter.declare(PROJECT, *KEYS, plain)
    items = [Item(to="13800138000", template="T5", values=(value,)) for value in ("a\x00b", "a\ud800b", "fine")]
    assert said(await counter.send(*items, dialect="yundashi")) == [Reason.BAD_FIELD, Reason.BAD_FIELD, None]
