"""The steps: each looks at one thing, fills in what it found, or raises `Refused`. Their order is the desk's list.

`who` and `pace` come before (who.py), `balance` and the counting of limits after, inside the transaction.
"""

from collections.abc import Callable, Mapping

import msgspec

from hongyan.accept.counting import buckets
from hongyan.accept.draft import Draft
from hongyan.links.cards import card_text, lacking
from hongyan.links.shorten import card_address, shorten
from hongyan.model.clock import beijing
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.reason import Reason
from hongyan.model.submission import Item
from hongyan.model.world import Review, Template
from hongyan.store.ops import LinkRow
from hongyan.text import numbers, parts, placeholders, signature
from hongyan.text.attributes import check_value
from hongyan.text.characters import is_storable

_UNSTORABLE = "it has a NUL or half a surrogate pair"


def shape(draft: Draft) -> None:
    """Stop at what the dialect itself found wrong, and at texts that no store or carrier can hold."""
    item = draft.item
    if item.refused is not None:
        raise Refused(item.refused, **item.refused_facts)
    client_id = item.client_id
    if client_id is not None:
        if client_id in draft.desk.seen:
            raise Refused(Reason.CLIENT_ID_TAKEN, client_id=client_id)
        draft.desk.seen.add(client_id)
    for text in (item.session, item.card_url):
        if text is not None and not is_storable(text):
            raise Refused(Reason.BAD_FIELD, field="text", why=_UNSTORABLE)


def number(draft: Draft) -> None:
    """Read the number as E.164; bare mainland ones get the submission's default country."""
    found = numbers.parse(draft.item.to, draft.desk.submission.default_country)
    if found is None:
        raise Refused(Reason.BAD_NUMBER)
    draft.to = found
    allowed = draft.desk.of.project.countries
    if allowed and found.region not in allowed:
        raise Refused(Reason.REGION_REFUSED, country=found.region)


def card(draft: Draft) -> None:
    """Choose the leg: the card if it is approved and the number can show it, else the fallback asked for."""
    item = draft.item
    draft.leg = item.leg
    if item.leg is not Leg.CARD:
        return
    template = _template(draft, item.card_template or "")
    approved = template.review is Review.APPROVED
    if approved and draft.desk.card_support.shows_cards(draft.to.digits):
        draft.template = template
        return
    draft.passed_over = template.name, "not-shown" if approved else "not-approved"
    if item.fallback is None:
        raise Refused(Reason.CARD_UNSUPPORTED)
    draft.item = item.fallback
    draft.leg = item.fallback.leg


def wording(draft: Draft) -> None:
    """Render the template, or match the finished text against the approved ones."""
    item = draft.item
    if draft.leg is Leg.CARD:
        _word_card(draft)
    elif item.template is not None:
        template = draft.template = _approved(draft, item.template)
        draft.leg = template.leg
        draft.content = _rendered(template, item)
    elif item.content is not None:
        draft.content = item.content
        _match(draft)
    draft.category = item.category or (draft.template.category if draft.template else Category.NOTIFICATION)
    _shorten(draft)
    if not draft.content.strip():
        raise Refused(Reason.EMPTY_CONTENT)


def sign(draft: Draft) -> None:
    """Put the approved signature in front, in its brackets."""
    desk, item = draft.desk, draft.item
    known = desk.of.signatures
    written, _ = signature.split(draft.content)
    name = item.signature or written or (draft.template.signature if draft.template else None)
    if name is None and desk.submission.must_sign:
        default = desk.of.default_signature
        name = default.name if default else None
    if name is None:
        if desk.submission.must_sign:
            raise Refused(Reason.UNKNOWN_SIGNATURE)
        return
    if desk.submission.must_sign:
        found = known.get(name)
        if found is None:
            well_formed = signature.is_well_formed(name)
            raise Refused(Reason.UNKNOWN_SIGNATURE if well_formed else Reason.BAD_SIGNATURE, signature=name)
        if found.review is not Review.APPROVED:
            raise Refused(Reason.SIGNATURE_NOT_APPROVED, signature=name, review=str(found.review))
        if found.captcha_only and draft.category is not Category.CAPTCHA:
            raise Refused(Reason.SIGNATURE_SCENE, signature=name)
    draft.signature = name
    if written != name and (item.signature is not None or desk.submission.must_sign):
        draft.content = signature.place(name, draft.content)


def content(draft: Draft) -> None:
    """Hold the text, values and all, against what can be stored, the length limit and the keyword list."""
    if not is_storable(draft.content):
        raise Refused(Reason.BAD_FIELD, field="text", why=_UNSTORABLE)
    most = draft.desk.submission.max_characters or draft.desk.of.project.max_length
    if len(draft.content) > most:
        raise Refused(Reason.CONTENT_TOO_LONG, most=most, length=len(draft.content))
    word = draft.desk.of.keywords.find(draft.content)
    if word is not None:
        raise Refused(Reason.KEYWORD, word=word)


