"""What one message asks of each vendor's API, before it is sealed: address, headers, fields.

The same value makes the program to copy and the call that the console itself makes. Pure.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from hongyan.text.number_plans import split_country
from hongyan.text.seals import alibaba_query

_RANDOM = "424242"
"""any number will do: it is no nonce"""


class Values(Struct, frozen=True, kw_only=True):
    """What is filled in. A field that a vendor's call does not have is not looked at."""

    api_url: str
    """where the API answers, without a slash at the end"""
    to: tuple[str, ...]
    """numbers as E.164 digits"""
    text: str = ""
    """a finished text; "" where a template leads"""
    template: str = ""
    values: Mapping[str, str] = {}
    """place -> what goes there, in the order of the places"""
    signature: str = ""
    key: str = ""
    """"": the project asks for no credentials"""
    secret: str = ""
    auth: str = ""
    """comms: none, appcode or signed"""
    app: str = ""
    """nxcloud: appKey"""
    project: str = ""
    """native, for whoever needs no key: who pays"""
    marketing: bool = False
    is_card: bool = False
    """the template is a card"""
    fallback: str = ""
    """alibaba, cards: code of the text template for phones without cards; "": none"""
    fallback_values: Mapping[str, str] = {}

    @property
    def scheme(self) -> str:
        """Of the API's address: http or https."""
        return self.api_url.partition("://")[0]

    @property
    def host(self) -> str:
        """The API's host and port."""
        return self.api_url.partition("://")[2]


class Call(Struct, frozen=True, kw_only=True):
    """One POST."""

    address: str
    """path and query behind the API's address"""
    action: str
    """the endpoint as the vendor names it"""
    fields: Mapping[str, Any]
    """of the JSON body, or of Alibaba's query"""
    headers: Mapping[str, str] = {}
    """beside the type of the body"""
    random: str = ""
    """yundashi: what stands in the address as `random`, and is sealed"""

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers of a JSON body, with the call's own."""
        return {"Content-Type": "application/json", **self.headers}

    @property
    def query(self) -> str:
        """The fields as Alibaba's canonical query."""
        return alibaba_query(self.fields)

    @property
    def mobiles(self) -> list[str]:
        """The numbers of Alibaba's card objects."""
        return [value for name, value in self.fields.items() if name.endswith(".mobile")]


def call_of(vendor: str, values: Values) -> Call:
    """Return what to ask of a vendor."""
    return _CALLS[vendor](values)


def _native(values: Values) -> Call:
    to = values.to[0] if len(values.to) == 1 else list(values.to)
    wording: dict[str, Any] = {"text": values.text} if not values.template else {}
    if values.is_card:
        wording |= {"card": {"template": values.template, "values": dict(values.values)}}
        if not values.text:
            wording.pop("text", None)
    elif values.template:
        wording = {"template": values.template, "values": dict(values.values)}
    fields: dict[str, Any] = {"to": to, **wording}
    fields |= {"signature": values.signature} if values.signature else {}
    fields |= {"category": "marketing"} if values.marketing else {}
    fields |= {"project": values.project} if values.project and not values.key else {}
    headers = {"Authorization": f"Bearer {values.key}.{values.secret}"} if values.key else {}
    return Call(address="/v1/messages", action="send", fields=fields, headers=headers)


def _comms(values: Values) -> Call:
    listed = json.dumps(list(values.values.values()), ensure_ascii=False, separators=(",", ":"))
    fields = {"mobile": f"+{values.to[0]}", "templateID": values.template, "templateParamSet": listed}
    if values.auth == "signed":  # the vendor's gateway also takes the secret as it is; a seal is for its SDKs
        address = "/gateways?" + urlencode({"APPCODE": values.key, "ACTION": "sendmsg"})
        return Call(address=address, action="sendmsg", fields=fields, headers=_appcode(values.secret))
    headers = _appcode(values.key) if values.auth == "appcode" else {}
    return Call(address="/comms/sms/sendmsg", action="sendmsg", fields=fields, headers=headers)


def _appcode(code: str) -> dict[str, str]:
    return {"Authorization": f"APPCODE {code}"}


def _nxcloud(values: Values) -> Call:
    items = [{"phone": number, "content": values.text} for number in values.to]
    return Call(address="/v1/sms/multi/mt", action="mtsend", fields={"appKey": values.app, "items": items})


def _alibaba(values: Values) -> Call:
    written = json.dumps(dict(values.values), ensure_ascii=False, separators=(",", ":"))
    if not values.is_card:
        fields = {
            "PhoneNumbers": ",".join(map(as_mainland, values.to)),
            "SignName": values.signature,
            "TemplateCode": values.template,
            "TemplateParam": written,
        }
        return Call(address="/", action="SendSms", fields=fields)
    fields = {"CardTemplateCode": values.template, "SignName": values.signature, "FallbackType": "NONE"}
    if values.fallback:
        fallback = json.dumps(dict(values.fallback_values), ensure_ascii=False, separators=(",", ":"))
        fields |= {"FallbackType": "SMS", "SmsTemplateCode": values.fallback, "SmsTemplateParam": fallback}
    for place, number in enumerate(values.to, 1):
        fields |= {f"CardObjects.{place}.mobile": as_mainland(number), f"CardObjects.{place}.dyncParams": written}
    return Call(address="/", action="SendCardSms", fields=fields)


def _yundashi(values: Values) -> Call:
    text = f"【{values.signature}】{values.text}" if values.signature else values.text
    nation, mobile = nation_and_mobile(values.to[0])
    fields = {"tel": {"nationcode": nation, "mobile": mobile}, "type": int(values.marketing), "msg": text}
    address = f"/intf/sendsms?sdkappid={quote(values.key, safe='')}&random={_RANDOM}"
    return Call(address=address, action="sendsms", fields=fields, random=_RANDOM)


def as_mainland(number: str) -> str:
    """Return a number as Alibaba's callers write it: mainland ones without their country code."""
    return nation_and_mobile(number)[1] if _is_mainland(number) else number


def nation_and_mobile(number: str) -> tuple[str, str]:
    """Return (country code, the rest) as Yundashi wants them."""
    return ("86", number[2:]) if _is_mainland(number) else split_country(number)


def _is_mainland(number: str) -> bool:
    return number.startswith("86") and len(number) == 13  # noqa: PLR2004 - 86 and eleven digits


_CALLS: dict[str, Callable[[Values], Call]] = {
    "native": _native,
    "comms": _comms,
    "nxcloud": _nxcloud,
    "alibaba": _alibaba,
    "yundashi": _yundashi,
}
