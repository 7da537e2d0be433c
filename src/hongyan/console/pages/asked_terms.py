"""What each term of a search for messages asks the store. A table from key to function; pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hongyan.console.asking import Problem, Typed, listed, moment
from hongyan.console.grammar import Term
from hongyan.console.words import LEGS, STATES
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.model.message import FINAL, Category, Leg, State
from hongyan.store import Also
from hongyan.text import numbers

DIALECTS = ("alibaba", "comms", "nxcloud", "yundashi", "native", "smpp")
FAILED = (State.UNDELIVERED, State.REJECTED, State.EXPIRED)
KEYS: Mapping[str, tuple[str, ...]] = {
    # key -> its other names
    "to": ("number", "phone", "号码", "手机"),
    "state": ("status", "状态"),
    "vendor": ("dialect", "api", "厂商", "接口"),
    "template": ("tpl", "模板"),
    "text": ("content", "内容"),
    "since": ("after", "从", "起"),
    "until": ("before", "到", "止"),
    "project": ("项目",),
    "carrier": ("通道",),
    "cause": ("error", "原因"),
    "leg": ("kind", "类型"),
    "parts": ("条数",),
    "category": ("类别",),
    "signature": ("sign", "签名"),
    "operator": ("运营商",),
    "country": ("国家",),
    "app": ("应用",),
    "key": ("accesskey", "密钥"),
    "client": ("client_id", "调用方编号"),
    "request": ("request_id", "请求号"),
    "id": ("编号",),
}
NAMES = {name: key for key, others in KEYS.items() for name in (key, *others)}
_WAITING = tuple(one for one in State if one not in FINAL)
_STATES: dict[str, tuple[State, ...]] = {str(one): (one,) for one in State}
_STATES |= {word: (State(one),) for one, word in STATES["zh"].items()}
_STATES |= {"failed": FAILED, "失败": FAILED, "waiting": _WAITING, "未完成": _WAITING, "final": tuple(FINAL)}
_LEGS = {str(one): str(one) for one in Leg} | {word: one for one, word in LEGS["zh"].items()}
_VENDORS = {"aliyun": "alibaba", "阿里云": "alibaba", "牛信云": "nxcloud", "云大师": "yundashi", "tencent": "yundashi"}
_SHORT = 7
"""digits of a number below which it is perhaps a code in a text"""
_LARGEST = (1 << 63) - 1


class Reading:
    """What has been understood of a search so far."""

    def __init__(self, typed: Typed, now_ms: int) -> None:
        self.typed, self.now_ms = typed, now_ms
        self.also: list[Also] = []
        self.fields: dict[str, Any] = {}
        """of the store's query"""
        self.problems = list(typed.problems)
        self.request = self.perhaps_text = ""
        self.is_void = False
        """nothing can be found"""

    def take(self, term: Term) -> None:
        """Understand one more term."""
        key = term.key or ("to" if _is_number(term) else "text")
        if key == "to" and not term.key and len(term.value) < _SHORT:
            self.perhaps_text = term.value
        _READ[key](self, term)

    def add(self, column: str, how: str, value: Any, term: Term) -> None:
        """Add a condition."""
        self.also.append(Also(column, how, value, term.unless))
        self.is_void |= how == "among" and not value and not term.unless

    def reject(self, term: Term, known: Iterable[str]) -> None:
        """Say that a value is none of these."""
        self.problems.append(self.typed.problem("no_such_value", term, known))

    def finished(self) -> None:
        """Take out of the conditions what the store has a field for, with an index behind it."""
        for column in ("to", "project"):
            first = next((one for one in self.also if one[:2] == (column, "is") and not one.unless), None)
            if first is not None:
                self.fields[column] = first.value
                self.also.remove(first)


def _equal(column: str) -> Callable[[Reading, Term], None]:
    def read(reading: Reading, term: Term) -> None:
        several = tuple(listed(term.value)) if column != "key_id" else ()
        if len(several) > 1:
            reading.add(column, "among", several, term)
        else:
            reading.add(column, "is", term.value, term)

    return read


