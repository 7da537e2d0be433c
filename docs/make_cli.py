"""Makes the page of commands from the commands themselves. Run it (`make docs`) after changing one."""  # noqa: INP001 - a program beside the page it makes, not a package

from collections.abc import Iterator
from typing import Any

import typer
from writing import Pages, both, cell, made_by, opening, page, said, write_all

from hongyan.cli import VERBS, build
from hongyan.cli.exits import MEANINGS

MADE = made_by("make_cli.py")


def cli_page(language: str) -> str:
    """Return the page of commands."""
    zh = language == "zh"
    lines = opening("cli", language, MADE)
    lines.append("| 退出码 | 含义 |" if zh else "| code | meaning |")
    lines.append("|---|---|")
    lines += [f"| {int(code)} | {said('cli', meaning, language)} |" for code, meaning in MEANINGS.items()]
    lines.append("")
    group: Any = typer.main.get_command(build())
    for verb in VERBS:
        lines += _command(verb, group.commands[verb], language, 2)
    return page(lines)


def _command(name: str, command: Any, language: str, level: int) -> Iterator[str]:
    yield f"{'#' * level} `hongyan {name}`\n"
    yield f"{said('cli', ' '.join((command.help or '').split()), language)}\n"
    options = [one for one in command.params if one.name != "help"]
    if options:
        yield "| 选项 | 默认 | 作用 |" if language == "zh" else "| option | default | what it does |"
        yield "|---|---|---|"
        for one in options:
            yield _option(one, language)
        yield ""
    for inner, found in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {inner}", found, language, level + 1)


def _option(one: Any, language: str) -> str:
    name = one.opts[0] if one.param_type_name == "option" else (one.metavar or str(one.name).upper())
    required = "必填" if language == "zh" else "required"
    default = required if one.required else "" if one.default in (None, False, "", []) else f"`{one.default}`"
    variable = f" (`{one.envvar}`)" if getattr(one, "envvar", None) else ""
    return f"| `{name}`{variable} | {default} | {cell(said('cli', getattr(one, 'help', '') or '', language))} |"


PAGES: Pages = both("cli", cli_page)

if __name__ == "__main__":
    write_all(PAGES)
