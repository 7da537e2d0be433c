"""The how-to page on callbacks is walked through, in its commands' own order."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from docs.pages import blocks, commands
from hongyan.cli import build
from local_vendor import LocalVendor
from webhooks.callback_receiver import receiving

PAGE = "docs/how-to/listen-to-callbacks.md"
LOCAL = "http://127.0.0.1:3000"


def test_callbacks_come_to_a_program_as_the_page_says(tmp_path: Path) -> None:
    (listen,), look, again = (list(commands(block)) for block in blocks(PAGE, "sh"))
    with receiving() as receiver, LocalVendor(tmp_path, receipt_delay_s=0) as vendor:
        receiver.answer = b'{"code": 0}'

        def typed(command: str) -> str:
            words = [*command.split()[1:], "--url", vendor.api_url]
            ran = CliRunner().invoke(build((words[0], "version")), words)
            assert ran.exit_code == 0, ran.output
            return ran.output

        words = listen.replace(LOCAL, receiver.url).split()[1:]
        command = [sys.executable, "-m", "hongyan", *words, "--url", vendor.api_url]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert child.stderr is not None
            assert child.stdout is not None
            assert "listening" in child.stderr.readline()
            send, list_ = look
            typed(send)
            line = child.stdout.readline().split()
            assert line[1:4] == ["alibaba", "receipt", "200"]
            assert [one.path for one in receiver.came] == ["/callbacks"]
            vendor.eventually(lambda: "taken" in typed(list_))
            failed, waiting, retry = map(typed, again)
        finally:
            child.kill()
            child.communicate()
    assert "taken" not in failed
    assert "due" in waiting
    assert retry.startswith("due now: 0")
