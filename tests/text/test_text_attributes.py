import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.text.attributes import ATTRIBUTES, check_value

CAPTCHA, NOTIFICATION = Category.CAPTCHA, Category.NOTIFICATION


@pytest.mark.parametrize(
    ("category", "attribute", "value"),
    [
        (CAPTCHA, "", "1234"),
        (CAPTCHA, "", "a1B2"),
        (CAPTCHA, "numberCaptcha", "123456"),
        (CAPTCHA, "characterWithNumber2", "ABCDEF"),
        (NOTIFICATION, "", "x"),
        (NOTIFICATION, "", "订单已发货 " + "好" * 29),
        (NOTIFICATION, "", "v1.2.3"),
        (NOTIFICATION, "attribute of tomorrow", "anything"),
        (NOTIFICATION, "phone_number2", "13800138000"),
        (NOTIFICATION, "phone_number2", "400-123-1234"),
        (NOTIFICATION, "phone_number2", "0571-82123456"),
        (NOTIFICATION, "phone_number2", "10086"),
        (NOTIFICATION, "time", "2026-01-02 03:04:05"),
        (NOTIFICATION, "time", "2026年1月2日上午9点30分"),
        (NOTIFICATION, "time", "20260102"),
        (NOTIFICATION, "time", "14:00-16:00"),
        (NOTIFICATION, "time", "今天下午"),
        (NOTIFICATION, "money", "1,234.50"),
        (NOTIFICATION, "money", "0.01"),
        (NOTIFICATION, "money", "壹佰元整"),
        (NOTIFICATION, "name", "阿里·巴巴"),
        (NOTIFICATION, "other_number2", "SF1234567890"),
        (NOTIFICATION, "email_address", "a@example.com"),
    ],
)
def test_takes_what_fits(category: Category, attribute: str, value: str) -> None:
    """proves: alibaba#template.attributes, alibaba#send.values"""
    check_value("x", value, category=category, attribute=attribute)


@pytest.mark.parametrize(
    ("category", "attribute", "value", "reason"),
    [
        (CAPTCHA, "", "1234567", Reason.VALUE_TOO_LONG),
        (CAPTCHA, "", "123", Reason.BAD_VALUE),
        (CAPTCHA, "", "", Reason.BAD_VALUE),
        (CAPTCHA, "", "12 34", Reason.BAD_VALUE),
        (CAPTCHA, "", "验证码码", Reason.BAD_VALUE),
        (CAPTCHA, "numberCaptcha", "12a4", Reason.BAD_VALUE),
        (CAPTCHA, "numberCaptcha", "１２３４", Reason.BAD_VALUE),
        (NOTIFICATION, "", "", Reason.BAD_VALUE),
        (NOTIFICATION, "", "好" * 36, Reason.VALUE_TOO_LONG),
        (NOTIFICATION, "", "see http://a.test/x", Reason.VALUE_HAS_URL),
        (NOTIFICATION, "", "www.example.com", Reason.VALUE_HAS_URL),
        (NOTIFICATION, "", "请看t.cn/abc", Reason.VALUE_HAS_URL),
        (NOTIFICATION, "name", "shop.com", Reason.VALUE_HAS_URL),
        (NOTIFICATION, "", "【别人】", Reason.BAD_VALUE),
        (NOTIFICATION, "", "a\x00b", Reason.BAD_VALUE),
        (NOTIFICATION, "phone_number2", "12", Reason.BAD_VALUE),
        (NOTIFICATION, "phone_number2", "1234-5678-9012-3456", Reason.VALUE_TOO_LONG),
        (NOTIFICATION, "phone_number2", "call me", Reason.BAD_VALUE),
        (NOTIFICATION, "time", '["2026"]', Reason.BAD_VALUE),
        (NOTIFICATION, "time", "2026_01_02", Reason.BAD_VALUE),
        (NOTIFICATION, "time", "---", Reason.BAD_VALUE),
        (NOTIFICATION, "money", "much", Reason.BAD_VALUE),
        (NOTIFICATION, "money", "1,2,3", Reason.BAD_VALUE),
        (NOTIFICATION, "other_number2", "订单", Reason.BAD_VALUE),
    ],
)
def test_refuses_what_does_not_fit(category: Category, attribute: str, value: str, reason: Reason) -> None:
    """proves: alibaba#template.attributes, alibaba#send.values"""
    with pytest.raises(Refused) as refused:
        check_value("x", value, category=category, attribute=attribute)
    assert refused.value.reason is reason
    assert refused.value.facts["name"] == "x"


@given(st.text(max_size=60), st.sampled_from(list(Category)), st.sampled_from(["", "unknown", *ATTRIBUTES]))
def test_any_value_is_taken_or_refused(value: str, category: Category, attribute: str) -> None:
    with contextlib.suppress(Refused):
        check_value("x", value, category=category, attribute=attribute)
        assert 1 <= len(value) <= 35
