"""The form that sends, read from its address or from what was sent: which key, which wording, to whom. Pure but for the
world that it is read against; whatever is written there, a form comes of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.console.faces import Face, Piece, pieces
from hongyan.console.snippets import VENDORS, Values
from hongyan.console.snippets.beginning import (
    NUMBER,
    SAMPLE,
    TEMPLATED,
    Offer,
    fallback_of,
    offers,
    places,
    secret_of,
    text_of,
    usual_signature,
)
from hongyan.links.cards import render
from hongyan.model.card import read_card
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.money import amount, micros
from hongyan.model.world import Template, World
from hongyan.operate.routing import Asked as AskedRoute
from hongyan.operate.routing import Routing
from hongyan.text import numbers, signature
from hongyan.text.characters import is_storable
from hongyan.text.codes import extract_code
from hongyan.text.counted import counted
from hongyan.text.parts import rule_for
from hongyan.text.placeholders import render as rendered

_LONGEST_FIELD, _LONGEST_TEXT = 500, 5_000
_ONE_NUMBER = {"comms", "yundashi"}
"""vendors whose call takes one number"""
_MOST_NUMBERS = 20
_SIGNED = {"alibaba", "yundashi", "native"}
"""vendors whose callers choose the signature"""


class Form(NamedTuple):
    """A form, read."""

    vendor: str
    offers: Sequence[Offer]
    offer: Offer | None
    """None: nobody has a key of the vendor's"""
    template: Template | None
    places: tuple[str, ...]
    values: Mapping[str, str]
    text: str
    to: str
    """as written"""
    numbers: tuple[str, ...]
    """those that could be read, as digits"""
    unread: tuple[str, ...]
    signature: str
    app: str
    marketing: bool

    @property
    def needs_template(self) -> bool:
        """Whether the vendor's call names a template, and no text."""
        return self.vendor in TEMPLATED

    @property
    def has_signature(self) -> bool:
        """Whether the vendor's callers choose the signature."""
        return self.vendor in _SIGNED

    @property
    def takes_one(self) -> bool:
        """Whether the vendor's call takes one number."""
        return self.vendor in _ONE_NUMBER

    def fields(self) -> dict[str, str]:
        """Return the fields of the address that lead back to this form."""
        key = "" if self.offer is None else key_of(self.offer)
        own = {
            "vendor": self.vendor,
            "key": key,
            "template": self.template.name if self.template else "",
            "text": "" if self.needs_template else self.text,
            "to": self.to,
            "signature": self.signature,
            "app": self.app,
            "marketing": "1" if self.marketing else "",
        }
        return own | {f"v.{name}": value for name, value in self.values.items()}

    def call(self, api_url: str, *, shows_secrets: bool) -> Values | None:
        """Return what the vendor's call is filled with; None while something is missing."""
        if self.offer is None or not self.numbers or (self.needs_template and self.template is None):
            return None
        if not self.needs_template and not self.text and self.template is None:
            return None
        key = self.offer.key
        fallback, fallback_values = fallback_of(self.offer, self.template)
        named = self.needs_template or (self.vendor == "native" and self.template is not None)
        return Values(
            api_url=api_url,
            to=self.numbers[:1] if self.takes_one else self.numbers,
            text="" if named else self.text,
            template=self.template.name if named and self.template else "",
            values=dict(self.values) if named else {},
            signature=self.signature if self.has_signature else "",
            key=key.name,
            secret=secret_of(key, shows_secrets=shows_secrets),
            auth=key.auth,
            app=self.app,
            project=key.project,
            marketing=self.marketing,
            is_card=self.template is not None and self.template.leg is Leg.CARD,
            fallback=fallback,
            fallback_values=fallback_values,
        )


def key_of(offer: Offer) -> str:
    """Return how the form names a key."""
    return f"{offer.key.project}/{offer.key.name}"


def read(given: Mapping[str, str], world: World, *, dev: bool) -> Form:
    """Return the form; what is not said begins with what works."""
    vendor = given.get("vendor", "") if given.get("vendor", "") in VENDORS else next(iter(VENDORS))
    known = offers(vendor, world, dev=dev)
    asked, project = _field(given, "key"), _field(given, "project")
    offer = next((one for one in known if key_of(one) == asked), None)
    offer = offer or next((one for one in known if one.key.project == project), None)
    offer = offer or next((one for one in known if one.templates or vendor not in TEMPLATED), None)
    offer = offer or next(iter(known), None)
    template = _template(vendor, offer, given)
    names = tuple(places(template)) if template is not None else ()
    values = {name: _text(given, f"v.{name}") or _listed(given, names, name) for name in names}
    text = _text(given, "text")
    if not text and "text" not in given:
        text = text_of(vendor, template, values)
    if vendor == "yundashi" and template is not None and ("fill" in given or not text):
        text = rendered(template.body, template.dialect, values)
    to = _text(given, "to") if "to" in given else NUMBER
    found, unread = _numbers(to)
    apps = [one.name for one in offer.apps] if offer else []
    app = _field(given, "app")
    return Form(
        vendor=vendor,
        offers=known,
        offer=offer,
        template=template,
        places=names,
        values=values,
        text=text,
        to=to,
        numbers=found,
        unread=unread,
        signature=_signature(vendor, offer, given),
        app=app if app in apps else next(iter(apps), ""),
        marketing=given.get("marketing") == "1",
    )