def _number(reading: Reading, term: Term) -> None:
    """Look for a whole number as such, for some digits as the end of one."""
    several = listed(term.value)
    if len(several) > 1:
        reading.add("to", "among", tuple(_digits(one) for one in several), term)
        return
    digits = _digits(term.value)
    is_whole = numbers.parse(term.value) is not None or term.value.startswith("+")
    is_end = not is_whole and digits.isascii() and digits.isdigit()
    reading.add("to", "ends" if is_end else "is", digits, term)


def _is_number(term: Term) -> bool:
    digits = term.value.replace("-", "").removeprefix("+")
    return not term.is_quoted and digits.isascii() and digits.isdigit()


def _digits(number: str) -> str:
    found = numbers.parse(number)
    return found.digits if found else "".join(one for one in number if one.isascii() and one.isdigit()) or number


def _text(reading: Reading, term: Term) -> None:
    reading.add("content", "holds", term.value, term)


def _cause(reading: Reading, term: Term) -> None:
    reading.add("cause", "holds", term.value, term)


def _state(reading: Reading, term: Term) -> None:
    names = listed(term.value.lower())
    if not set(names) <= set(_STATES):
        reading.reject(term, [*map(str, State), "failed", "waiting", "final"])
    else:
        reading.add("state", "among", tuple(str(one) for name in names for one in _STATES[name]), term)


def _leg(reading: Reading, term: Term) -> None:
    names = listed(term.value.lower())
    if not set(names) <= set(_LEGS):
        reading.reject(term, map(str, Leg))
    else:
        reading.add("leg", "among", tuple(_LEGS[name] for name in names), term)


def _category(reading: Reading, term: Term) -> None:
    names = listed(term.value.lower())
    if not set(names) <= set(map(str, Category)):
        reading.reject(term, map(str, Category))
    else:
        reading.add("category", "among", tuple(names), term)


def _vendor(reading: Reading, term: Term) -> None:
    names = tuple(_VENDORS.get(name, name) for name in listed(term.value.lower()))
    if not set(names) <= set(DIALECTS):
        reading.reject(term, DIALECTS)
    reading.add("dialect", "among", names, term)


def _country(reading: Reading, term: Term) -> None:
    reading.add("country", "among", tuple(listed(term.value.upper())), term)


def _parts(reading: Reading, term: Term) -> None:
    digits = term.value.strip("<>=+")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len("9999"):
        reading.reject(term, ("1", "2", ">1", "<4", "3+"))
        return
    count, is_included = int(digits), "=" in term.value or term.value.endswith("+")
    if term.value.startswith(">") or term.value.endswith("+"):
        reading.add("parts", "least", count + (not is_included), term)
    elif term.value.startswith("<"):
        reading.add("parts", "most", count - (not is_included), term)
    else:
        reading.add("parts", "is", count, term)


def _time(reading: Reading, term: Term) -> None:
    ms = moment(term.value, reading.now_ms, ends=term.key == "until")
    if ms is None:
        reading.problems.append(Problem("no_such_time", term.key, term.value[:60]))
    else:
        reading.fields[f"{term.key}_ms"] = ms


def _request(reading: Reading, term: Term) -> None:
    reading.request = term.value


def _id(reading: Reading, term: Term) -> None:
    id_ = from_hex32(term.value) or from_decimal(term.value)
    if id_ is None:
        reading.is_void = True
    else:
        reading.fields |= {"after_id": max(id_ - 1, 0), "before_id": min(id_ + 1, _LARGEST)}


_READ: Mapping[str, Callable[[Reading, Term], None]] = {
    "to": _number,
    "state": _state,
    "vendor": _vendor,
    "template": _equal("template"),
    "text": _text,
    "since": _time,
    "until": _time,
    "project": _equal("project"),
    "carrier": _equal("carrier"),
    "cause": _cause,
    "leg": _leg,
    "parts": _parts,
    "category": _category,
    "signature": _equal("signature"),
    "operator": _equal("operator"),
    "country": _country,
    "app": _equal("app"),
    "key": _equal("key_id"),
    "client": _equal("client_id"),
    "request": _request,
    "id": _id,
}
