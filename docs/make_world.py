"""Makes the page of the world file: every kind that can be declared, every key. Run it (`make docs`) after a change."""  # noqa: INP001 - a program beside the page it makes, not a package

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from writing import ROOT, Pages, both, cell, made_by, opening, page, said, words, write_all, written

from hongyan.model.limits import Limit
from hongyan.model.world import BY_HAND, KINDS, Choice, Hours

MADE = made_by("make_world.py")
DECLARED = {kind: cls for kind, cls in KINDS.items() if cls not in BY_HAND}
PARTS = {
    "limits": (Limit, "Limits written out", "逐项写出的限频"),
    "choices": (Choice, "`choices` of a route", "路由的 `choices`"),
    "hours": (Hours, "`hours` of a route", "路由的 `hours`"),
}
_MODULES = ("model/world/customers.py", "model/world/delivery.py", "model/limits.py")
_TYPES = {
    "str": ("text", "文本"),
    "int": ("whole number", "整数"),
    "float": ("number", "数字"),
    "bool": ("true or false", "true 或 false"),
    "tuple[str, ...]": ("list of texts", "文本列表"),
    "tuple[float, ...]": ("list of numbers", "数字列表"),
    "tuple[int, int]": ("two whole numbers", "两个整数"),
    "dict[str, str]": ("table of texts", "文本表"),
    "dict[str, Any]": ("table", "表"),
    "tuple[str | Limit, ...]": ("list of names or tables", "名称或表的列表"),
    "tuple[Choice, ...]": ("list of tables", "表的列表"),
    "tuple[Hours, ...]": ("list of tables", "表的列表"),
}
_DEMO = ("hongyan.testing", "demo_world.toml")


def world_page(language: str) -> str:
    """Return the page of the world file."""
    zh = language == "zh"
    lines = opening("world", language, MADE)
    docs = documented()
    for kind, cls in DECLARED.items():
        sentence = said("world", docs[cls.__name__, ""].splitlines()[0], language)
        lines += [f"## `[[{kind}]]`\n", f"{sentence}\n", *_fields(cls, docs, language)]
    for part, english, chinese in PARTS.values():
        lines += [f"## {chinese if zh else english}\n", *_fields(part, docs, language)]
    lines += ["## 演示环境\n" if zh else "## The demo world\n"]
    lines += ["`hongyan dev` 所声明的内容：\n" if zh else "What `hongyan dev` declares:\n"]
    demo = resources.files(_DEMO[0]).joinpath(_DEMO[1]).read_text("utf-8")
    lines += ["```toml", demo.rstrip(), "```"]
    return page(lines)


def _fields(cls: type[msgspec.Struct], docs: Mapping[tuple[str, str], str], language: str) -> Iterator[str]:
    yield "| 键 | 类型 | 默认 | 说明 |" if language == "zh" else "| key | type | default | what it is |"
    yield "|---|---|---|---|"
    for field in msgspec.structs.fields(cls):
        required = field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
        must = "必填" if language == "zh" else "required"
        default = must if required else written(_default(field))
        kind = _type(docs.get((cls.__name__, f"{field.name}:"), ""), language)
        sentence = said("world", told_of(cls.__name__, field.name, docs), language)
        yield f"| `{field.name}` | {kind} | {default} | {cell(sentence)} |"
    yield ""


def told_of(cls: str, field: str, docs: Mapping[tuple[str, str], str]) -> str:
    """Return what a key is: what the code says of it, else what its name says everywhere."""
    plain = words("world")["plain"]
    return docs.get((cls, field)) or str(plain.get(f"{cls}.{field}", plain.get(field, "")))


@cache
def documented() -> Mapping[tuple[str, str], str]:
    """Return what the code says of every kind and key."""
    return {key: text for module in _MODULES for key, text in _docs_of(module).items()}


def _type(annotation: str, language: str) -> str:
    kind = annotation.removesuffix(" | None")
    known = _TYPES.get(kind)
    if known is not None:
        return known[language == "zh"]
    return f"`{cell(re.sub(r'tuple.(.*), ....', lambda found: found[1], kind))}`"


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


PAGES: Pages = both("world", world_page)

if __name__ == "__main__":
    write_all(PAGES)
