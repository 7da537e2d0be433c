"""Settings of carriers, declared once: type, default, range and the sentence of their reference page in both languages.

Every protocol has a table of them; what an operator writes is held against it when the carrier is built.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from hongyan.model.errors import Misconfigured
from hongyan.model.said import Said

_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
    dict: "a table",
}


class Setting(Struct, frozen=True):
    """One setting. Its default says its type; a whole number is fine where a number is wanted."""

    name: str
    default: Any
    said: Said
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()
    """a text: which ones are possible; empty: any"""
    required: bool = False

    def kind(self) -> str:
        """Return what may be written, for people."""
        if self.words:
            return ", ".join(self.words)
        kind = _KINDS[type(self.default)]
        if self.least is not None and self.most is not None:
            return f"{kind}, {self.least:g} to {self.most:g}"
        return kind if self.least is None else f"{kind} from {self.least:g}"


def setting(
    name: str,
    default: Any,
    en: str,
    zh: str,
    *,
    least: float | None = None,
    most: float | None = None,
    words: Sequence[str] = (),
    required: bool = False,
) -> Setting:
    """Return a declared setting."""
    return Setting(name, default, Said(en, zh), least, most, tuple(words), required)


def chosen(where: str, protocol: str, table: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting of a table, as given or by default. Raises Misconfigured for the first that is wrong."""
    known = {one.name: one for one in table}
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5) or sorted(known)
            raise Misconfigured(where, f"{protocol} has no setting {name!r}.", ", ".join(near))
    out = {}
    for one in table:
        if one.name in given:
            out[one.name] = _checked(where, one, given[one.name])
        elif one.required:
            raise Misconfigured(where, f"{one.name} is needed: {one.said.en}")
        else:
            out[one.name] = one.default
    return out


def _checked(where: str, one: Setting, value: Any) -> Any:
    kind = type(one.default)
    if kind is float and type(value) is int:
        value = float(value)
    if kind is tuple:
        fits = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
        value = tuple(value) if fits else value
    else:
        fits = type(value) is kind
    if fits and one.words and value not in one.words:
        near = get_close_matches(value, one.words, n=1, cutoff=0.5) or one.words
        raise Misconfigured(where, f"{one.name} is one of {one.kind()}, not {value!r}.", ", ".join(near))
    too_little = fits and one.least is not None and value < one.least
    if not fits or too_little or (one.most is not None and value > one.most):
        raise Misconfigured(where, f"{one.name} is {one.kind()}, not {value!r}.")
    return value
