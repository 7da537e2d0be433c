import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.codes import extract_code, has_link, links


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("【云大师】你的验证码是1234", "1234"),
        ("【银行】您尾号6789的卡消费2000.00元，验证码 445566", "445566"),
        ("[Twitter] Your login code is: 8HK2P1", "8HK2P1"),
        ("847-293 is your Instagram code", "847293"),
        ("Your Uber code is 1234. Reply STOP ALL to +1 415-237-0403", "1234"),
        ("【一砂】您的验证码为：012345，该验证码5分钟内有效，请勿泄漏！", "012345"),
        ("验证码:8899，10分钟内有效", "8899"),
        ("1234是您的登录验证码，请勿告诉他人", "1234"),
        ("您正在登录，验证码 A1B2C3，尾号8000的手机", "A1B2C3"),
        ("动态密码：XKCD", "XKCD"),
        ("your code is 123-456", "123456"),
        ("Your verification code is 123 456.", "123456"),
        ("G-123456 is your Google verification code.", "123456"),
        ("Use 4821 as your OTP for order 99887", "4821"),
        ("2026-01-02 您的校验码为 778899", "778899"),
        ("于2026年申请，验证码654321", "654321"),
        ("code: 12345 see https://a.test/55555/x", "12345"),
        ("请联系4001234567，验证码 3344", "3344"),
        ("消费1000元", None),
        ("1234", "1234"),
        ("1234 or 5678", None),
        ("hello", None),
        ("", None),
        ("您的验证码已发送", None),
    ],
)
def test_reads_the_code_as_a_person_would_type_it(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("点击http://127.0.0.1:8050/l/aB3，退订回T", ["http://127.0.0.1:8050/l/aB3"]),
        ("see (https://a.test/x_(y)). Bye", ["https://a.test/x_(y)"]),
        ("详情 t.cn/AbC 或 example.com!", ["t.cn/AbC", "example.com"]),
        ("HTTPS://A.TEST/?x=1&y=2#z", ["HTTPS://A.TEST/?x=1&y=2#z"]),
        ("mail a@example.com, version 1.2.3, end.In time", []),
        ("", []),
    ],
)
def test_finds_links(text: str, found: list[str]) -> None:
    assert links(text) == found


@pytest.mark.parametrize("text", ["http://", "www.x", "a.cn", "好a.com/x", "FTP://x"])
def test_knows_the_beginning_of_a_link(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize("text", ["3.14", "a@example.com", "Mr.Wang", "2026.01.02", "node.js"])
def test_dots_alone_make_no_link(text: str) -> None:
    assert not has_link(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "a-",
        "1",
        "http://",
        "code ",
        "1234 ",
        "【",
        "验证码",
        "123-",
        "www.",
        "code 1234 ",
        "1234 code",
        "a.cn/)",
    ],
)
def test_long_hostile_texts_are_read_like_others(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    extract_code(text)
    links(text)
    has_link(text)


@given(st.text(max_size=100))
def test_any_text_is_read(text: str) -> None:
    code = extract_code(text)
    assert code is None or (code.isascii() and code.isalnum())
    assert all(link for link in links(text))
    has_link(text)


@given(
    st.from_regex(r"[0-9]{4,8}", fullmatch=True),
    st.sampled_from(["您的验证码是{}，请勿泄漏", "Your code is {}.", "{} is your code"]),
)
def test_a_code_put_in_comes_out(code: str, frame: str) -> None:
    assert extract_code(frame.format(code)) == code
