"""The Chinese line of an event says our own sentences in Chinese, and leaves a carrier's words alone."""

import pytest

from hongyan.report.in_chinese import in_chinese


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
    ],
)  # fmt: skip
def test_what_we_say_is_said_in_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese
