"""`hongyan carrier …` against a running dev."""

import io
import json
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from rich.cells import cell_len
from rich.console import Console

from hongyan.cli import carrier_words
from hongyan.cli.carrier import fresh
from hongyan.cli.carrier_words import print_look, print_pdus
from hongyan.testing.client import Client
from operate.dev_process import Program, inside, program


@pytest.fixture(scope="module")
def running_dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with program(tmp_path_factory.mktemp("dev"), HONGYAN_RECEIPT_DELAY_S="0.05") as running:
        yield running


@pytest.fixture
def dev(running_dev: Program) -> Program:
    """A running dev whose carrier runs as declared."""
    client = Client(running_dev.api)
    client.carrier_do("simulator", "resume")
    client.carrier_do("simulator", "pace", per_second=None)
    eventually(lambda: client.carrier("simulator").json()["open"])
    eventually(lambda: client.carrier("simulator").json()["standing"] == "running")
    return running_dev


def eventually(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not found():
        assert time.monotonic() < until
        time.sleep(0.05)


def run(dev: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    return inside("carrier", *arguments, HONGYAN_URL=dev.api, COLUMNS="200")


def standing(dev: Program) -> str:
    return str(json.loads(run(dev, "show", "simulator", "--json").stdout)["standing"])


def assert_stands(dev: Program, word: str) -> None:
    eventually(lambda: standing(dev) == word)


def test_lists_and_shows_in_both_languages(dev: Program) -> None:
    listed = run(dev, "list")
    assert listed.returncode == 0, listed.stdout
    assert "simulator" in listed.stdout
    assert "running" in listed.stdout
    assert "运行中" in run(dev, "list", "--lang", "zh").stdout
    shown = run(dev, "show", "simulator")
    assert "window: 0/" in shown.stdout
    assert "窗口: 0/" in run(dev, "show", "simulator", "--lang", "zh").stdout
    (look,) = json.loads(run(dev, "list", "--json").stdout)["carriers"]
    assert look["name"] == "simulator"


def test_stops_and_lets_go_on(dev: Program) -> None:
    for verb, word in (("suspend", "suspended"), ("isolate", "isolated"), ("resume", "running")):
        done = run(dev, verb, "simulator", "--why", "a rehearsal", "--by", "li")
        assert (done.returncode, done.stdout.strip()) == (0, f"simulator: {word}")
        assert_stands(dev, word)
    told = json.loads(run(dev, "suspend", "simulator", "--why", "w", "--by", "li", "--json").stdout)
    assert (told["standing"], told["set_by"], told["why"]) == ("suspended", "li", "w")


def test_waits_until_it_is_drained(dev: Program) -> None:
    done = run(dev, "drain", "simulator", "--wait", "10")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == ["simulator: draining", "simulator: drained"]


def test_sets_and_takes_back_a_pace(dev: Program) -> None:
    assert run(dev, "pace", "simulator", "12.5").stdout.strip() == "simulator: running, pace 12.5/s"
    eventually(lambda: json.loads(run(dev, "show", "simulator", "--json").stdout)["pace"]["now"] == 12.5)
    assert run(dev, "pace", "simulator", "declared").stdout.strip() == "simulator: running, pace declared"
    wrong = run(dev, "pace", "simulator", "fast")
    assert wrong.returncode == 2
    assert "'fast' is no number" in wrong.stderr


def test_asks_links_to_log_in_anew(dev: Program) -> None:
    assert run(dev, "rebind", "simulator").stdout.strip() == "simulator: running, its links log in anew"


def test_a_test_tells_each_step_and_its_exit_code_says_how_it_ended(dev: Program) -> None:
    done = run(dev, "test", "simulator", "--to", "13800138000", "--text", "does it work", "--by", "li")
    assert done.returncode == 0, done.stdout
    for wanted in ("test: of carrier simulator by li", "chosen: an operator's test", "took it", "delivered"):
        assert wanted in done.stdout
    assert done.stdout.count("took it") == 1
    failed = run(dev, "test", "simulator", "--to", "13800130004", "--text", "no", "--json")
    assert json.loads(failed.stdout)["message"]["final"]
    assert failed.returncode == (0 if json.loads(failed.stdout)["state"] == "delivered" else 1)


def test_a_stopped_carrier_or_one_that_is_not_there_is_a_plain_no(dev: Program) -> None:
    run(dev, "suspend", "simulator")
    assert_stands(dev, "suspended")
    refused = run(dev, "test", "simulator", "--to", "13800138000", "--text", "x")
    assert refused.returncode == 1
    assert "it is suspended" in refused.stderr
    nobody = run(dev, "show", "nobody")
    assert nobody.returncode == 1
    assert "declared: simulator" in nobody.stderr


def test_a_transcript_is_switched_on_and_off(dev: Program) -> None:
    done = run(dev, "transcript", "simulator", "--minutes", "1", "--json")
    assert "PDUs are kept until" in done.stderr
    assert json.loads(done.stdout)["lines"] == []
    assert "kept no longer" in run(dev, "transcript", "simulator", "--minutes", "0").stderr


def test_only_lines_that_were_not_read_yet_are_shown() -> None:
    assert fresh([1, 2, 3], [2, 3, 4, 5]) == [4, 5]
    assert fresh([], [1]) == [1]
    assert fresh([1, 2], [1, 2]) == []
    assert fresh([1, 2], [5, 6]) == [5, 6]


def test_links_and_pdus_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    link = {
        "name": "1", "state": "open", "since": "2026-01-02T03:04:05.000Z", "peer": "192.0.2.1:2775", "unanswered": 3,
        "window": 10, "sent": 7, "answered": 4, "received": 9, "throttled": 0, "answer_p50_ms": 1.0,
        "answer_p99_ms": 2.5, "last_error": "LOST: reset",
    }  # fmt: skip
    look = {
        "name": "a", "node": 2, "protocol": "smpp", "enabled": True, "standing": "running", "drained": False,
        "set_by": "li", "set_at": None, "why": "w", "open": True, "links": [link], "links_open": 1, "cost": "0.03",
        "pace": {"declared": 100.0, "limit": 50.0, "now": 25.0, "reached": 24.5}, "window": {"limit": 10, "used": 3},
        "waiting": 4, "oldest_waiting_ms": 1500, "down_until": "2026-01-02T03:04:05.000Z", "answer_p50_ms": 1,
        "answer_p99_ms": 3, "results": {"handed": 7, "again": {"0x14": 2}}, "receipts": {"delivered": 5}, "replies": 1,
        "unclaimed": 0, "transcript_until": None,
    }  # fmt: skip
    print_look(look, chinese=False)
    print_pdus([{"at": "2026-01-02T03:04:05.678Z", "link": "1", "sent": True, "text": "enquire_link 1"}])
    said = capsys.readouterr().out
    for wanted in (
        "pace: 25/s (limit 50, declared 100, reached 24.5)",
        "link 1 192.0.2.1:2775: open 2026-01-02T03:04:05.000Z, 3/10, > 7 < 9, 1/2.5 ms, LOST: reset",
        "again: 0x14 2",
        "waiting: 4 (1.5 s)",
        "03:04:05.678 1 > enquire_link 1",
    ):
        assert wanted in said


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_a_terminal_and_cuts_no_word(monkeypatch: pytest.MonkeyPatch, chinese: bool, width: int) -> None:
    look = {
        "name": "china-mobile", "protocol": "cmpp", "enabled": True, "standing": "suspended", "drained": False,
        "links": [1], "links_open": 1, "pace": {"now": 1000.0}, "window": {"limit": 10_000, "used": 9_999},
        "waiting": 20_000, "oldest_waiting_ms": 86_399_900, "answer_p50_ms": 12.5, "answer_p99_ms": 1250.5,
        "results": {"handed": 12_345_678, "never": {"5": 123_456}},
    }  # fmt: skip
    written = io.StringIO()
    monkeypatch.setattr(carrier_words, "console", lambda: Console(width=width, file=written))
    carrier_words.print_carriers([look], 123_456, chinese)
    head, row, waits = written.getvalue().splitlines()
    assert max(cell_len(line) for line in (head, row)) <= width
    for wanted in ("china-mobile", "已暂停" if chinese else "suspended", "1/1", "20000", "12345678"):
        assert wanted in row
    assert ("12.5/1250.5" in row) is (width == 120)
    assert waits == ("123456 条消息等待提交" if chinese else "123456 messages wait to be handed over")


def test_the_list_says_why_links_are_down_each_reason_once(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"state": "closed", "last_error": "REFUSED: ESME_RINVPASWD The password is wrong."}
    look = {
        "name": "acme", "protocol": "smpp", "enabled": True, "standing": "running", "drained": False,
        "links": [refused, refused, {"state": "open", "last_error": "LOST: earlier"}], "links_open": 1,
        "pace": {"now": None}, "window": {"limit": 10, "used": 0}, "waiting": 0, "oldest_waiting_ms": None,
        "answer_p50_ms": None, "answer_p99_ms": None, "results": {"handed": 0},
    }  # fmt: skip
    written = io.StringIO()
    monkeypatch.setattr(carrier_words, "console", lambda: Console(width=120, file=written))
    carrier_words.print_carriers([look, look | {"name": "isolated", "standing": "isolated"}], 0, chinese=False)
    assert written.getvalue().splitlines()[3:] == ["acme: REFUSED: ESME_RINVPASWD The password is wrong."]


def test_a_front_shows_what_the_core_sends_and_the_core_follows_what_a_front_is_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with program(tmp_path_factory.mktemp("fronts"), HONGYAN_FRONTS="1", HONGYAN_RECEIPT_DELAY_S="0.05") as dev:
        tested = run(dev, "test", "simulator", "--to", "13800138000", "--text", "x")
        assert tested.returncode == 0, tested.stdout + tested.stderr
        look = json.loads(run(dev, "show", "simulator", "--json").stdout)
        assert (look["open"], look["results"]["handed"]) == (True, 1)
        run(dev, "isolate", "simulator")
        eventually(lambda: not json.loads(run(dev, "show", "simulator", "--json").stdout)["open"])
