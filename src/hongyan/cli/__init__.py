"""The command line: one file per verb. Exit codes and errors: exits.py."""

import sys

import typer

from hongyan.cli.apply import apply
from hongyan.cli.check import check
from hongyan.cli.dev import dev
from hongyan.cli.doctor import doctor
from hongyan.cli.exits import code_of
from hongyan.cli.messages import messages
from hongyan.cli.send import send
from hongyan.cli.serve import serve
from hongyan.cli.show import show
from hongyan.cli.version import version
from hongyan.cli.wait import wait

app = typer.Typer(
    name="hongyan",
    help="Hongyan 鸿雁: a self-hosted SMS platform. Begin with `hongyan dev`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (dev, serve, apply, send, messages, show, wait, check, doctor, version):
    app.command()(command)


def main() -> None:
    """Run a command; end the process with its exit code."""
    try:
        app()
    except (Exception, KeyboardInterrupt) as error:
        code = code_of(error)
        if code is None:
            raise
        sys.exit(code)
