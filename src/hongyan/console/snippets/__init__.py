"""Programs to copy: one message through a vendor's API in one language, with real values filled in.

`calls.py` says what is asked of the vendor, `literals.py` writes values as each language does, and a file
`<recipe>.<language>.txt` beside them is the program. What a value holds cannot change what a program does.
"""

from pathlib import Path
from typing import Any

import jinja2

from hongyan.console.snippets import literals
from hongyan.console.snippets.calls import Call, Values, call_of

__all__ = ["HIDDEN", "LANGUAGES", "VENDORS", "Call", "Values", "call_of", "snippets"]

HIDDEN = "YOUR-SECRET"
"""stands in a program for a secret that is not shown"""
LANGUAGES: dict[str, str] = {
    "curl": "curl",
    "python": "Python",
    "node": "Node.js",
    "php": "PHP",
    "go": "Go",
    "java": "Java",
}
"""language -> what people call it"""
VENDORS: dict[str, str] = {
    # vendor -> the recipe of its programs
    "alibaba": "alibaba",
    "comms": "plain",
    "nxcloud": "nxcloud",
    "yundashi": "yundashi",
    "native": "plain",
}

_programs = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=False,  # noqa: S701 - programs, not HTML: every value goes through a literal of its language
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    variable_start_string="⟦",
    variable_end_string="⟧",
    block_start_string="⟦%",
    block_end_string="%⟧",
    comment_start_string="⟦#",
    comment_end_string="#⟧",
)
_programs.filters.update(
    sh=literals.shell, text=literals.text, php=literals.php, json=literals.json_text, value=literals.value
)


def snippets(vendor: str, language: str, values: Values) -> str:
    """Return the program. `vendor` is a key of VENDORS, `language` one of LANGUAGES."""
    call = call_of(vendor, values)
    context: dict[str, Any] = {"call": call, "v": values, "url": values.api_url + call.address}
    return _programs.get_template(f"{VENDORS[vendor]}.{language}.txt").render(context).rstrip("\n")
