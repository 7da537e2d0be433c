"""Makes the page of `/v1` from the OpenAPI document of a running program. Run it (`make docs`) after a change.

What each endpoint answers is shown by a sample in docs/words/answers.toml; a test holds the samples against a running
program.
"""  # noqa: INP001 - a program beside the page it makes, not a package

import asyncio
import json
import logging
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import make_world
from writing import Pages, both, cell, made_by, page, said, words, write_all

from hongyan.assemble import running
from hongyan.model.reason import Reason
from hongyan.model.sentences import SENTENCES
from hongyan.settings import load

MADE = made_by("make_v1.py")
_TYPES = {
    "string": ("text", "文本"),
    "integer": ("whole number", "整数"),
    "number": ("number", "数字"),
    "boolean": ("true or false", "true 或 false"),
    "array": ("list", "列表"),
    "object": ("object", "对象"),
    "null": ("null", "null"),
}


_DECLARED_AT = {"/keys": "Key", "/templates": "Template", "/signatures": "Signature", "/projects": "Project"}
"""where things of a kind are made: a field that is nothing else is the kind's"""
_WIDTH = 100
_NO_BOUND = 1 << 53
"""a maximum that is only what fits"""


@cache
def openapi() -> dict[str, Any]:
    """Return the document that a running program serves."""

    async def asked() -> Any:
        flags = {"data_dir": folder, "api_port": 0, "console_port": 0, "log_level": "error"}
        async with running(load(flags), demo=True) as system:
            url = f"{system.api_url}/v1/openapi.json"
            return await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(url)))  # noqa: S310 - our own

    logging.disable(logging.WARNING)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            found: dict[str, Any] = asyncio.run(asked())
            return found
    finally:
        logging.disable(logging.NOTSET)


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every endpoint as (METHOD /path, what the document says of it)."""
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def v1_page(language: str) -> str:
    """Return the page of /v1."""
    zh = language == "zh"
    text = words("v1")["text"][language]
    lines = [f"# {text['title']}\n", MADE, f"{text['begin']}\n", f"## {text['errors']}\n", f"{text['errors_begin']}\n"]
    lines += ["```json", _pretty(text["error"]), "```", "", text["errors_head"], "|---|---|"]
    ending = ".zh-CN.md" if zh else ".md"
    for status in sorted({sentence.status for sentence in SENTENCES.values()}):
        reasons = ", ".join(f"[{one}](reasons{ending}#{one})" for one in Reason if SENTENCES[one].status == status)
        lines.append(f"| {status} | {reasons} |")
    lines.append("")
    for name, operation in operations():
        lines += _operation(name, operation, language)
    return page(lines)


def _operation(name: str, operation: Mapping[str, Any], language: str) -> Iterator[str]:
    text = words("v1")["text"][language]
    yield f"## `{name}`\n"
    yield f"{said('v1', ' '.join(operation.get('description', '').split()), language)}\n"
    parameters = operation.get("parameters", [])
    if parameters:
        yield from (text["parameters"], "|---|---|---|---|")
        for one in parameters:
            yield _row(name, one, one["schema"], one.get("required", False), language)
        yield ""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        yield from _body(name, content["application/json"]["schema"], language)
    yield f"**{text['answer']}** {', '.join(_fine(operation))}\n"
    sample = words("answers").get(name)
    if sample is not None:
        yield from ("```json", _pretty(sample), "```", "")


def _fine(operation: Mapping[str, Any]) -> list[str]:
    return [f"`{status}`" for status in operation["responses"] if status.startswith("2")]


def _body(operation: str, schema: Mapping[str, Any], language: str) -> Iterator[str]:
    text = words("v1")["text"][language]
    found = _resolved(schema)
    yield from (f"**{text['body']}**\n", text["fields"], "|---|---|---|---|")
    for name, field in found.get("properties", {}).items():
        yield _row(operation, field | {"name": name}, field, name in found.get("required", ()), language)
    yield ""


def _row(operation: str, about: Mapping[str, Any], schema: Mapping[str, Any], must: bool, language: str) -> str:
    default = ("required", "必填")[language == "zh"] if must else _default(schema)
    place = f" ({about['in']})" if "in" in about else ""
    sentence = told_of(operation, about, language)
    return f"| `{about['name']}`{place} | {cell(_type(schema, language))} | {default} | {cell(sentence)} |"


def told_of(operation: str, about: Mapping[str, Any], language: str) -> str:
    """Return what a field is: by the document, by the kind of thing that it declares, or by its name."""
    plain, name = words("v1")["plain"], about["name"]
    own = about.get("description") or about.get("schema", {}).get("description") or plain.get(f"{operation} {name}")
    if own:
        return said("v1", str(own), language)
    for place, cls in _DECLARED_AT.items():
        if place in operation:
            declared = make_world.told_of(cls, name, make_world.documented())
            if declared:
                return said("world", declared, language)
    return said("v1", str(plain.get(name, "")), language)


def _default(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    return "" if default in (None, "", [], {}) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _type(schema: Mapping[str, Any], language: str) -> str:
    zh = language == "zh"
    found = _resolved(schema)
    several = found.get("anyOf") or found.get("oneOf")
    if several:
        kinds = [_type(one, language) for one in several if one.get("type") != "null"]
        return (" 或 " if zh else " or ").join(dict.fromkeys(kinds))
    if "enum" in found or "const" in found:
        return ", ".join(f"`{one}`" for one in found.get("enum", [found.get("const")]))
    kind = _TYPES[found.get("type", "object")][zh]
    if "properties" in found:
        return f"{kind}: {', '.join(f'`{one}`' for one in found['properties'])}"
    if "items" in found:
        return f"{kind}（{_type(found['items'], language)}）" if zh else f"{kind} of {_type(found['items'], language)}"
    return kind + _span(found, language)


def _span(found: Mapping[str, Any], language: str) -> str:
    zh = language == "zh"
    if "maxLength" in found:
        return f"，最长 {found['maxLength']}" if zh else f", up to {found['maxLength']}"
    least, most = found.get("minimum"), found.get("maximum")
    if least is None or most is None or most >= _NO_BOUND:
        return ""
    return f"，{least:g} 到 {most:g}" if zh else f", {least:g} to {most:g}"


def _pretty(sample: str) -> str:
    if not sample.startswith(("{", "[", "null")):
        return sample.rstrip()  # a stream
    return "\n".join(_laid_out(json.loads(sample), ""))


def _laid_out(value: Any, before: str) -> Iterator[str]:
    """Yield JSON in lines that fit a page: what fits one line is one."""
    plain = json.dumps(value, ensure_ascii=False)
    if len(before) + len(plain) <= _WIDTH or not isinstance(value, dict | list):
        yield before + plain
        return
    margin = " " * (len(before) - len(before.lstrip()))
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    yield before + opened
    parts = value.items() if isinstance(value, dict) else ((None, one) for one in value)
    lines = [
        list(_laid_out(one, margin + "  " + ("" if name is None else f"{json.dumps(name)}: "))) for name, one in parts
    ]
    for place, some in enumerate(lines):
        yield from some[:-1]
        yield some[-1] + ("," if place < len(lines) - 1 else "")
    yield margin + closed


PAGES: Pages = both("v1", v1_page)

if __name__ == "__main__":
    write_all(PAGES)
