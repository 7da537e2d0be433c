"""Whose seal is not ours learns where the texts first differ, what that piece is, and what probably did it."""

import pytest

from hongyan.text.difference import compared, digests, first_difference

NX = "accessKey=AK&action=mtsend&bizType=3&ts=1700000000000&body={}&accessSecret={}"
BODY = '{"appKey":"a","items":[{"phone":"8613800138000"}]}'
RPC = "GET&%2F&AccessKeyId%3Dk%26Action%3DSendSms%26TemplateParam%3D%257B%2522code%2522%253A%25221%25202%2522%257D"
ACS3 = (
    "ACS3-HMAC-SHA256\n{digest}\nPOST\n/\n{query}\nhost:h\nx-acs-action:SendSms\nx-acs-date:2026-01-02T03:04:05Z\n\n"
    "host;x-acs-action;x-acs-date\n{body}"
)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
QUERY = "PhoneNumbers=1&SignName=a&TemplateParam=%7B%22code%22%3A%221%202%22%7D"


def acs3(query: str = QUERY, digest: str = "aa11", body: str = EMPTY) -> str:
    return ACS3.format(query=query, digest=digest, body=body)


@pytest.mark.parametrize(
    ("theirs", "ours", "at"),
    [("abc", "abc", None), ("abc", "abd", 2), ("ab", "abd", 2), ("abcd", "ab", 2), ("", "a", 0)],
)
def test_finds_the_first_character_that_differs(theirs: str, ours: str, at: int | None) -> None:
    assert first_difference(theirs, ours) == at


@pytest.mark.parametrize(
    ("theirs", "ours", "reason"),
    [
        ("a1b2", "a1b2", "same"),
        ("A1B2", "a1b2", "case"),
        ("q%2FJ%3D", "q/J=", "twice-encoded"),
        ("YWJjZA==", "a1b2c3d4e5f60718", "encoding"),
        ("no digest at all!", "a1b2", "length"),
        ("a1b2", "a1c2", "value"),
    ],
)
def test_digests_are_marked_and_their_looks_say_something(theirs: str, ours: str, reason: str) -> None:
    left, right, why = digests(theirs, ours)
    assert why == reason
    assert "".join(left) == theirs
    assert "".join(right) == ours


@pytest.mark.parametrize(
    ("theirs", "ours", "reason", "what"),
    [
        # nxcloud: the body was written again after it was sealed; blanks; the secret's name
        (NX.format(BODY.replace(",", ", "), "s3cret"), NX.format(BODY, "***"), "json", "body"),
        (NX.format(BODY, "s3cret"), NX.format(BODY, "***"), "secret", None),
        (NX.format(BODY, "***"), NX.format(BODY, "***"), "secret", None),
        (NX.format(BODY, "x").replace("bizType=3&", ""), NX.format(BODY, "***"), "missing", "bizType"),
        (NX.format(BODY, "x").replace("ts=", "format=json&ts="), NX.format(BODY, "***"), "surplus", "format"),
        (NX.format(BODY, "x").replace("1700000000000", "1700000000"), NX.format(BODY, "***"), "value", "ts"),
        (NX.format(BODY, "x").replace("mtsend", "MTSEND"), NX.format(BODY, "***"), "case", "action"),
        # yundashi, comms
        ("appkey=sec&random=1&time=2&mobile=139", "appkey=***&random=1&time=2&mobile=138", "value", "mobile"),
        ("appkey=sec&random=1&time=2&mobile=138", "appkey=***&random=1&time=2&mobile=138", "secret", None),
        ("appkey=sec&time=2&random=1&mobile=138", "appkey=***&random=1&time=2&mobile=138", "order", None),
        ("no1&app&{}&20260102030405000&sec", "no1&app&{}&20260102030405000&***", "secret", None),
        # alibaba, both schemes
        (RPC.replace("%2520", "%2B"), RPC, "plus", "TemplateParam"),
        (RPC.replace("Action%3DSendSms%26", ""), RPC, "missing", "Action"),
        (acs3(QUERY.replace("%20", "+"), "bb22"), acs3(), "plus", "TemplateParam"),
        (acs3(QUERY.replace("%22", "%2522"), "bb22"), acs3(), "twice-encoded", "TemplateParam"),
        (acs3('PhoneNumbers=1&SignName=a&TemplateParam={"code":"1 2"}', "b"), acs3(), "not-encoded", "TemplateParam"),
        (acs3("SignName=a&" + QUERY.replace("&SignName=a", ""), "bb22"), acs3(), "order", None),
        (acs3(body=EMPTY.upper(), digest="bb22"), acs3(), "hash-case", "body"),
        (acs3(body="0" * 64, digest="bb22"), acs3(), "body", "body"),
        (acs3().replace("SendSms", "sendsms"), acs3(), "case", "x-acs-action"),
        (acs3() + "\n", acs3(), "newline", None),
        (acs3(), acs3(), "secret", None),
    ],
)
def test_strings_to_sign_are_compared_piece_by_piece(theirs: str, ours: str, reason: str, what: str | None) -> None:
    found = compared(theirs, ours)
    assert found.reasons[0] == reason
    if reason == "secret":
        assert found.first is None
        assert all(line.same for line in found.lines)
    if what is not None:
        telling = [line for line in found.lines if not line.same and line.what != "digest"]
        assert telling[0].what == what


@pytest.mark.parametrize(
    "theirs", ["", "&", "\n\n\n", "appkey=", "ACS3-HMAC-SHA256", "GET&%2F&", "{" * 5000, "***", "a\r\nb"]
)
@pytest.mark.parametrize("ours", ["", acs3(), RPC, NX.format(BODY, "***"), "appkey=***&random=1", "***"])
def test_whatever_is_pasted_is_compared(theirs: str, ours: str) -> None:
    found = compared(theirs, ours)
    assert found.reasons
    assert found.first is None or not found.lines[found.first].same


def test_a_pasted_secret_is_not_shown_again() -> None:
    for theirs, ours in (
        (NX.format(BODY, "s3cret"), NX.format(BODY, "***")),
        (NX.format(BODY.replace(",", ", "), "s3cret"), NX.format(BODY, "***")),
        ("appkey=s3cret&random=1&time=3", "appkey=***&random=1&time=2"),
        ("n&app&{ }&2026&s3cret", "n&app&{}&2026&***"),
    ):
        assert "s3cret" not in repr(compared(theirs, ours).lines)
