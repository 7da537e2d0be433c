"""The program by the names of its commands alone: for the help page, a misspelt command and shells that complete.

What a command says of itself is read from its file; importing them all takes seconds, most of them for `serve`.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import typer


def outline(app: typer.Typer, verbs: Iterable[str]) -> typer.Typer:
    """Give a program its commands, which do nothing when called, and return it."""
    for verb in verbs:
        app.command(verb, help=about(verb))(_nothing)
    return app


def about(verb: str) -> str:
    """Return what a command's function, or the group, says of itself."""
    tree = ast.parse(Path(__file__).with_name(f"{verb}.py").read_bytes())
    for found in tree.body:
        match found:
            case ast.FunctionDef(name=name) if name == verb:
                return ast.get_docstring(found) or ""
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=given)) if name == verb:
                said = (one.value for one in given if one.arg == "help")
                return "".join(str(one.value) for one in said if isinstance(one, ast.Constant))
    return ""


def _nothing() -> None:
    """Stand for a command."""
