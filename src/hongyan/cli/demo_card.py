"""The card that `hongyan dev` prints: for each vendor where to call, with what, and a command that works.

The words are in demo_card.toml. Alibaba's signature is too long for a line and is made by `hongyan send`.
"""

import shlex
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct, convert
from rich.text import Text

from hongyan.cli.printing import console


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """What a developer needs to know of one vendor."""

    name: str
    base: str
    """path behind the API's address"""
    facts: tuple[tuple[str, str], ...]
    """(name, value)"""
    command: str


@cache
def entries() -> tuple[Entry, ...]:
    """Return the card's vendors."""
    text = resources.files("hongyan.cli").joinpath("demo_card.toml").read_text("utf-8")
    return convert(tomllib.loads(text)["vendors"], tuple[Entry, ...])


def print_card(
    api_url: str, console_url: str, smpp_addresses: Mapping[str, tuple[str, int]] = MappingProxyType({})
) -> None:
    """Print the card."""
    out = console()
    out.print(Text.assemble(("Hongyan 鸿雁", "bold"), "  demo world 演示环境"))
    for word, address in (
        ("API 接口      ", api_url),
        ("console 控制台", console_url),
        ("docs 文档     ", f"{console_url}/docs"),
    ):
        out.print(Text(f"{word} {address}"), soft_wrap=True)
    for name, (host, port) in smpp_addresses.items():
        account = "system_id smppdemo, password 密码 demopass"
        out.print(Text(f"{name.upper():<14} {host}:{port}  {account}"), soft_wrap=True)
    for entry in entries():
        out.print()
        out.print(Text.assemble((entry.name, "bold cyan"), f"  {api_url}{entry.base}"), soft_wrap=True)
        for name, value in entry.facts:
            out.print(Text.assemble((f"  {name}: ", "dim"), _filled(value, api_url)), soft_wrap=True)
        out.print(Text(_filled(entry.command, api_url).strip()), soft_wrap=True)
    out.print()
    more = f"{console_url}/  curl, Python, Node.js, PHP, Go, Java"
    out.print(Text.assemble(("more to copy 更多示例: ", "dim"), more), soft_wrap=True)
    read = _filled("<hongyan> wait --url <api> --to 13800138001 --code", api_url)
    out.print(Text.assemble(("read the code 读取验证码: ", "dim"), read), soft_wrap=True)
    endings = f"…4041 fails 失败, …4051 reports late 回执迟到, more 更多: {console_url}/docs/magic-numbers"
    out.print(Text.assemble(("magic numbers 魔法号码: ", "dim"), endings), soft_wrap=True)
    out.print(Text("Ctrl-C ends 结束", style="dim"))
    out.file.flush()


def _filled(text: str, api_url: str) -> str:
    host = api_url.partition("//")[2]
    return text.replace("<api>", api_url).replace("<host>", host).replace("<hongyan>", _program())


def _program() -> str:
    """Return how this very program is called again."""
    called = Path(sys.argv[0])
    return shlex.quote(str(called)) if called.name == "hongyan" else f"{shlex.quote(sys.executable)} -m hongyan"
