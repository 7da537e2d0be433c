"""What a program or form begins with: a key of the world that works, a wording it may send, a number. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hongyan.console.snippets import HIDDEN, Values
from hongyan.model.card import read_card
from hongyan.model.message import Leg
from hongyan.model.world import App, Key, Review, Signature, Template, World
from hongyan.text.placeholders import STYLES, names, render

NUMBER = "8613800138000"
SAMPLE = "1234"
FINISHED = {"nxcloud": "Your code is 1234", "native": "Your code is 1234"}
"""what is said where any text may be sent"""
TEMPLATED = {"alibaba", "comms"}
"""vendors whose calls name a template; yundashi's carry a text that fits one"""


class Offer(NamedTuple):
    """What one key can send with."""

    key: Key
    templates: tuple[Template, ...]
    signatures: tuple[Signature, ...]
    apps: tuple[App, ...]


def offers(vendor: str, world: World, *, dev: bool) -> list[Offer]:
    """Return the keys that a vendor's API can be called with, in the order of the world.

    `dev`: our own API also lets callers without a key in, for any project.
    """
    keys = [one for one in world.all(Key) if one.dialect == vendor and one.enabled]
    if vendor == "native" and dev:
        held = {one.project for one in keys}
        keys += [Key(project=name, dialect="native") for name in _usual_first(world) if name not in held]
    open_ = [one for one in keys if (project := world.projects.get(one.project)) is not None and project.enabled]
    return [_offer(one, world) for one in open_]


def _usual_first(world: World) -> list[str]:
    return sorted(world.projects, key=lambda name: name != "demo")


def _offer(key: Key, world: World) -> Offer:
    approved = [one for one in world.templates.get(key.project, {}).values() if one.review is Review.APPROVED]
    templates = [one for one in approved if key.dialect in {one.dialect, "native"}]
    if key.dialect == "alibaba":
        templates = [one for one in templates if one.leg is not Leg.DIGITAL]  # only ever a card's fallback
    return Offer(
        key,
        tuple(templates),
        tuple(one for one in world.signatures.get(key.project, {}).values() if one.review is Review.APPROVED),
        tuple(one for one in world.apps.values() if one.project == key.project and one.enabled),
    )


def beginning(vendor: str, world: World, api_url: str, *, shows_secrets: bool, dev: bool) -> Values | None:
    """Return what a first message through a vendor's API is filled with; None when no key is declared for it."""
    for offer in offers(vendor, world, dev=dev):
        if vendor in TEMPLATED | {"yundashi"} and not offer.templates:
            continue
        if vendor == "nxcloud" and not offer.apps:
            continue
        template = offer.templates[0] if offer.templates and vendor != "native" else None
        values = dict.fromkeys(places(template), SAMPLE) if template else {}
        return Values(
            api_url=api_url,
            to=(NUMBER,),
            text=text_of(vendor, template, values),
            template=template.name if template and vendor in TEMPLATED else "",
            values=values,
            signature=usual_signature(offer) if vendor == "alibaba" else "",
            key=offer.key.name,
            secret=secret_of(offer.key, shows_secrets=shows_secrets),
            auth=offer.key.auth,
            app=offer.apps[0].name if offer.apps else "",
            project=offer.key.project if vendor == "native" else "",
            is_card=template is not None and template.leg is Leg.CARD,
        )
    return None


def secret_of(key: Key, *, shows_secrets: bool) -> str:
    """Return what stands for a key's secret in a program."""
    if not key.secret:
        return ""
    return key.secret if shows_secrets else HIDDEN


def usual_signature(offer: Offer) -> str:
    """Return the project's default signature, else its first, else ""."""
    return next((one.name for one in sorted(offer.signatures, key=lambda one: not one.default)), "")


def text_of(vendor: str, template: Template | None, values: Mapping[str, str]) -> str:
    """Return the finished text of a first message."""
    if vendor == "yundashi" and template is not None:
        return render(template.body, template.dialect, values)
    return FINISHED.get(vendor, "")


def fallback_of(offer: Offer, template: Template | None) -> tuple[str, dict[str, str]]:
    """Return the code and sample values of the text that goes where a card cannot be shown; "" when there is none."""
    if template is None or template.leg is not Leg.CARD:
        return "", {}
    found = next((one for one in offer.templates if one.leg is Leg.TEXT), None)
    return ("", {}) if found is None else (found.name, dict.fromkeys(places(found), SAMPLE))


def places(template: Template) -> list[str]:
    """Return the places of a template, numbered ones in their order."""
    if template.leg is Leg.CARD:
        return list(read_card(template.card).variables)
    found = names(template.body, template.dialect) if template.dialect in STYLES else []
    return _in_order(found)


def _in_order(found: Iterable[str]) -> list[str]:
    listed = list(found)
    return sorted(listed, key=int) if all(one.isdecimal() for one in listed) else listed
