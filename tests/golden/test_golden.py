"""Replays every golden exchange against a demo world whose clock stands at 2026-01-02T03:04:05Z."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from golden_file import GoldenExchange, Misread, differences, filled, fits, read_golden
from hongyan.model.clock import FakeClock
from local_vendor import LocalVendor

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.http"))


class Replay:
    def __init__(self, vendor: LocalVendor, clock: FakeClock) -> None:
        self.vendor, self.clock = vendor, clock
        self.known: dict[str, str] = {}

    def differences(self, exchange: GoldenExchange) -> list[str]:
        """Make one exchange; after `@ later` again and again until it fits, or for five seconds."""
        if not exchange.later_s:
            return self._once(exchange)
        self.clock.push(exchange.later_s)
        last: list[str] = []

        def has_come() -> bool:
            last[:] = self._once(exchange)
            return not last

        try:
            self.vendor.eventually(has_come, within_s=5)
        except AssertionError:
            return last
        return []

    def _once(self, exchange: GoldenExchange) -> list[str]:
        at = urlsplit(self.vendor.api_url)
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)
        body = filled(exchange.request.text() or "", self.known).encode()
        named = {name for name, _ in exchange.request.headers}
        target = filled(exchange.target, self.known)
        connection.putrequest(exchange.method, target, skip_host="host" in named, skip_accept_encoding=True)
        for name, value in exchange.request.headers:
            connection.putheader(name, filled(value, self.known))
        if exchange.request.body is not None:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        text = answer.read().decode()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return differences(exchange, answer.status, headers, text, self.known)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FOLDER)) for path in FILES])
def test_an_exchange_goes_as_written(path: Path, tmp_path: Path) -> None:
    clock = FakeClock()
    with LocalVendor(tmp_path, clock=clock) as vendor:
        replay = Replay(vendor, clock)
        for exchange in read_golden(path.read_text(encoding="utf-8")):
            found = replay.differences(exchange)
            assert not found, "\n".join([exchange.sentence, *found])


def test_a_pattern_matches_only_where_it_stands() -> None:
    known: dict[str, str] = {}
    assert fits('{"id":"<<(?P<id>[0-9]+)>>","n":1.5}', '{"id":"42","n":1.5}', known)
    assert known == {"id": "42"}
    assert fits("{{id}} <<[a-z]{2}>>", "42 ab", known)
    assert not fits('{"n":1.5}', '{"n":135}', known)


def test_an_exchange_is_read_as_it_is_written() -> None:
    text = "# shows it\n@ later 2\n> POST /a?b=c\n> x-one: 1:2\n>\n> {}\n> \n< 200\n<\n< ok\n---\n> GET /\n< 404"
    first, second = read_golden(text)
    assert (first.sentence, first.later_s, first.method, first.target) == ("shows it", 2, "POST", "/a?b=c")
    assert (first.request.headers, first.request.text(), first.answer.text()) == ([("x-one", "1:2")], "{}\n", "ok")
    assert second.sentence == "shows it"
    assert (second.method, second.request.text(), second.answer.line, second.answer.text()) == (
        "GET",
        None,
        "404",
        None,
    )


@pytest.mark.parametrize(
    "text", ["", "> GET /\n< 200", "# x\n> GET /", "# x\n---\n> GET /\n< 200", "# x\n< 200", "# x\nGET /\n< 200"]
)
def test_a_file_that_is_none_is_told_so(text: str) -> None:
    with pytest.raises(Misread):
        read_golden(text)
