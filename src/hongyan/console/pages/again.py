"""What the form that sends is filled with to send a message, or a refused request, once more. Pure.

Read from the kept request in the vendor's own words; what cannot be found there is left for the reader to fill in.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

_MOST = 1_500
"""characters of a value: the form's address must stay an address"""


def copy_of(story: Mapping[str, Any]) -> dict[str, str]:
    """Return fields of the form's address."""
    request, message = story["request"], story.get("message")
    vendor = story["message"]["dialect"] if message else (request or {}).get("dialect", "")
    asked = _asked(request) if request else {}
    fields = _READ.get(vendor, _plain)(asked)
    if message is not None:
        fields = {
            "project": message["project"],
            "to": message["to"],
            "signature": (message["signature"] or "") if vendor == "alibaba" else "",
            **{name: value for name, value in fields.items() if value},
        } | {"to": message["to"]}
        if not fields.get("template") and not fields.get("text"):
            fields["text"] = message["text"]
    known = {name: value[:_MOST] for name, value in fields.items() if value}
    return {"vendor": vendor if vendor in _READ else "native", **known}


def _asked(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request: of its query, form or JSON body."""
    asked: dict[str, Any] = dict(parse_qsl(request["query"], keep_blank_values=True))
    body = request["body"]
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return asked | (dict(parse_qsl(body, keep_blank_values=True)) if "=" in body[:200] else {})
    return asked | found if isinstance(found, dict) else asked


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _values(written: Any) -> dict[str, str]:
    """Return `v.<name>` fields of a JSON object or list of values, or of the text of one."""
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except (ValueError, RecursionError):
            return {}
    if isinstance(written, list):
        written = {str(place): one for place, one in enumerate(written)}
    if not isinstance(written, dict):
        return {}
    return {f"v.{name}": str(one) for name, one in written.items() if isinstance(name, str)}


def _plain(asked: Mapping[str, Any]) -> dict[str, str]:
    to = asked.get("to")
    return {
        "to": ",".join(map(str, to)) if isinstance(to, list) else _text(to),
        "text": _text(asked.get("text")),
        "template": _text(asked.get("template")),
        "signature": _text(asked.get("signature")),
        **_values(asked.get("values")),
    }


def _comms(asked: Mapping[str, Any]) -> dict[str, str]:
    if isinstance(content := asked.get("bizContent"), str):
        asked = _asked({"query": "", "body": content})
    return {
        "to": _text(asked.get("mobile")),
        "template": _text(asked.get("templateID")),
        **_values(asked.get("templateParamSet")),
    }


def _nxcloud(asked: Mapping[str, Any]) -> dict[str, str]:
    items = asked.get("items")
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    return {
        "to": _text(first.get("phone")),
        "text": _text(first.get("content")),
        "app": _text(asked.get("appKey")),
    }


def _alibaba(asked: Mapping[str, Any]) -> dict[str, str]:
    card = _text(asked.get("CardTemplateCode"))
    if card:
        values = asked.get("CardObjects.1.dyncParams")
        return {
            "template": card,
            "signature": _text(asked.get("SignName")),
            "to": _text(asked.get("CardObjects.1.mobile")),
            **_values(values),
        }
    return {
        "to": _text(asked.get("PhoneNumbers")),
        "template": _text(asked.get("TemplateCode")),
        "signature": _text(asked.get("SignName")),
        **_values(asked.get("TemplateParam")),
    }


def _yundashi(asked: Mapping[str, Any]) -> dict[str, str]:
    tel = asked.get("tel")
    one = tel[0] if isinstance(tel, list) and tel else tel
    number = ""
    if isinstance(one, dict):
        number = f"{one.get('nationcode', '')}{one.get('mobile', '')}"
    return {"to": number, "text": _text(asked.get("msg")), "signature": ""}


_READ = {"native": _plain, "comms": _comms, "nxcloud": _nxcloud, "alibaba": _alibaba, "yundashi": _yundashi}
