"""A call with its seal, as the vendor's own SDK would make it now. Pure: time and chance are handed in."""

import json
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from hongyan.console.snippets.calls import Values, call_of
from hongyan.text.seals import alibaba_headers, nxcloud_headers, yundashi_sig

_JSON = {"Content-Type": "application/json"}


class Sealed(NamedTuple):
    """What goes over HTTP, always by POST."""

    action: str
    url: str
    headers: dict[str, str]
    body: bytes


def sealed(vendor: str, values: Values, now_ms: int, chance: Random) -> Sealed:
    """Return the call, with everything that proves who makes it."""
    call = call_of(vendor, values)
    url = values.api_url + call.address
    if vendor == "alibaba":
        date = datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        nonce = f"{chance.getrandbits(128):032x}"
        fields = {name: str(value) for name, value in call.fields.items()}
        headers = alibaba_headers(
            values.key, values.secret, call.action, fields, host=values.host, date=date, nonce=nonce
        )
        return Sealed(call.action, f"{url}?{call.query}", headers, b"")
    fields_json = dict(call.fields)
    if vendor == "yundashi":
        now_s = now_ms // 1000
        mobile = call.fields["tel"]["mobile"]
        fields_json |= {"sig": yundashi_sig(values.secret, call.random, now_s, (mobile,)), "time": now_s}
    body = json.dumps(fields_json, ensure_ascii=False).encode()
    headers = _JSON | dict(call.headers)
    if vendor == "nxcloud":
        headers |= nxcloud_headers(values.key, values.secret, body, now_ms)
    return Sealed(call.action, url, headers, body)
