import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from hongyan.cli import build, printing
from hongyan.cli.exits import code_of
from hongyan.testing import Client, NotDelivered
from operate.dev_process import Program, hongyan, inside, program


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with program(tmp_path_factory.mktemp("dev"), HONGYAN_RECEIPT_DELAY_S="0.05") as running:
        yield running


@pytest.fixture
def client(dev: Program) -> Client:
    return Client(dev.api)


def run(dev: Program, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(build(), [*arguments], env={"HONGYAN_URL": dev.api, "COLUMNS": "200"} | environment)


def test_prints_a_card_whose_commands_work(dev: Program) -> None:
    until = time.monotonic() + 10
    while "Ctrl-C" not in (card := dev.said.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    for wanted in ("AKdemo0001", "SKdemo-s3cret", "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"):
        assert wanted in card
    for wanted in (
        "1400000001",
        "kdemo0123456789",
        "01234567890abcdef",
        "CARD_SMS_70",
        dev.api,
        dev.console,
        "smppdemo",
    ):
        assert wanted in card
    commands = [line for line in card.splitlines() if re.match(r"(curl|ts=|sign=|now=)|.* send --url", line)]
    said = subprocess.run(
        ["sh", "-c", "\n".join(commands)], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert '"code":"0000"' in said
    assert '"status":"Success"' in said
    assert '"Code": "OK"' in said
    assert '"result":0' in said


def test_the_empty_inbox_shows_the_commands_of_the_card(dev: Program) -> None:
    with urllib.request.urlopen(dev.console, timeout=10) as page:
        assert page.status == 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("--dialect", "comms", "--to", "13800138101", "--value", "1234"),
        ("--dialect", "comms", "--to", "+8613800138101", "--value", "1234"),
        ("--dialect", "nxcloud", "--to", "8613800138102", "--text", "code 1234"),
        ("--dialect", "nxcloud", "--to", "13800138102", "--to", "13800138103", "--text", "code 1234"),
        ("--dialect", "alibaba", "--to", "13800138104", "--value", "code=1234"),
        ("--dialect", "alibaba", "--to", "13800138105", "--template", "CARD_SMS_70"),
        ("--dialect", "yundashi", "--to", "13800138106", "--text", "你的验证码是1234"),
        ("--dialect", "yundashi", "--to", "13800138107", "--text", "你的验证码是1234", "--signature", "云大师讲座"),
        ("--to", "13800138108", "--text", "hello"),
        ("--to", "13800138109", "--template", "SMS_480680001", "--value", "code=1", "--project", "demo-alibaba"),
    ],
)
def test_sends_through_every_dialect(dev: Program, arguments: tuple[str, ...]) -> None:
    done = run(dev, "send", *arguments)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--dialect", "nxcloud", "--to", "13800138102", "--text", "x", "--key", "AKdemo0001", "--secret", "wrong"),
        ("--dialect", "yundashi", "--to", "13800138106", "--text", "no such template"),
        ("--dialect", "alibaba", "--to", "13800138104", "--template", "SMS_0"),
        ("--dialect", "comms", "--to", "13800138104", "--template", "none"),
        ("--to", "123", "--text", "hello"),
    ],
)
def test_says_no_with_exit_code_1_when_a_send_is_refused(dev: Program, arguments: tuple[str, ...]) -> None:
    assert run(dev, "send", *arguments).exit_code == 1


def test_waits_for_a_code_and_a_link(dev: Program, client: Client) -> None:
    client.send("13800138201", "Your code is 445566: https://example.com/x")
    assert run(dev, "wait", "--to", "13800138201", "--code").output == "445566\n"
    assert run(dev, "wait", "--to", "13800138201", "--link").output == "https://example.com/x\n"
    found = json.loads(run(dev, "wait", "--to", "13800138201", "--until", "final", "--json").output)
    assert found["state"] == "delivered"


def test_a_wait_in_vain_ends_with_exit_code_1(dev: Program, client: Client) -> None:
    done = run(dev, "wait", "--to", "13800138299", "--timeout", "0.1")
    assert done.exit_code == 1
    assert "no message to 13800138299" in done.output
    client.send("13800138298", "no code in here")
    assert run(dev, "wait", "--to", "13800138298", "--code").exit_code == 1
    with pytest.raises(NotDelivered):
        client.wait_for("13800138299", timeout_s=0.05)