def _template(vendor: str, offer: Offer | None, given: Mapping[str, str]) -> Template | None:
    known = {one.name: one for one in offer.templates} if offer else {}
    asked = given.get("template")
    if asked is not None and (asked in known or vendor not in TEMPLATED):
        return known.get(asked)
    if vendor in TEMPLATED or (vendor == "yundashi" and not given.get("text")):
        return next(iter(known.values()), None)
    return None


def _listed(given: Mapping[str, str], names: Sequence[str], name: str) -> str:
    """Return the value of a numbered place from a list that counts from 0, else what a form begins with."""
    if any(field.startswith("v.") for field in given):
        return _text(given, f"v.{names.index(name)}") if name.isdecimal() else ""
    return SAMPLE


def _signature(vendor: str, offer: Offer | None, given: Mapping[str, str]) -> str:
    asked = _field(given, "signature")
    if "signature" in given or offer is None or vendor != "alibaba":
        return asked if vendor in _SIGNED else ""
    return usual_signature(offer)


def _field(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()[:_LONGEST_FIELD]
    return value if is_storable(value) else ""


def _text(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")[:_LONGEST_TEXT].replace("\r\n", "\n")
    return value if is_storable(value) else ""


def _numbers(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: dict[str, None] = {}
    unread = []
    for piece in written.replace("\n", ",").replace(";", ",").replace("，", ",").split(",")[:_MOST_NUMBERS]:
        if not piece.strip():
            continue
        number = numbers.parse(piece.strip())
        if number is None:
            unread.append(piece.strip()[:_LONGEST_FIELD])
        else:
            found[number.digits] = None
    return tuple(found), tuple(unread)


class Preview(NamedTuple):
    """What sending would come to."""

    text: str
    face: Face
    measure: Mapping[str, Any]
    price: str | None
    """of one number; None: none is declared"""
    currency: str
    route: Mapping[str, Any]
    lacks: str
    """a place without a value; "": none"""


def previewed(form: Form, world: World, routing: Routing) -> Preview | None:
    """Return it for the first number; None while there is none to send to, or nobody to send as."""
    if form.offer is None or not form.numbers:
        return None
    project = world.projects[form.offer.key.project]
    lacks = next((name for name in form.places if not form.values.get(name)), "")
    text = _finished(form)
    leg = form.template.leg if form.template is not None else Leg.TEXT
    category = form.template.category if form.template is not None else Category.NOTIFICATION
    if form.marketing:
        category = Category.MARKETING
    number = form.numbers[0]
    found = routing.ask(
        AskedRoute(to=f"+{number}", project=project.name, category=category, leg=leg, signature=form.signature)
    )
    count = counted(text, rule_for(form.vendor, found["country"]), country_code="")
    times = count["parts"] if leg is Leg.TEXT else 1
    price = None if found["price"] is None else amount(micros(found["price"]) * times)
    card = None
    if form.template is not None and form.template.card is not None:
        try:
            card = render(read_card(form.template.card), form.values, None)
        except (Refused, ValueError):
            card = None
    face = Face(pieces(text) or (Piece(" "),), extract_code(text), card)
    return Preview(text, face, count, price, project.currency, found, lacks)


def _finished(form: Form) -> str:
    """Return the text as the handset would show it, as well as can be told before it is sent."""
    text = form.text
    if form.template is not None and (form.needs_template or form.vendor == "native"):
        template, filled = form.template, {name: form.values.get(name) or f"{{{name}}}" for name in form.places}
        if template.leg is Leg.CARD and form.offer is not None:
            code, filled = fallback_of(form.offer, template)
            template = next((one for one in form.offer.templates if one.name == code), template)
        text = rendered(template.body, template.dialect, filled)
    name = form.signature or (form.template.signature if form.template is not None else "") or ""
    if form.vendor == "yundashi" and not name and form.offer is not None:
        name = usual_signature(form.offer) if signature.split(text)[0] is None else ""
    return signature.place(name, text) if name else text
