"""Values as a language writes them: text literals, arrays and objects. Pure.

Characters that are not seen, or that turn the reading direction, are written as escapes wherever a language has them:
what a program shows is what it does.
"""

import json
import shlex
import unicodedata
from typing import Any

_LINE = 96
"""an array or object longer than this is written one field a line"""
_UNSEEN = {"Cf", "Cc", "Zl", "Zp", "Co", "Cn"}
_BMP = 0xFFFF


def shell(value: str) -> str:
    """Return one word of a POSIX shell, whatever the text holds."""
    return shlex.quote(value)


def text(value: str) -> str:
    """Return a text in double quotes, as JavaScript, Python, Go and Java read it alike."""
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(written: str) -> str:
    """Return JSON, or a literal made of it, with unseen characters written as backslash-u escapes."""
    if written.isascii():
        return written.replace("\x7f", "\\u007f")
    return "".join(f"\\u{ord(one):04x}" if _is_unseen(one) else one for one in written)


def _is_unseen(one: str) -> bool:
    return ord(one) <= _BMP and unicodedata.category(one) in _UNSEEN


def json_text(value: Any) -> str:
    """Return JSON on one line."""
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def php(value: str) -> str:
    """Return a text as PHP reads it: in single quotes, or, when it has unseen characters, in double ones."""
    if not any(_is_unseen(one) for one in value):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    pieces = (f"\\u{{{ord(one):x}}}" if _is_unseen(one) else _PHP.get(one, one) for one in value)
    return '"' + "".join(pieces) + '"'


_PHP = {"\\": "\\\\", '"': '\\"', "$": "\\$"}
_WORDS = {
    "python": {True: "True", False: "False", None: "None"},
    "js": {True: "true", False: "false", None: "null"},
    "php": {True: "true", False: "false", None: "null"},
}


def value(given: Any, language: str, indent: int = 0) -> str:
    """Return JSON's values as a literal of python, js or php; `indent`: blanks before the line that it begins on."""
    short = _value(given, language)
    if len(short) <= _LINE - indent or not isinstance(given, dict | list) or not given:
        return short
    opens, closes = ("{", "}") if isinstance(given, dict) and language != "php" else ("[", "]")
    inner, step = indent + (2 if language == "js" else 4), "\n" + " " * indent
    pieces = _pairs(given, language, lambda one: value(one, language, inner))
    lines = "".join(f"\n{' ' * inner}{piece}," for piece in pieces)
    return f"{opens}{lines}{step}{closes}"


def _value(given: Any, language: str) -> str:
    if isinstance(given, str):
        return php(given) if language == "php" else text(given)
    if given is None or isinstance(given, bool):
        return _WORDS[language][given]
    if isinstance(given, dict):
        inside = ", ".join(_pairs(given, language, lambda one: _value(one, language)))
        return f"[{inside}]" if language == "php" else f"{{{inside}}}"
    if isinstance(given, list):
        return f"[{', '.join(_value(one, language) for one in given)}]"
    return str(given)


def _pairs(given: Any, language: str, written: Any) -> list[str]:
    if isinstance(given, list):
        return [written(one) for one in given]
    arrow = " => " if language == "php" else ": "
    return [f"{_value(name, language)}{arrow}{written(one)}" for name, one in given.items()]
