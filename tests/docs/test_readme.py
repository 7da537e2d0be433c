"""What the READMEs tell people to type works, in both languages."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from docs.pages import blocks, plain
from local_vendor import LocalVendor

READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("language", ["sh", "python", "toml"])
def test_both_languages_show_the_same_code(language: str) -> None:
    english, chinese = (blocks(name, language) for name in READMES)
    assert english
    assert list(map(plain, english)) == list(map(plain, chinese))


@pytest.mark.parametrize("place", [1, 2], ids=["alibaba", "yundashi"])
def test_the_sdk_snippets_send(vendor: LocalVendor, place: int) -> None:
    snippet = blocks("README.md", "python")[place].replace("127.0.0.1:8050", urlsplit(vendor.api_url).netloc)
    ran = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "OK" in ran.stdout
    assert len(vendor.get_json("/v1/messages")["messages"]) == 1


def test_the_tests_of_the_readme_pass(tmp_path: Path) -> None:
    (tmp_path / "test_signin.py").write_text(blocks("README.md", "python")[0], "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_signin.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_tour_can_be_followed(vendor: LocalVendor) -> None:
    hongyan = f"{sys.executable} -m hongyan"
    shell = shutil.which("bash") or "sh"

    def typed(block: str) -> str:
        block = block.replace("http://127.0.0.1:8050", vendor.api_url).replace(".venv/bin/hongyan", hongyan)
        environment = {"HONGYAN_URL": vendor.api_url, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        ran = subprocess.run(
            [shell, "-c", block], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return ran.stdout + ran.stderr

    start, send, wait, show, refused, rehearse, *_ = blocks("README.md", "sh")
    assert "make dev" in start
    assert '"code":"0000"' in typed(send)
    assert typed(wait).strip() == "1234"
    assert "delivered" in typed(show) or "submitted" in typed(show)
    wrong, why = refused.strip().splitlines()
    said = typed(wrong)
    assert "SignatureDoesNotMatch" in said
    found = re.search(r'"RequestId": "([^"]+)"', said)
    assert found
    assert "string_to_sign" in typed(why.replace("<the RequestId it printed>", found[1]))
    assert "13800134041" in typed(rehearse)


def test_the_world_file_is_applied(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text(blocks("README.md", "toml")[0], "utf-8")
    assert tomllib.loads(world.read_text("utf-8"))["projects"][0]["name"] == "shop"
    command = [sys.executable, "-m", "hongyan", "apply", str(world), "--yes", "--data", str(tmp_path / "data")]
    environment = {"SHOP_SECRET": "a-long-random-text", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
