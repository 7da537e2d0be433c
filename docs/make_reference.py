"""Makes the pages of settings and of metrics. Run it (`make docs`) after changing one.

The other makers beside this file: commands, world file, reasons, states, magic numbers, /v1, carriers, compatibility.
tests/docs/test_reference.py fails while a page is not current, and names every sentence that has no Chinese.
"""  # noqa: INP001 - a program beside the pages it makes, not a package

from collections.abc import Mapping
from typing import Any

from writing import Pages, both, cell, made_by, opening, page, said, write_all, written

from hongyan.model.tally import METRICS
from hongyan.settings import PREFIX, Settings
from hongyan.watch.metrics import exposed_name

MADE = made_by("make_reference.py")
_TYPES = {
    "string": ("text", "文本"),
    "integer": ("whole number", "整数"),
    "number": ("number", "数字"),
    "boolean": ("true or false", "true 或 false"),
    "array": ("list", "列表"),
}
_KINDS = {"gauge": "瞬时值（gauge）", "histogram": "直方图（histogram）", "counter": "计数器（counter）"}


def settings_page(language: str) -> str:
    """Return the page of settings."""
    zh = language == "zh"
    lines = opening("settings", language, MADE)
    schema = Settings.model_json_schema()["properties"]
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        sentence = str(extra["zh"]) if zh and isinstance(extra, dict) else field.description or ""
        default = written(field.default) or ("空" if zh else "empty")
        lines += [
            f"## `{name}`\n",
            f"{sentence}\n",
            f"- {'取值' if zh else 'value'}: {_range(schema[name], zh=zh)}",
            f"- {'默认' if zh else 'default'}: {default}",
            f"- {'环境变量' if zh else 'environment'}: `{PREFIX}{name.upper()}`\n",
        ]
    return page(lines)


def _range(schema: Mapping[str, Any], *, zh: bool) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "pattern" in schema:
        return f"`{schema['pattern']}`"
    kind = _TYPES[schema["type"]][zh]
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        return kind
    if most is None:
        return f"{kind}，不小于 {least}" if zh else f"{kind}, {least} or more"
    return f"{kind}，{least} 到 {most}" if zh else f"{kind}, {least} to {most}"


def metrics_page(language: str) -> str:
    """Return the page of metrics."""
    zh = language == "zh"
    lines = opening("metrics", language, MADE)
    for name, metric in METRICS.items():
        kind = "gauge" if metric.gauge else "histogram" if metric.histogram else "counter"
        lines += [
            f"## `{exposed_name(name)}`\n",
            f"{cell(said('metrics', metric.help, language))}\n",
            f"- {'类型' if zh else 'kind'}: {_KINDS[kind] if zh else kind}",
        ]
        if metric.labels:
            lines.append(f"- {'标签' if zh else 'labels'}: {', '.join(f'`{label}`' for label in metric.labels)}")
        lines.append("")
    return page(lines)


PAGES: Pages = both("settings", settings_page) | both("metrics", metrics_page)

if __name__ == "__main__":
    write_all(PAGES)
