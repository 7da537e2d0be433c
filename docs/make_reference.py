"""Makes the reference pages from the code: settings, world file, commands, metrics, reasons.

The carriers' page is made by make_carriers.py.

Run it (`make docs`) after changing a setting, a declared kind, a command, a metric or a dialect's words.
tests/docs/test_reference.py fails while a page is not current.
"""  # noqa: INP001 - a program beside the pages it makes, not a package

import ast
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import typer

from hongyan.cli import VERBS, build
from hongyan.cli.exits import MEANINGS
from hongyan.dialects.alibaba import Alibaba
from hongyan.dialects.comms import Comms
from hongyan.dialects.nxcloud import Nxcloud
from hongyan.dialects.smpp.reasons import STATUSES
from hongyan.dialects.yundashi import Yundashi
from hongyan.links.capability import source
from hongyan.model.clock import FakeClock
from hongyan.model.limits import Limit
from hongyan.model.reason import Reason
from hongyan.model.sentences import SENTENCES
from hongyan.model.submission import Exchange
from hongyan.model.tally import METRICS
from hongyan.model.world import BY_HAND, KINDS, Choice, Hours, World
from hongyan.settings import PREFIX, Settings
from hongyan.watch.metrics import exposed_name

ROOT = Path(__file__).resolve().parent.parent
MADE = "<!-- made by docs/make_reference.py: change the code, then run `make docs` -->\n"


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings · 设置\n",
        MADE,
        "A setting comes from, the later wins: its default; a TOML file (`--config FILE`, `HONGYAN_CONFIG`, or",
        "`./hongyan.toml`); the environment; a command's flag. An unknown name is refused with the nearest known one.",
        "`hongyan dev` begins with other defaults for `card_support`, `log_format` and `log_level`.\n",
        "设置的来源（后者优先）：默认值、TOML 文件、环境变量、命令行参数。写错的名称会被拒绝，并提示最接近的名称。\n",
        "| name · environment | type and range | default | what it is | 说明 |",
        "|---|---|---|---|---|",
    ]
    schema = Settings.model_json_schema()["properties"]
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        chinese = extra["zh"] if isinstance(extra, dict) else ""
        default = _written(field.default)
        lines.append(
            f"| `{name}`<br>`{PREFIX}{name.upper()}` | {_range(schema[name])} | {default} "
            f"| {_cell(field.description or '')} | {_cell(str(chinese))} |"
        )
    return _page(lines)


def _range(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "pattern" in schema:
        return f"`{_cell(schema['pattern'])}`"
    kind = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "array": "list",
    }
    words = kind[schema["type"]]
    if "minimum" in schema and "maximum" in schema:
        return f"{words}, {schema['minimum']} to {schema['maximum']}"
    return f"{words}, {schema['minimum']} or more" if "minimum" in schema else words


def world_page() -> str:
    """Return docs/world.md."""
    lines = [
        "# The world file\n",
        MADE,
        "What `hongyan apply world.toml` reads: lists of tables, one kind each. Applying is idempotent, shows what it",
        "changes first (`--dry-run` stops there) and takes effect in a running server within a second. What is",
        "declared but not in the file stays, unless `--prune` is given. A secret may be written as `env:NAME` or",
        "`file:PATH`; secrets are sealed in the database under the master key. The demo world",
        "([demo_world.toml](../src/hongyan/testing/demo_world.toml)) is an example of every kind.\n",
    ]
    said = _docs_of("model/world.py") | _docs_of("model/limits.py")
    declared = {kind: cls for kind, cls in KINDS.items() if cls not in BY_HAND}
    for kind, cls in declared.items():
        lines += [f"## `[[{kind}]]`\n", f"{said[cls.__name__, ''].splitlines()[0]}\n", *_fields(cls, said)]
    for title, part in (("Limits written out", Limit), ("`choices` of a route", Choice), ("`hours` of a route", Hours)):
        lines += [f"## {title}\n", *_fields(part, said)]
    return _page(lines)


def _fields(cls: type[msgspec.Struct], said: Mapping[tuple[str, str], str]) -> Iterator[str]:
    yield "| key | type | default | what it is |"
    yield "|---|---|---|---|"
    for field in msgspec.structs.fields(cls):
        required = field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
        default = "required" if required else _written(_default(field))
        kind = _cell(said.get((cls.__name__, f"{field.name}:"), ""))
        yield f"| `{field.name}` | `{kind}` | {default} | {_cell(said.get((cls.__name__, field.name), ''))} |"
    yield ""


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def _docs_of(module: str) -> dict[tuple[str, str], str]:
    """Return (class, field) -> its docstring, (class, "field:") -> its type as written, (class, "") -> the class's."""
    tree = ast.parse((ROOT / "src" / "hongyan" / module).read_text("utf-8"))
    found: dict[tuple[str, str], str] = {}
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found[cls.name, ""] = ast.get_docstring(cls) or ""
        for node, after in zip(cls.body, [*cls.body[1:], None], strict=True):
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
                continue
            found[cls.name, f"{node.target.id}:"] = ast.unparse(node.annotation)
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                found[cls.name, node.target.id] = " ".join(str(after.value.value).split())
    return found


