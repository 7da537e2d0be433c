"""What the how-to pages show is possible: their files apply, their commands and settings exist, in both languages."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from docs.pages import HOW_TO, NAMES, ROOT, blocks, commands, plain
from hongyan.carriers.cmpp import settings as cmpp
from hongyan.carriers.sgip import settings as sgip
from hongyan.carriers.smgp import settings as smgp
from hongyan.carriers.smpp import settings as smpp
from hongyan.cli import build
from hongyan.model.world import KINDS
from hongyan.settings import Settings

LANGUAGES = ("sh", "toml", "python", "ini", "js", "php", "go", "java")
PAGES = [f"docs/how-to/{name}{ending}" for name in NAMES for ending in (".md", ".zh-CN.md")]
OF_OTHERS = {"group"}
"""what stands before an equals sign in somebody else's file"""


def test_there_is_a_page_for_each_thing_that_people_come_for() -> None:
    assert {
        "connect-smpp",
        "connect-china-mobile-cmpp",
        "move-from-kannel",
        "move-from-jasmin",
        "let-customers-bind-over-smpp",
        "rehearse-a-carrier",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_code_and_names(name: str) -> None:
    english, chinese = f"docs/how-to/{name}.md", f"docs/how-to/{name}.zh-CN.md"
    for language in LANGUAGES:
        assert list(map(plain, blocks(english, language))) == list(map(plain, blocks(chinese, language)))
    assert spans(english) == spans(chinese)


def spans(page: str) -> set[str]:
    """Return what is set in code type within a page's prose and tables."""
    text = re.sub(r"^( *)```.*?^\1```", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {plain(span).strip() for span in re.findall(r"`([^`\n]+)`", text)}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: str) -> None:
    typed = [one for block in blocks(page, "sh") for one in commands(block) if not one.startswith("pip install")]
    typed += [span for span in spans(page) if span.startswith("hongyan ") and "," not in span]
    ours = [command[command.index("hongyan ") :] for command in typed if re.search(r"(^| |=\w+ )hongyan \w", command)]
    assert ours
    for command in ours:
        _check_command(shlex.split(command)[1:])


@cache
def _program() -> Any:
    return typer.main.get_command(build())


def _check_command(words: list[str]) -> None:
    group = _program()
    while hasattr(group, "commands"):
        assert words, "a verb is missing"
        assert words[0] in group.commands, f"hongyan {words[0]}"
        group, words = group.commands[words[0]], words[1:]
    known = {name for one in group.params for name in (*one.opts, *one.secondary_opts)}
    assert {word.split("=")[0] for word in words if word.startswith("--")} - known == set(), words


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_set_exists(page: str) -> None:
    known = {one.name for table in (smpp, cmpp, smgp, sgip) for one in table.SETTINGS} | set(Settings.model_fields)
    known |= {field for kind in KINDS.values() for field in kind.__struct_fields__} | {"weight"}
    named = {name for span in spans(page) for name in re.findall(r"^([a-z_]+) = ", span)}
    assert named - known - OF_OTHERS == set()


@pytest.mark.parametrize("name", [name for name in NAMES if blocks(f"docs/how-to/{name}.md", "toml")])
def test_the_world_files_are_applied(name: str, tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    file.write_text("\n".join(blocks(f"docs/how-to/{name}.md", "toml")), "utf-8")
    secrets = dict.fromkeys(re.findall(r'"env:(\w+)"', file.read_text("utf-8")), "secret-1")
    asked = ["apply", str(file), "--dry-run", "--data", str(tmp_path / "data")]
    ran = CliRunner().invoke(build(["apply"]), asked, env=secrets)
    assert ran.exit_code == 0, ran.exception or ran.output


def test_every_page_is_linked_from_the_readmes() -> None:
    for readme, ending in (("README.md", ".md"), ("README.zh-CN.md", ".zh-CN.md")):
        text = (ROOT / readme).read_text("utf-8")
        assert [name for name in NAMES if f"docs/how-to/{name}{ending}" not in text] == []


def test_pages_are_short() -> None:
    for page in HOW_TO.glob("*.md"):
        tabs = re.compile(r"<!-- tabs -->.*?<!-- /tabs -->", re.DOTALL)  # of which a reader sees one
        assert len(tabs.sub("", page.read_text("utf-8")).splitlines()) <= 250, page.name
