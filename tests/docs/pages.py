"""The pages of docs/ as a reader meets them: their code blocks, and a terminal in which the commands are typed.

Ports that a page names are replaced by free ones, addresses of example.com's kind by a receiver on this machine.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
NAMES = sorted(page.name.removesuffix(".md") for page in HOW_TO.glob("*.md") if not page.name.endswith(".zh-CN.md"))
PATIENCE_S = 60
_PORTS = ("2775", "2776", "2780", "3550", "7890", "8890", "8801", "8802", "8050", "8055")
_OUTSIDE = "https://shop.example"


def blocks(path: str, language: str) -> list[str]:
    """Return the code blocks of one language on a page, also those inside lists."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", (ROOT / path).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def plain(code: str) -> str:
    """Return code without what differs between the languages of people."""
    code = re.sub(r" *#.*", "", code)
    return re.sub(r"<[^>]*>| --lang zh", "", code)


def commands(block: str) -> Iterator[str]:
    """Yield the commands of a block, those over several lines whole."""
    for line in block.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield re.sub(r" +# .*", "", line.strip())


class Terminal:
    """A shell in a folder of its own. What must keep running is left running until the end."""

    def __init__(self, folder: Path, opened: ExitStack, receiver: str) -> None:
        self.folder, self._opened, self._receiver = folder, opened, receiver
        self.ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        tools = folder / "bin"
        tools.mkdir()
        hongyan = tools / "hongyan"
        hongyan.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m hongyan "$@"\n', "utf-8")
        hongyan.chmod(0o755)
        self.env = {
            "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HONGYAN_URL": f"http://127.0.0.1:{self.ports['8050']}",
            "HONGYAN_API_PORT": str(self.ports["8050"]),
            "HONGYAN_CONSOLE_PORT": "0",
        }

    def here(self, text: str) -> str:
        """Return what stands on a page with this terminal's ports and addresses."""
        text = re.sub(rf"\b({'|'.join(_PORTS)})\b", lambda found: str(self.ports[found[1]]), text)
        inside = re.sub(r'^(paid_in = "100")', r"\1\nallow_inside = true", text, flags=re.MULTILINE)
        return inside.replace(_OUTSIDE, self._receiver) if _OUTSIDE in text else text

    def write(self, name: str, *parts: str) -> None:
        """Write a file of the page."""
        (self.folder / name).write_text("\n".join(map(self.here, parts)), "utf-8")

    def type(self, block: str) -> str:
        """Type all commands of a block; return what they printed. Servers stay."""
        return "".join(self._typed(command) for command in commands(self.here(block)))

    def until(self, block: str, wanted: str) -> str:
        """Type a block again and again until it prints this."""
        over = time.monotonic() + PATIENCE_S
        while wanted not in (said := self.type(block)):
            assert time.monotonic() < over, f"{wanted!r} is not in {said}"
            time.sleep(0.2)
        return said

    def _typed(self, command: str) -> str:
        if command.startswith("export "):
            self.env |= dict(one.split("=", 1) for one in shlex.split(command)[1:])
            return ""
        if "hongyan serve" in command or "hongyan simulate" in command:
            self._begin(command)
            return ""
        ran = subprocess.run([_bash(), "-c", command], timeout=2 * PATIENCE_S, check=False, text=True, **self._common())
        return str(ran.stdout)

    def _begin(self, command: str) -> None:
        ready = self.folder / f"ready-{time.monotonic_ns()}.json"
        given = f"exec env {command}" if "=" in command.split(" ", 1)[0] else f"exec {command}"
        said = ready.with_suffix(".txt")
        with said.open("w") as out:
            process = subprocess.Popen([_bash(), "-c", f"{given} --ready-file {ready}"], **self._common(out))
        self._opened.callback(_end, process)
        over = time.monotonic() + PATIENCE_S
        while not ready.exists():
            assert process.poll() is None, said.read_text("utf-8")
            assert time.monotonic() < over, f"{command} does not come up"
            time.sleep(0.05)

    def _common(self, out: Any = subprocess.PIPE) -> dict[str, Any]:
        return {"cwd": self.folder, "env": self.env, "stdout": out, "stderr": subprocess.STDOUT}


@contextmanager
def terminal(folder: Path, receiver: str = "http://127.0.0.1:1") -> Iterator[Terminal]:
    """Open a terminal; everything begun in it ends with it."""
    with ExitStack() as opened:
        yield Terminal(folder, opened, receiver)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _bash() -> str:
    return shutil.which("bash", path=os.defpath) or "sh"


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody has: a page names its ports before anything listens."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