def cli_page() -> str:
    """Return docs/cli.md."""
    lines = ["# Commands\n", MADE, "Exit codes:\n", "| code | meaning |", "|---|---|"]
    lines += [f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()]
    lines += [
        "\nEvery error is one sentence on standard error. `NO_COLOR` switches colours off. `HONGYAN_TRACE=1` shows",
        "where a mistake of ours happened.\n",
    ]
    group: Any = typer.main.get_command(build())
    for verb in VERBS:
        lines += _command(verb, group.commands[verb])
    return _page(lines)


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"## `hongyan {name}`\n"
    yield f"{(command.help or '').strip()}\n"
    options = [one for one in command.params if one.name != "help"]
    if options:
        yield from ("| option | default | what it does |", "|---|---|---|")
        yield from map(_option, options)
    yield ""
    for inner, found in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {inner}", found)


def _option(one: Any) -> str:
    name = one.opts[0] if one.param_type_name == "option" else (one.metavar or str(one.name).upper())
    default = "required" if one.required else "" if one.default in (None, False, "", []) else f"`{one.default}`"
    variable = f" (`{one.envvar}`)" if getattr(one, "envvar", None) else ""
    return f"| `{name}`{variable} | {default} | {_cell(getattr(one, 'help', '') or '')} |"


def metrics_page() -> str:
    """Return docs/metrics.md."""
    lines = [
        "# Metrics\n",
        MADE,
        "`GET /metrics` on the API listener, in Prometheus' text format; the setting `metrics` switches it off.",
        "Beside these there are `process_…` (CPU, memory, file handles) and `python_gc_…`.\n",
        "| metric | kind | labels | what it counts |",
        "|---|---|---|---|",
    ]
    for name, metric in METRICS.items():
        kind = "gauge" if metric.gauge else "histogram" if metric.histogram else "counter"
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(f"| `{exposed_name(name)}` | {kind} | {labels} | {metric.help} |")
    return _page(lines)


def reasons_page() -> str:
    """Return docs/reasons.md."""
    dialects = _dialects()
    lines = [
        "# Reasons · 拒绝原因\n",
        MADE,
        "Everything that can be refused, in our words and in each vendor's. `hongyan show REQUEST-ID` tells which",
        "one it was and the facts. A number in brackets is an HTTP status other than 200.\n",
        "| reason | /v1 | " + " | ".join(dialects) + " | SMPP | meaning | 含义 |",
        "|---|---|" + "---|" * (len(dialects) + 3),
    ]
    for reason in Reason:
        said = SENTENCES[reason]
        codes = " | ".join(_code(dialect, reason) for dialect in dialects.values())
        lines.append(f"| `{reason}` | {said.status} | {codes} | `0x{STATUSES[reason]:02X}` | {said.en} | {said.zh} |")
    return _page(lines)


def _dialects() -> dict[str, Any]:
    """Return the dialects with nobody behind them: only their words are asked for."""
    nobody: Any = None
    world = World()
    four = (nobody, nobody, FakeClock(), lambda: world, random.Random(1))  # noqa: S311 - nothing is secret here
    return {
        "comms": Comms(*four),
        "NXCloud": Nxcloud(*four),
        "Alibaba": Alibaba(*four, source("none")),
        "Yundashi": Yundashi(*four),
    }


def _code(dialect: Any, reason: Reason) -> str:
    path = next(iter(dialect.endpoints))
    exchange = Exchange(
        request_id="r",
        dialect=dialect.name,
        method="POST",
        path=path,
        query=b"",
        headers={},
        body=b"",
        peer="",
        received_at=0,
    )
    answer = dialect.refusal(exchange, reason, {})
    body = msgspec.json.decode(answer.body)
    code = next(body[name] for name in ("code", "Code", "result") if name in body)
    return f"`{code}`" + ("" if answer.status == 200 else f" ({answer.status})")  # noqa: PLR2004 - HTTP's plain yes


def _written(value: Any) -> str:
    if isinstance(value, Path):
        value = str(value)
    if value is None or value in ("", (), {}, []):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{msgspec.json.encode(value).decode()}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _page(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "world.md": world_page,
    "cli.md": cli_page,
    "metrics.md": metrics_page,
    "reasons.md": reasons_page,
}


def main() -> None:
    """Write every page."""
    for name, made in PAGES.items():
        (ROOT / "docs" / name).write_text(made(), "utf-8")


if __name__ == "__main__":
    main()
