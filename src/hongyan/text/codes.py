"""What a reader of a text looks for: the one-time code and the links in it.

For people and tests that wait for a message, not for the road. Guesses by how near a candidate stands to a word
such as 验证码 or "code"; patterns are bounded, so a hostile text costs no more than a friendly one.
"""

import re

_WORDS = re.compile(
    r"验证码|校验码|动态码|动态密码|注册码|确认码|随机码|授权码|取件码|提取码|激活码|口令|密码"
    r"|(?<![a-z])(?:code|otp|passcode|password|pin)(?![a-z])",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(
    r"(?<![0-9A-Za-z./@_-])"
    r"(?:[A-Z]{1,3}-(?P<marked>[0-9]{4,8})|(?P<halves>[0-9]{3,4}[- ][0-9]{3,4})|(?P<plain>[0-9A-Za-z]{4,10}))"
    r"(?![0-9A-Za-z@_]|[-./:][0-9A-Za-z])"
)
_NOT_A_CODE = re.compile(r"\s*(?:年|月|日|元|分钟|小时|秒|minutes?|hours?|seconds?|yuan|%)", re.IGNORECASE)
_SOMETHING_ELSE = re.compile(
    r"(?:尾号|单号|订单|账号|卡号|工号|金额|order|ending|ending in|account|card|amount|no\.|[$¥￥])[\s:：#为]*\Z",
    re.IGNORECASE,
)
_LOOK_BACK = 16
_LONGEST_TEXT = 2000
_BEFORE_WORD, _NO_DIGIT, _TOO_FAR = 4, 8, 60

_PATH = r"/[!#-;=?-\[\]^-~]{0,2000}"
_HOST = r"(?<![a-z0-9@._/-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}"
_SURE_TOP = (
    r"(?:com|cn|net|org|info|biz|top|vip|xyz|site|shop|club|online|store|tech|ltd|group|cc|tv|io|hk|tw|mo|sg|jp|kr"
    r"|uk|de|fr|ru|eu|test|example)(?![a-z0-9.-])"
)
_BARE_LINK = rf"{_HOST}(?:{_SURE_TOP}(?::[0-9]{{1,5}})?(?:{_PATH})?|[a-z]{{2,18}}(?::[0-9]{{1,5}})?{_PATH})"
_LINK = re.compile(rf"https?:/{_PATH}|{_BARE_LINK}", re.IGNORECASE)
_HAS_LINK = re.compile(rf"(?:https?|ftp)://|(?<![a-z0-9])www\.[a-z0-9]|{_BARE_LINK}", re.IGNORECASE)


def extract_code(text: str) -> str | None:
    """Return the one-time code in a text as it is to be typed (`123-456` and `G-123456` give `123456`), or None.

    Of several candidates the one nearest to a word for "code" wins, one after the word before one in front of it.
    Without such a word the only candidate made of digits alone is taken, if there is only one. Reads the first 2,000
    characters.
    """
    text = _LINK.sub(lambda link: " " * len(link[0]), text[:_LONGEST_TEXT])
    words = [found.span() for found in _WORDS.finditer(text)]
    best: tuple[int, str] | None = None
    digits_only = []
    for found in _CANDIDATE.finditer(text):
        code = found["marked"] or (found["halves"] or found["plain"]).replace("-", "").replace(" ", "")
        if not (code.isdigit() or _mixed(code)) or _is_something_else(text, found):
            continue
        if code.isdigit():
            digits_only.append(code)
        far = _distance(words, found.span()) + (0 if any(map(str.isdigit, code)) else _NO_DIGIT)
        if far <= _TOO_FAR and (best is None or far < best[0]):
            best = far, code
    if best is not None:
        return best[1]
    return digits_only[0] if not words and len(digits_only) == 1 else None


def links(text: str) -> list[str]:
    """Return the links in a text, in order: with a scheme, or a bare host as short links in texts are written."""
    return [_trimmed(found[0]) for found in _LINK.finditer(text)]


def has_link(text: str) -> bool:
    """Return whether a text holds a link or the beginning of one."""
    return _HAS_LINK.search(text) is not None


def _is_something_else(text: str, found: re.Match[str]) -> bool:
    """Return whether what stands around a candidate says that it is a date, a sum, an order or a card."""
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    return _NOT_A_CODE.match(text, found.end()) is not None or _SOMETHING_ELSE.search(before) is not None


def _mixed(code: str) -> bool:
    """Letters make a code only in capitals or together with a digit: `Hello` is none."""
    return code.isupper() or any(map(str.isdigit, code))


def _distance(words: list[tuple[int, int]], span: tuple[int, int]) -> int:
    """Return how far the nearest word for "code" is; a word behind the candidate counts as a little farther."""
    start, end = span
    far = _TOO_FAR + 1
    for word_start, word_end in words:
        if word_end <= start:
            far = min(far, start - word_end)
        elif word_start >= end:
            far = min(far, word_start - end + _BEFORE_WORD)
    return far


def _trimmed(link: str) -> str:
    """Take off what ends the sentence rather than the link."""
    link = link.rstrip(".,;:!?'")
    while link.endswith(")") and link.count(")") > link.count("("):
        link = link[:-1].rstrip(".,;:!?'")
    return link