def consent(draft: Draft) -> None:
    """Respect the stop list, and the hours in which marketing may be sent."""
    marketing = draft.category is Category.MARKETING
    project = draft.desk.of.project
    stop = draft.desk.book.stop(project.name, draft.to.digits)
    if stop is not None and (marketing or not stop.marketing_only):
        raise Refused(Reason.OPTED_OUT, marketing_only=stop.marketing_only)
    marketing_only = draft.desk.stops.marketing_only(project.name, draft.to.digits)
    if marketing_only is not None and (marketing or not marketing_only):
        raise Refused(Reason.OPTED_OUT, marketing_only=marketing_only)
    if marketing and project.quiet_hours is not None:
        first, last = project.quiet_hours
        if not first <= beijing(draft.desk.now_ms).hour < last:
            raise Refused(Reason.QUIET_HOURS, first=first, last=last)


def limits(draft: Draft) -> None:
    """Work out which counts this message adds to; the transaction checks them."""
    desk = draft.desk
    if not (desk.of.limits or desk.app_limits):
        return
    app = desk.app.name if desk.app else ""
    found = desk.of.limits_for(desk.app_limits, app, draft.category, draft.leg, draft.to.region)
    if found and draft.to.digits not in desk.of.unlimited:
        values = {
            "project": desk.of.project.name,
            "app": app,
            "signature": draft.signature or "",
            "template": draft.template.name if draft.template else "",
            "content": draft.content,
        }
        draft.buckets = buckets(found, values, draft.to.digits, desk.now_ms)


def price(draft: Draft) -> None:
    """Count the parts by the vendor's rule and price them."""
    desk, to = draft.desk, draft.to
    rule = parts.rule_for(desk.submission.exchange.dialect, to.region)
    draft.alphabet, _, counted = parts.count(draft.content, rule, country_code=to.country_code)
    draft.parts = counted
    billed = counted if draft.leg is Leg.TEXT else 1
    each = desk.book.prices.each(desk.of.project.name, draft.leg, to.digits)
    if each is None:
        raise Refused(Reason.NO_PRICE)
    draft.price = each * billed


STEPS: tuple[Callable[[Draft], None], ...] = (
    shape,
    number,
    card,
    wording,
    sign,
    content,
    consent,
    limits,
    price,
)


def _template(draft: Draft, code: str) -> Template:
    found = draft.desk.of.templates.get(code)
    if found is None:
        raise Refused(Reason.UNKNOWN_TEMPLATE, template=code)
    return found


def _approved(draft: Draft, code: str) -> Template:
    template = _template(draft, code)
    if template.review is not Review.APPROVED:
        raise Refused(Reason.TEMPLATE_NOT_APPROVED, template=code, review=str(template.review))
    if template.international and draft.to.mainland:
        raise Refused(Reason.REGION_REFUSED, template=code)
    return template


def _rendered(template: Template, item: Item) -> str:
    values = item.values
    if isinstance(values, Mapping):
        for name in placeholders.names(template.body, template.dialect):
            if name in values:
                check_value(name, values[name], category=template.category, attribute=template.rules.get(name, ""))
    return placeholders.render(template.body, template.dialect, values)


def _match(draft: Draft) -> None:
    if not draft.desk.submission.must_match:
        return
    _, rest = signature.split(draft.content)
    dialect = draft.desk.submission.exchange.dialect
    found = draft.desk.of.template_for(dialect, rest) or draft.desk.of.template_for(dialect, draft.content)
    if found is None:
        raise Refused(Reason.NO_TEMPLATE_MATCH)
    draft.template = found


def _word_card(draft: Draft) -> None:
    item, template = draft.item, draft.template
    assert template is not None
    card_ = template.card or {}
    values = dict(item.card_values)
    text = card_text(card_, values) if item.template is None else _rendered(_approved(draft, item.template), item)
    draft.lacks = lacking(card_, values)
    code = draft.desk.mint_code()
    draft.content = f"{text} {card_address(draft.desk.public_base, code)}"
    kept = {"values": values, "customUrl": item.card_url}
    draft.link = _link(draft, code, "card", template.name, msgspec.json.encode(kept).decode())


def _shorten(draft: Draft) -> None:
    asked = draft.item.short_link
    if not asked or "#1#" not in draft.content:
        return
    link = draft.desk.of.links.get(asked)
    if link is None:
        raise Refused(Reason.UNKNOWN_LINK, link=asked)
    code = draft.desk.mint_code()
    draft.content = shorten(draft.content, asked, draft.desk.public_base, code)
    draft.link = _link(draft, code, "url", link.target, "")


def _link(draft: Draft, code: str, kind: str, target: str, values: str) -> LinkRow:
    return LinkRow(
        code=code,
        project=draft.desk.of.project.name,
        message_id=None,
        kind=kind,
        target=target,
        values=values,
        created_at=draft.desk.now_ms,
    )
