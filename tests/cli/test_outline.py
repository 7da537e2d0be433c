"""The help page names every command without importing it, and says the same of each as the command does."""

import subprocess
import sys
from typing import Any

import typer

from hongyan import __version__
from hongyan.cli import VERBS, build
from hongyan.cli.outline import about


def test_the_outline_says_of_each_command_what_it_says_of_itself() -> None:
    whole: Any = typer.main.get_command(build())
    said = {verb: " ".join(about(verb).split()) for verb in VERBS}
    assert said == {verb: " ".join(whole.commands[verb].help.split()) for verb in VERBS}
    assert all(said.values())


def test_the_help_page_a_misspelt_command_and_the_version_load_nothing_of_the_server() -> None:
    program = (
        "import sys; from hongyan import cli\n"
        "try: cli.main()\n"
        "finally: assert not {'uvloop', 'hongyan.assemble', 'hongyan.store'} & sys.modules.keys()"
    )

    def run(asked: str) -> tuple[int, str]:
        ended = subprocess.run([sys.executable, "-c", program, asked], capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    code, page = run("--help")
    assert code == 0
    assert all(verb in page for verb in VERBS)
    code, complaint = run("mesages")
    assert code == 2
    assert "Did you mean 'messages'?" in complaint
    assert run("--version") == (0, f"hongyan {__version__}\n")
