"""`hongyan completion SHELL`: prints what makes a shell complete our commands; and answers that shell's questions.

The shell asks by running `hongyan` with `_HONGYAN_COMPLETE` set; only the command it is about is imported then.
"""

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script

ASKED = "_HONGYAN_COMPLETE"
_LINES = ("_TYPER_COMPLETE_ARGS", "COMP_WORDS")
"""where shells put what was typed so far"""


class Shell(StrEnum):
    """A shell we speak to."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


_INSTALL = {
    Shell.BASH: "# Put this into ~/.bashrc:  source <(hongyan completion bash)",
    Shell.ZSH: "# Put this into ~/.zshrc, after compinit:  source <(hongyan completion zsh)",
    Shell.FISH: "# Install it:  hongyan completion fish > ~/.config/fish/completions/hongyan.fish",
}


def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")]) -> None:
    """Print the script that lets a shell complete commands and options. Its first line says where it goes."""
    print(_INSTALL[shell])
    print(get_completion_script(prog_name="hongyan", complete_var=ASKED, shell=shell).strip())


def asked_about(verbs: Sequence[str]) -> str:
    """Return the command whose options the shell asks for; "" while the command itself is being typed."""
    typed = next((os.environ[name] for name in _LINES if os.environ.get(name)), "")
    words = typed.split()
    begun = words[1:] if typed.endswith((" ", "\n")) else words[1:-1]
    return next((word for word in begun if word in verbs), "")


def speak() -> None:
    """Make the library answer shells in their own forms."""
    completion_init()
