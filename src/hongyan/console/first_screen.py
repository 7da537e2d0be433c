"""What an empty inbox shows: a call to copy for each vendor in each language, with keys that hold in this world."""

import re
from typing import NamedTuple

from hongyan.console import Snippet
from hongyan.console.frame import Visit
from hongyan.model.message import Leg
from hongyan.model.world import App, Declared, Key, Review, Signature, Template, World

_FIRST = "Python SDK"
"""the language that is shown when none is chosen, where the vendor has it"""
RUN = {
    "Node.js": ("send.mjs", "node send.mjs"),
    "PHP": ("send.php", "php send.php"),
    "Go": ("main.go", "go run main.go"),
    "Java": ("Send.java", "java Send.java"),
    "Python": ("send.py", "python3 send.py"),
    "Python SDK": ("send.py", "python3 send.py"),
}
"""language, as its tab says -> (file to save it as, "" for lines of a terminal; how that is run)"""
_PLAIN = re.compile(r"[\w.+/=@-]+")
"""what may stand in a string of any language as it is"""


class Tab(NamedTuple):
    """A choice, and the address that has it chosen."""

    name: str
    address: str
    is_chosen: bool


class FirstScreen(NamedTuple):
    """What is shown."""

    vendors: tuple[Tab, ...]
    languages: tuple[Tab, ...]
    text: str
    """lines to copy; "": nobody has a key yet"""
    vendor: str
    hides_secret: bool
    """a placeholder stands for the secret"""
    file: str = ""
    """what to save the lines as; "": they go into a terminal"""
    run: str = ""
    """how the file is run"""


def first_screen(visit: Visit) -> FirstScreen:
    """Return the calls, with the chosen one filled in."""
    office = visit.office
    world, known = office.world(), [*visit.console.snippets]
    if not office.dev:
        known = [one for one in known if _key(world, one.vendor) is not None]
    if not known:
        return FirstScreen((), (), "", "", hides_secret=False)
    asked, language = visit.asked("vendor"), visit.asked("code")
    vendor = asked if asked in {one.vendor for one in known} else known[0].vendor
    mine = [one for one in known if one.vendor == vendor]
    chosen = next((one for one in mine if one.language == language), None)
    chosen = chosen or next((one for one in mine if one.language == _FIRST), mine[0])
    names = dict.fromkeys((one.vendor, one.name) for one in known)
    return FirstScreen(
        tuple(Tab(name, visit.page("/", vendor=key, code=language), key == vendor) for key, name in names),
        tuple(Tab(one.language, visit.page("/", vendor=vendor, code=one.language), one == chosen) for one in mine),
        filled(chosen, world, shows_secrets=office.dev),
        vendor,
        hides_secret=not office.dev and any(kind == "secret" for kind, _ in chosen.stand_ins),
        file=RUN.get(chosen.language, ("", ""))[0],
        run=RUN.get(chosen.language, ("", ""))[1],
    )


def filled(snippet: Snippet, world: World, *, shows_secrets: bool) -> str:
    """Return a call's lines with what is declared now in the places of its stand-ins."""
    literals = dict(snippet.stand_ins)
    key = _key(world, snippet.vendor, literals.get("key", ""))
    project = key.project if key else ""
    found = {
        "key": key.name if key else None,
        "secret": key.secret if key and shows_secrets else None,
        "signature": _name(world, Signature, project, snippet.vendor, literals.get("signature", "")),
        "template": _name(world, Template, project, snippet.vendor, literals.get("template", "")),
        "app": _name(world, App, project, snippet.vendor, literals.get("app", "")),
    }
    text = "\n".join(snippet.lines)
    marks = {kind: f"\0{kind}\0" for kind in literals}
    for kind, literal in sorted(literals.items(), key=lambda pair: len(pair[1]), reverse=True):
        text = text.replace(literal, marks[kind])
    for kind, mark in marks.items():
        value = found[kind]
        text = text.replace(mark, value if value and _PLAIN.fullmatch(value) else f"${kind.upper()}")
    return text


def _key(world: World, vendor: str, name: str = "") -> Key | None:
    """Return the key of this name, or else any that is open."""
    keys = [one for one in world.all(Key) if one.dialect == vendor and one.enabled]
    return next((one for one in keys if one.name == name), keys[0] if keys else None)


def _name(world: World, kind: type[Declared], project: str, vendor: str, name: str) -> str | None:
    """Return this name if the project has it, or else one that is approved."""
    names = [
        one.name
        for one in world.all(kind)
        if one.project == project
        and getattr(one, "dialect", vendor) in {vendor, ""}
        and getattr(one, "review", Review.APPROVED) is Review.APPROVED
        and getattr(one, "leg", Leg.TEXT) is Leg.TEXT
    ]
    return name if name in names else next(iter(names), None)
