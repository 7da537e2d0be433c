"""The Chinese line of an event says our own sentences in Chinese, and leaves a carrier's words alone."""

from typing import Any

import pytest

from hongyan.model.message import Message, State
from hongyan.report.in_chinese import in_chinese
from hongyan.report.timeline import of_message
from hongyan.store.ops import Event


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "a: LOST the connection was lost: reset (part 2 of 6); it is handed over again",
            "a: LOST 连接中断: reset （第 2 条，共 6 条）; 将再次提交",
        ),
        (
            "hongyan: NO-ANSWER it is not known whether the carrier has it; it is not handed over again",
            "hongyan: NO-ANSWER 不清楚运营商是否已收到; 不再提交",
        ),
        ("a: ESME_RSYSERR system error; carrier b-2 is next", "a: ESME_RSYSERR system error; 改由通道 b-2 发送"),
        ("delivered: a: DELIVRD delivered; as before", "delivered: a: DELIVRD delivered; 与之前一致"),
        ("part 5 of 6: no receipt came in time", "第 5 条（共 6 条）: 未及时收到回执"),
        (
            "carrier a answered when it was no longer waited for: it took it as 7f",
            "通道 a 的应答迟到，已不再等待: 对方已接收，标识 7f",
        ),
        ("the partner said no", "the partner said no"),
        ("UNDELIV:010 The message cannot be delivered to this phone.", "UNDELIV:010 短信无法送达该手机。"),
        (
            "reply 7: http://a.example/r answered 503 in 12 ms: busy; again in 5 s",
            "上行 7: http://a.example/r 应答 503，用时 12 毫秒: busy; 5 秒后重试",
        ),
        (
            "http://a.example/r: no answer within 10 s (10001 ms); given up after 3 calls",
            "http://a.example/r: 10 秒内没有应答 (10001 ms); 调用 3 次后放弃",
        ),
    ],
)  # fmt: skip
def test_what_we_say_is_said_in_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


AT = 1_767_323_045_000


def told(*events: Event, on_air: int = 0, state: State = State.SUBMITTED, **more: Any) -> list[tuple[str, str]]:
    message = Message(
        id=1, project="p", submission=1, dialect="native", to="8613800138000", content="hello", accepted_at=AT,
        expires_at=AT + 60_000, state=state, carrier="b", provider_id="7", submitted_at=AT + 5, attempts=1,
        **more,
    )  # fmt: skip
    story = of_message(message, None, events, (), on_air=on_air)
    return [(one["text_en"], one["text_zh"]) for one in story["lines"] if one["stage"] in {"route", "send", "report"}]


def event(kind: str, text: str, at: int = AT + 5) -> Event:
    return Event(message_id=1, at=at, kind=kind, text=text)


def test_what_happened_in_one_millisecond_is_told_in_the_order_of_the_road() -> None:
    lines = told(
        event("push", "http://a.example answered 200 in 3 ms: ok"),
        event("unsure", "carrier|LOST|a|the connection was lost; it is handed over again"),
        event("routed", "a|no-link|b"),
        state=State.DELIVERED,
        done_at=AT + 5,
        cause="delivered|DELIVRD|b|The message reached the phone.",
    )
    assert [english.partition(":")[0] for english, _ in lines] == [
        "carrier a", "the hand-over's answer was lost", "carrier b took it (first attempt)", "delivered",
        "pushed to the caller",
    ]  # fmt: skip
    assert lines[3][1] == "已送达：DELIVRD 短信已送达手机。，来自 b"
    assert lines[4][1] == "已推送给调用方：http://a.example 应答 200，用时 3 毫秒: ok"


def test_the_state_that_a_receipt_told_is_in_the_readers_language() -> None:
    said = "delivered: delivered|DELIVRD|b|The message reached the phone.; as before"
    (line,) = (one for one in told(event("receipt-twice", said)) if "again" in one[0])
    assert line == (
        "a receipt came again: delivered: b: DELIVRD The message reached the phone.; as before",
        "回执重复：已送达：b: DELIVRD 短信已送达手机。; 与之前一致",
    )


@pytest.mark.parametrize(
    ("on_air", "english", "chinese"),
    [
        (2, ", in 2 parts as it words texts; charged were 1", "，按该通道的写法共 2 条；计费 1 条"),
        (0, "", ""),
    ],
)
def test_parts_on_air_that_are_not_those_charged_are_told(on_air: int, english: str, chinese: str) -> None:
    (line,) = told(on_air=on_air)
    assert line == (f"carrier b took it (first attempt){english}", f"运营商 b 已接收（第 1 次）{chinese}")
