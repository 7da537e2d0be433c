"""Golden exchanges: files that a person can read, replayed against a whole running system.

    # one sentence: what this shows (and `proves: comms#send.path`)
    @ later 2                              the clock moves 2 seconds on, then the exchange is repeated until it fits
    > POST /comms/sms/sendmsg              request line, headers, a blank `>`, the body
    < 200                                  the same of the answer; headers that are not named are not looked at

`<<regex>>` in the answer matches by that pattern, everything else is exact. A named group, `<<(?P<id>[0-9a-f]{32})>>`,
can be used further down as `{{id}}`. Exchanges of one file are separated by `---`; they share one system, and one
without a sentence of its own has the sentence of the one before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_KNOWN = re.compile(r"\{\{(\w+)\}\}")
_PATTERN = re.compile(r"<<(.*?)>>(?!>)", re.DOTALL)


@dataclass
class Side:
    """A request or an answer as written."""

    line: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] | None = None

    def add(self, text: str) -> None:
        if not self.line:
            self.line = text
        elif self.body is not None:
            self.body.append(text)
        elif not text:
            self.body = []
        else:
            name, _, value = text.partition(":")
            self.headers.append((name.strip().lower(), value.strip()))

    def text(self) -> str | None:
        return None if self.body is None else "\n".join(self.body)


@dataclass
class GoldenExchange:
    """One exchange of a file."""

    sentence: str = ""
    later_s: float = 0
    request: Side = field(default_factory=Side)
    answer: Side = field(default_factory=Side)

    @property
    def method(self) -> str:
        return self.request.line.split(" ", 1)[0]

    @property
    def target(self) -> str:
        return self.request.line.split(" ", 1)[1]


class Misread(Exception):  # noqa: N818 - a file that is not a golden exchange
    """Where a file cannot be read."""


def read_golden(text: str) -> list[GoldenExchange]:
    """Return the exchanges of a file. Raises Misread."""
    return list(_exchanges(text))


def _exchanges(text: str) -> Iterator[GoldenExchange]:
    sentence, found = "", GoldenExchange()
    for number, line in enumerate([*text.splitlines(), "---"], 1):
        mark, rest = line[:1], line[2:]
        if line == "---":
            found.sentence = found.sentence or sentence
            if not (found.sentence and " " in found.request.line and found.answer.line):
                raise Misread(f"line {number}: an exchange wants a sentence, a request and an answer")
            yield found
            sentence, found = found.sentence, GoldenExchange()
        elif mark == "#":
            found.sentence = f"{found.sentence} {rest}".strip()
        elif mark == "@":
            found.later_s = float(rest.removeprefix("later "))
        elif mark in {">", "<"} and line[1:2] in {"", " "}:
            (found.request if mark == ">" else found.answer).add(rest)
        elif line.strip():
            raise Misread(f"line {number}: begins with none of # @ > < ---")


def filled(text: str, known: Mapping[str, str]) -> str:
    """Return a text with what earlier answers gave."""
    return _KNOWN.sub(lambda found: known[found[1]], text)


def fits(expected: str, actual: str, known: dict[str, str]) -> bool:
    """Return whether an answer's text is as expected; remember its named groups."""
    pieces = _PATTERN.split(filled(expected, known))
    pattern = "".join(piece if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
    found = re.fullmatch(pattern, actual, re.DOTALL)
    if found is None:
        return False
    known.update(found.groupdict())
    return True


def differences(
    exchange: GoldenExchange, status: int, headers: Mapping[str, str], body: str, known: dict[str, str]
) -> list[str]:
    """Return what about an answer is not as written."""
    found = []
    if not fits(exchange.answer.line, str(status), known):
        found.append(f"status: {status}, not {exchange.answer.line}")
    for name, value in exchange.answer.headers:
        actual = headers.get(name)
        if actual is None or not fits(value, actual, known):
            found.append(f"{name}: {actual}, not {value}")
    expected = exchange.answer.text()
    if expected is not None and not fits(expected, body, known):
        found.append(f"body:\n  {body}\nnot\n  {filled(expected, known)}")
    return found
