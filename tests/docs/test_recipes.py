"""The recipes of docs/how-to/test-one-time-codes.md run as they are written, each in its own framework."""

import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from local_vendor import LocalVendor

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "test-one-time-codes.md"
JUNIT = Path("/usr/share/java/junit-platform-console-standalone.jar")
FILES = {
    "pytest": "test_signin.py",
    "Playwright": "test_signin.py",
    "JUnit": "SignInTest.java",
    "Go": "signin_test.go",
    "Node.js": "signin.test.mjs",
    "PHP": "signin_test.php",
}


def recipe(name: str, page: Path = PAGE) -> str:
    """Return the code below a heading."""
    below = page.read_text("utf-8").partition(f"\n### {name}\n")[2]
    found = re.search(r"^```\w+\n(.*?)^```", below, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("recipes")) as vendor:
        yield vendor


class Shop(http.server.BaseHTTPRequestHandler):
    """A program with a sign-in page, which sends codes through its vendor."""

    vendor: str
    sent: dict[str, str]

    def do_GET(self) -> None:
        self._answer("<form method=post><label>Phone <input name=phone></label><button>Send me a code</button></form>")

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        form = {name: value[0] for name, value in parse_qs(self.rfile.read(length).decode()).items()}
        if "code" in form:
            self._answer("Welcome" if self.sent[form["phone"]] == form["code"] else "Wrong")
            return
        code = self.sent[form["phone"]] = "739201"
        body = {"mobile": f"+86{form['phone']}", "templateID": "01234567890abcdef", "templateParamSet": f"[{code}]"}
        asked = urllib.request.Request(
            f"{self.vendor}/comms/sms/sendmsg", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(asked, timeout=20).close()
        self._answer(
            f"<form method=post><input type=hidden name=phone value={form['phone']}>"
            "<label>Code <input name=code></label><button>Sign in</button></form>"
        )

    def _answer(self, body: str) -> None:
        said = f"<!doctype html><title>shop</title>{body}".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(running: LocalVendor) -> Iterator[str]:
    """A program at a port of its own."""
    kind = type("Shop", (Shop,), {"vendor": running.api_url, "sent": {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ran(folder: Path, *command: str) -> None:
    """Run it to its end; fail with what it said unless it succeeds."""
    assert shutil.which(command[0]), f"{command[0]} is not on PATH: `make peers` installs it"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", list(FILES))
def test_a_recipe_works(name: str, running: LocalVendor, tmp_path: Path, shop: str) -> None:
    code = recipe(name).replace("127.0.0.1:8050", urlsplit(running.api_url).netloc)
    code = code.replace("http://127.0.0.1:3000", shop)
    code = code.replace("launch(", 'launch(args=["--no-sandbox", "--disable-gpu"], ')  # where tests may be root
    (tmp_path / FILES[name]).write_text(code, "utf-8")
    match name:
        case "pytest" | "Playwright":
            ran(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", FILES[name])
        case "JUnit":
            assert JUNIT.exists(), "JUnit is missing: `make peers` installs it"
            ran(tmp_path, "javac", "-cp", str(JUNIT), "-d", "out", FILES[name])
            ran(tmp_path, "java", "-jar", str(JUNIT), "--class-path", "out", "--scan-class-path", "--disable-banner")
        case "Go":
            (tmp_path / "go.mod").write_text("module signin\n", "utf-8")
            ran(tmp_path, "go", "test", "./...")
        case "Node.js":
            ran(tmp_path, "node", "--test", FILES[name])
        case _:
            ran(tmp_path, "php", FILES[name])


def test_both_languages_have_the_same_recipes() -> None:
    chinese = PAGE.with_name("test-one-time-codes.zh-CN.md")
    assert [recipe(name) for name in FILES] == [recipe(name, chinese) for name in FILES]