def test_lists_messages_as_a_table_and_as_json(dev: Program, client: Client) -> None:
    client.send("13800138301", "first")
    client.send("13800138301", "second")
    table = run(dev, "messages", "--to", "13800138301")
    assert table.output.index("second") < table.output.index("first")
    listed = json.loads(run(dev, "messages", "--to", "13800138301", "--json").output)
    assert [row["text"] for row in listed["messages"]] == ["second", "first"]
    refused = run(dev, "messages", "--state", "lost")
    assert refused.exit_code == 1


def test_shows_a_message_by_the_vendors_id_in_both_languages(dev: Program, client: Client) -> None:
    external = client.send_comms("+8613800138401").json()["externalId"]
    client.wait_for("13800138401", until="final")
    english = run(dev, "show", external).output
    for wanted in (
        "delivered",
        "sendmsg",
        "charged 0.045 CNY",
        "route everything: matches",
        "carrier simulator took it",
    ):
        assert wanted in english
    assert "已送达" in run(dev, "show", external, "--lang", "zh").output
    assert json.loads(run(dev, "show", external, "--json").output)["state"] == "delivered"


def test_shows_why_a_signature_did_not_match(dev: Program) -> None:
    client = Client(dev.api, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "not the secret")})
    request_id = client.send_alibaba("13800138402").json()["RequestId"]
    story = {}
    while "lines" not in story:
        story = client.show(request_id).json()
    shown = run(dev, "show", request_id).output
    for wanted in ("theirs:", "ours:", "string_to_sign: ACS3-HMAC-SHA256", "refused"):
        assert wanted in shown
    assert "ExampleSecretForVectors" not in shown
    assert "not the secret" not in shown


def test_an_unknown_id_is_an_answer_not_a_trace(dev: Program) -> None:
    done = run(dev, "show", "nothing")
    assert done.exit_code == 1
    assert "No message or request has this id" in done.output


def test_a_second_program_on_the_same_data_is_refused(dev: Program) -> None:
    data = dev.said.parent / "data"
    done = inside("dev", "--data", str(data), "--api-port", "0", "--console-port", "0")
    assert done.returncode == 2
    assert "another hongyan runs on this data" in done.stderr


def test_a_taken_port_is_a_sentence(dev: Program, tmp_path: Path) -> None:
    done = inside("dev", "--data", str(tmp_path), "--api-port", dev.api.rpartition(":")[2], "--console-port", "0")
    assert done.returncode == 2
    assert done.stderr.startswith("hongyan: 127.0.0.1:")
    assert "Traceback" not in done.stderr


def test_nobody_there_is_exit_code_3() -> None:
    done = hongyan("messages", "--url", "http://127.0.0.1:9")
    assert done.returncode == 3
    assert "does not answer" in done.stderr


def test_a_bug_of_ours_is_one_sentence_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(ZeroDivisionError("oh")) == 70
    assert "a bug: ZeroDivisionError: oh" in capsys.readouterr().err


def test_ids_are_never_cut(dev: Program, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = client.send("13800138200", "a text that is longer than a narrow terminal " * 4).json()["messages"][0][
        "id"
    ]
    piped = run(dev, "messages", "--to", "13800138200", COLUMNS="40")
    (row,) = [line for line in piped.output.splitlines() if message_id in line]
    assert "narrow terminal" in row

    written = StringIO()
    monkeypatch.setattr(printing, "console", lambda: Console(file=written, width=50))
    printing.print_messages(client.messages(to="13800138200").json()["messages"])
    assert message_id in written.getvalue()
    assert "\u2026" not in written.getvalue()


def test_a_story_names_its_ids_on_one_line(dev: Program, client: Client) -> None:
    answer = client.send_alibaba("13800138201", {"code": "1"}).json()
    told = run(dev, "show", answer["RequestId"], COLUMNS="40")
    assert f"request {answer['RequestId']}\n" in told.output
