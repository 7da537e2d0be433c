"""What can be edited of a project, as a form's fields and back: one row a field; the page is drawn by a loop."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.operate.keys import DIALECTS


class Field(NamedTuple):
    """A field of a form. Its label is the word `f_<name>`, its explanation `h_<name>`."""

    name: str
    kind: str
    """text, number, flag, list, choice, many, table"""
    read: Callable[[str], Any]
    """what was typed -> the value; raises ValueError"""
    options: Sequence[str] = ()


def _text(typed: str) -> str:
    return typed.strip()


def _listed(typed: str) -> list[str]:
    return [one for one in typed.replace(",", "\n").replace("，", "\n").split() if one]


def _whole(typed: str) -> int:
    return int(typed.strip())


def _waits(typed: str) -> list[float] | None:
    return [float(one) for one in _listed(typed)] if typed.strip() else None


def _hours(typed: str) -> list[int] | None:
    return [int(one) for one in _listed(typed.replace("-", " "))] if typed.strip() else None


def _limits(typed: str) -> list[Any]:
    """Return limits: names of presets, or a JSON list of limits written out."""
    text = typed.strip()
    return list(json.loads(text)) if text.startswith("[") else _listed(text)


def _maybe(typed: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed)


GROUPS: Mapping[str, Sequence[Field]] = {
    "money": (
        Field("currency", "text", _text),
        Field("paid_in", "text", _text),
        Field("credit_line", "text", _text),
        Field("refund_failed", "choice", _maybe, ("", "yes", "no")),
    ),
    "sending": (
        Field("countries", "list", _listed),
        Field("validity_s", "number", _whole),
        Field("retry_unsure", "many", _listed, tuple(Category)),
        Field("cards", "flag", bool),
        Field("max_length", "number", _whole),
        Field("quiet_hours", "text", _hours),
        Field("limits", "list", _limits),
        Field("unlimited", "list", _listed),
        Field("keywords", "list", _listed),
    ),
    "telling": (
        Field("callbacks", "table", _text, DIALECTS),
        Field("reply_callbacks", "table", _text, DIALECTS),
        Field("push_retries_s", "list", _waits),
        Field("allow_inside", "flag", bool),
        Field("pull_window_s", "number", _whole),
    ),
}


def shown(field: Field, value: Any) -> Any:
    """Return a value as its field shows it."""
    if field.kind == "list" and value is not None:
        plain = all(isinstance(one, str | int | float) for one in value)
        return "\n".join(map(str, value)) if plain else json.dumps(list(value), ensure_ascii=False, indent=1)
    if field.kind == "choice":
        return {None: "", True: "yes", False: "no"}[value]
    if field.name == "quiet_hours":
        return "" if value is None else f"{value[0]}-{value[1]}"
    return "" if value is None else value


def stated(group: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of a group's fields. Raises Refused(BAD_FIELD)."""
    found: dict[str, Any] = {}
    for field in GROUPS[group]:
        try:
            found[field.name] = _value(field, sent)
        except (ValueError, TypeError):
            raise Refused(
                Reason.BAD_FIELD, field=field.name, why="cannot be read", why_zh="无法识别，请按说明填写"
            ) from None
    return found


def _value(field: Field, sent: Mapping[str, str]) -> Any:
    if field.kind == "flag":
        return sent.get(field.name) == "yes"
    if field.kind == "table":
        typed = {one: sent.get(f"{field.name}.{one}", "").strip() for one in field.options}
        return {one: text for one, text in typed.items() if text}
    return field.read(sent.get(field.name, ""))
