"""What the pages of vendors and the tutorial show is run: in six languages and as commands, against one vendor."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from docs.pages import ROOT, blocks, commands
from hongyan.cli import build
from hongyan.cli.exits import code_of
from local_vendor import LocalVendor

NUMBERS = {"comms": "13800138001", "nxcloud": "13800138002", "alibaba": "13800138003", "yundashi": "13800138004"}
YES = {
    "comms": r"code\W+0000",
    "nxcloud": r"status\W+Success",
    "alibaba": r"Code\W+OK",
    "yundashi": r"result\W+0\b",
}
TUTORIAL = "docs/tutorial/first-message.md"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("snippets")) as vendor:
        yield vendor


def page(vendor: str) -> str:
    return f"docs/how-to/{vendor}.md"


def snippet(vendor: str, language: str, running: LocalVendor) -> str:
    """Return the tab of a language, with the running vendor's address in place of the page's."""
    return blocks(page(vendor), language)[0].replace("127.0.0.1:8050", urlsplit(running.api_url).netloc)


def ran(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_shell(folder: Path, name: str, code: str) -> Callable[[], str]:
    return lambda: ran("bash", "-c", code, cwd=folder)


def in_python(folder: Path, name: str, code: str) -> Callable[[], str]:
    return lambda: ran(sys.executable, "-c", code, cwd=folder)


def in_node(folder: Path, name: str, code: str) -> Callable[[], str]:
    return lambda: ran("node", "--input-type=module", "-e", code, cwd=folder)


def in_php(folder: Path, name: str, code: str) -> Callable[[], str]:
    return lambda: ran("php", "-r", code.removeprefix("<?php\n"), cwd=folder)


def in_go(folder: Path, name: str, code: str) -> Callable[[], str]:
    (folder / "go.mod").write_text("module snippets\n", "utf-8")
    (folder / name).mkdir()
    (folder / name / "main.go").write_text(code, "utf-8")
    return lambda: ran("go", "run", f"./{name}", cwd=folder)


_QUICKLY = ("-Dfile.encoding=UTF-8", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""a program that lives for a second needs no second compiler"""


def in_java(folder: Path, name: str, code: str) -> Callable[[], str]:
    (folder / f"{name}.java").write_text(code, "utf-8")
    return lambda: ran("java", *_QUICKLY, f"{name}.java", cwd=folder)


HOW = {"sh": in_shell, "python": in_python, "js": in_node, "php": in_php, "go": in_go, "java": in_java}


@pytest.mark.parametrize("language", HOW)
def test_the_tabs_send(language: str, running: LocalVendor, tmp_path: Path) -> None:
    before = {vendor: sent(running, vendor) for vendor in NUMBERS}
    runs = {vendor: HOW[language](tmp_path, vendor, snippet(vendor, language, running)) for vendor in NUMBERS}
    with ThreadPoolExecutor(2) as together:
        said = dict(zip(runs, together.map(lambda run: run(), runs.values()), strict=True))
    for vendor, answer in said.items():
        assert re.search(YES[vendor], answer), answer
        assert sent(running, vendor) == before[vendor] + 1


def sent(running: LocalVendor, vendor: str) -> int:
    """Return how many messages came by a vendor's API to the number on its page."""
    found = running.get_json(f"/v1/messages?dialect={vendor}&to={NUMBERS[vendor]}&limit=1000")
    return len(found["messages"])


def typed(command: str, running: LocalVendor) -> str:
    """Type one of our commands, in this process; return all that it prints."""
    words = shlex.split(command)
    if words[0] != "hongyan":
        return ran("bash", "-c", command.replace("127.0.0.1:8050", urlsplit(running.api_url).netloc), cwd=ROOT)
    done = CliRunner().invoke(build(words[1:2]), words[1:], env={"HONGYAN_URL": running.api_url, "NO_COLOR": "1"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        assert code_of(done.exception) is not None
    return done.output


@pytest.mark.parametrize("vendor", NUMBERS)
def test_the_commands_of_a_vendors_page_do_what_it_says(vendor: str, running: LocalVendor) -> None:
    shell = blocks(page(vendor), "sh")
    typed(f"hongyan send --dialect {vendor} --to {NUMBERS[vendor]} --text {TEXTS.get(vendor, 'unused')}", running)
    _, (read, listed), (refused,) = (list(commands(block)) for block in shell)
    assert typed(read, running).strip() == "1234"
    assert vendor in typed(listed, running)
    assert re.search(REFUSED[vendor], typed(refused, running))


TEXTS = {"nxcloud": "'Your code is 1234'", "yundashi": "你的验证码是1234"}
REFUSED = {
    "comms": "1005",
    "nxcloud": "1003",
    "alibaba": "SignatureDoesNotMatch",
    "yundashi": "1014",
}


def test_the_tutorial_can_be_followed(running: LocalVendor) -> None:
    start, send, read, fails, refused = blocks(TUTORIAL, "sh")
    assert start == "make dev\n"
    assert '"code":"0000"' in typed(send, running)
    assert typed(read, running).strip() == "1234"
    sent_, waited, listed = (typed(command, running) for command in commands(fails))
    assert '"result": 0' in sent_
    assert "1234" in waited
    assert "undelivered" in listed
    assert "1003" in typed(refused, running)
    newest = running.get_json("/v1/refusals?limit=1")["refusals"][0]
    assert newest["facts"]["reason"] == "bad-seal"
    assert newest["docs"] == "/docs/reasons#bad-seal"


def test_checks_on_the_pages_are_free_of_surprises(running: LocalVendor) -> None:
    for path in ("docs/how-to/go-live.md", "docs/explanation/billing.md"):
        for block in blocks(path, "sh"):
            for command in commands(block):
                if command.startswith("hongyan check"):
                    assert "0.045" in typed(command, running)


def test_an_error_names_a_page_that_the_same_server_has(running: LocalVendor) -> None:
    status, body = running.call("POST", "/v1/messages", b'{"to": "12", "text": "x"}', content_type="application/json")
    assert status == 400
    docs = re.search(r'"docs":"([^"]+)"', body)
    assert docs is not None
    path, _, anchor = docs[1].partition("#")
    status, html = running.call("GET", path)
    assert status == 200
    assert f'id="{anchor}"' in html
    said = typed("hongyan send --to 12 --text x", running)
    assert "bad-number" in said
    said = typed("hongyan show nothing-like-this", running)
    assert f"{running.api_url}/docs/reasons#unknown-message" in said


def test_an_offer_to_go_on_in_another_protocol_leaves_the_body_whole(running: LocalVendor) -> None:
    body = b'{"mobile":"+8613800138001","templateID":"01234567890abcdef","templateParamSet":"[1234]"}'
    upgrade = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2_settings": "AAEAAEAAAAIAAAABAAMAAABk"}
    status, said = running.call("POST", "/comms/sms/sendmsg", body, content_type="application/json", **upgrade)
    assert (status, '"code":"0000"' in said) == (200, True)
