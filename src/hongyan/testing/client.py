"""A client for tests: sends through any of the vendors' APIs, signed as they want it, and waits for what arrives.

Begins with the demo world's credentials. Blocking, standard library only.
"""

import json
import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from hongyan.testing.http import Reply, Unreachable, call
from hongyan.testing.streams import Event, stream
from hongyan.text.seals import alibaba_headers, alibaba_query, nxcloud_headers, yundashi_sig

__all__ = ["Client", "NotDelivered", "Reply", "Unreachable"]

DEMO_CREDENTIALS: dict[str, tuple[str, str]] = {
    "nxcloud": ("AKdemo0001", "SKdemo-s3cret"),
    "alibaba": ("LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"),
    "yundashi": ("1400000001", "kdemo0123456789"),
}
_LONGEST_POLL_S = 60.0
HTTP_OK = 200
_JSON = {"Content-Type": "application/json"}


class NotDelivered(AssertionError):  # noqa: N818 - read as a sentence in a test's output
    """No message came in time."""


class Client:
    """Talks to a running `hongyan`. `credentials`: dialect -> (key, secret), the demo world's where not given.

    `app` is NXCloud's appKey.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8050",
        *,
        token: str = "",
        credentials: Mapping[str, tuple[str, str]] | None = None,
        app: str = "appdemo1",
        timeout_s: float = 30,
    ) -> None:
        self.url, self.app = url.rstrip("/"), app
        self._token, self._timeout_s = token, timeout_s
        self._credentials = DEMO_CREDENTIALS | dict(credentials or {})

    # --- sending through a vendor's API: the vendor's own answer comes back
    def send_comms(self, mobile: str, template: str = "01234567890abcdef", values: Sequence[str] = ("1234",)) -> Reply:
        """Send through comms, with an APPCODE if there is one among the credentials. `mobile` is E.164 with +."""
        written = json.dumps(list(values), ensure_ascii=False)
        asked = {"mobile": mobile, "templateID": template, "templateParamSet": written}
        code = self._credentials.get("comms", ("",))[0]
        headers = {"Authorization": f"APPCODE {code}"} if code else {}
        return self._call("POST", "/comms/sms/sendmsg", json.dumps(asked).encode(), headers | _JSON)

    def send_nxcloud(
        self, phone: str | Sequence[str], content: str, *, app: str = "", algorithm: str = "md5", **fields: str
    ) -> Reply:
        """Send through NXCloud; `fields` go into every item (sysMessageId, drUrl, ext, ...)."""
        phones = [phone] if isinstance(phone, str) else phone
        items = [{"phone": one, "content": content, **fields} for one in phones]
        body = json.dumps({"appKey": app or self.app, "items": items}, ensure_ascii=False).encode()
        key, secret = self._credentials["nxcloud"]
        headers = nxcloud_headers(key, secret, body, time.time_ns() // 1_000_000, algorithm=algorithm)
        return self._call("POST", "/v1/sms/multi/mt", body, headers | _JSON)

    def send_alibaba(
        self,
        phone: str,
        values: Mapping[str, str] | None = None,
        *,
        template: str = "SMS_480680001",
        signature: str = "阿里云",
        **params: str,
    ) -> Reply:
        """Send a text through Alibaba's SendSms."""
        written = json.dumps(values if values is not None else {"code": "1234"}, ensure_ascii=False)
        asked = {"PhoneNumbers": phone, "SignName": signature, "TemplateCode": template, "TemplateParam": written}
        return self.alibaba("SendSms", asked | params)

    def send_card(
        self,
        phone: str | Sequence[str],
        values: Mapping[str, str] | None = None,
        *,
        template: str = "CARD_SMS_70",
        signature: str = "阿里云",
        **params: str,
    ) -> Reply:
        """Send a card through Alibaba's SendCardSms, with the demo text template as its fallback."""
        written = json.dumps(values if values is not None else {"param1": "李四"}, ensure_ascii=False)
        asked = {
            "CardTemplateCode": template,
            "SignName": signature,
            "FallbackType": "SMS",
            "SmsTemplateCode": "SMS_480680001",
            "SmsTemplateParam": '{"code":"1234"}',
        }
        for place, one in enumerate([phone] if isinstance(phone, str) else phone, 1):
            asked |= {f"CardObjects.{place}.mobile": one, f"CardObjects.{place}.dyncParams": written}
        return self.alibaba("SendCardSms", asked | params)

    def alibaba(self, action: str, params: Mapping[str, str]) -> Reply:
        """Call any action of Alibaba's, signed with ACS3-HMAC-SHA256."""
        key, secret = self._credentials["alibaba"]
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        host, nonce = urlsplit(self.url).netloc, secrets.token_hex(16)
        headers = alibaba_headers(key, secret, action, params, host=host, date=date, nonce=nonce)
        return self._call("POST", f"/?{alibaba_query(params)}", b"", headers)

    def send_yundashi(self, mobile: str, msg: str, *, nation: str = "86", marketing: bool = False) -> Reply:
        """Send through Yundashi. `mobile` without country code; `msg` fits an approved template."""
        key, secret = self._credentials["yundashi"]
        chance, now = str(random.randint(100_000, 999_999)), int(time.time())  # noqa: S311 - the vendor's, no secret
        body = {
            "tel": {"nationcode": nation, "mobile": mobile},
            "type": int(marketing),
            "msg": msg,
            "sig": yundashi_sig(secret, chance, now, (mobile,)),
            "time": now,
            "extend": "",
            "ext": "",
        }
        return self._post(f"/intf/sendsms?{urlencode({'sdkappid': key, 'random': chance})}", body)

    # --- our own API
    def send(self, to: str | Sequence[str], text: str | None = None, **fields: Any) -> Reply:
        """Send through /v1; `fields` as docs/v1.md names them (template, values, card, project, ...)."""
        body = {"to": to if isinstance(to, str) else list(to), "text": text, **fields}
        return self._own("POST", "/v1/messages", {name: value for name, value in body.items() if value is not None})

    def messages(self, **filters: Any) -> Reply:
        """List messages, newest first."""
        return self._own("GET", f"/v1/messages{_query(filters)}")

    def show(self, any_id: str) -> Reply:
        """Tell the story of a message or a refused request."""
        return self._own("GET", f"/v1/messages/{quote(any_id, safe='')}")

    def erase(self) -> Reply:
        """Delete all messages (dev only)."""
        return self._own("DELETE", "/v1/messages")

    def carriers(self) -> Reply:
        """Tell how all carriers are doing."""
        return self._own("GET", "/v1/carriers")

    def carrier(self, name: str) -> Reply:
        """Tell how a carrier is doing."""
        return self._own("GET", f"/v1/carriers/{quote(name, safe='')}")

    def carrier_lines(self, name: str, limit: int = 200) -> Reply:
        """Read a carrier's transcript."""
        return self._own("GET", f"/v1/carriers/{quote(name, safe='')}/transcript?limit={limit}")

    def carrier_do(self, name: str, action: str, **fields: Any) -> Reply:
        """Suspend, resume, drain, isolate, rebind, pace, transcript or test a carrier."""
        return self._own("POST", f"/v1/carriers/{quote(name, safe='')}/{action}", fields)

    def routing(self, to: str, **fields: Any) -> Reply:
        """Tell which route a number would take now."""
        return self._own("GET", f"/v1/routing{_query({'to': to} | fields)}")

    def statistics(self, **filters: Any) -> Reply:
        """Tell how many messages there were, how many arrived and how soon."""
        return self._own("GET", f"/v1/statistics{_query(filters)}")

    def balances(self) -> Reply:
        """Tell what every project has."""
        return self._own("GET", "/v1/ledger/balances")

    def ledger(self, **filters: Any) -> Reply:
        """List ledger entries, newest first."""
        return self._own("GET", f"/v1/ledger{_query(filters)}")

    def deposit(self, project: str, amount: str, why: str) -> Reply:
        """Add money to a project."""
        return self._own("POST", "/v1/ledger", {"project": project, "amount": amount, "why": why})

    def prices(self) -> Reply:
        """List what parts cost."""
        return self._own("GET", "/v1/prices")

    def set_price(self, prefix: str, each: str, *, leg: str = "text", project: str = "") -> Reply:
        """Set what a part costs."""
        return self._own("PUT", "/v1/prices", {"project": project, "prefix": prefix, "leg": leg, "each": each})

    def drop_price(self, prefix: str, *, leg: str = "text", project: str = "") -> Reply:
        """Take a price back."""
        return self._own("DELETE", f"/v1/prices{_query({'project': project, 'prefix': prefix, 'leg': leg})}")

    def links(self, **filters: Any) -> Reply:
        """List short links with their clicks, newest first."""
        return self._own("GET", f"/v1/links{_query(filters)}")

    def link_targets(self) -> Reply:
        """List what texts may carry shortened."""
        return self._own("GET", "/v1/links/targets")

    def put_link_target(self, project: str, name: str, target: str) -> Reply:
        """Let a project's texts carry a link shortened."""
        return self._own("PUT", "/v1/links/targets", {"project": project, "name": name, "target": target})

    def drop_link_target(self, project: str, name: str) -> Reply:
        """Take a target back."""
        return self._own("DELETE", f"/v1/links/targets{_query({'project': project, 'name': name})}")

    def ask(self, method: str, path: str, body: Any = None, **filters: Any) -> Reply:
        """Ask anything of /v1; filters go into the query."""
        return self._own(method, path + _query(filters), body)

    def stream(self, path: str, last_id: str = "", **filters: Any) -> AbstractContextManager[Iterator[Event]]:
        """Open a stream of /v1 (/v1/events, /v1/listen); `last_id` goes on behind an event."""
        return stream(self.url + path + _query(filters), self._bearer(), last_id)

    def wait_for(
        self,
        to: str | None = None,
        *,
        since: str | int | None = None,
        timeout_s: float = 30,
        until: str = "accepted",
        **others: str | None,
    ) -> dict[str, Any]:
        """Return the newest message to a number with its `code` and `links`; raises NotDelivered.

        `others` narrow it: template, text, dialect, project. A template or a text may stand in for the number.
        """
        reply, found = self.wait(to, since=since, timeout_s=timeout_s, until=until, **others)
        if reply.status != HTTP_OK:
            raise RuntimeError(f"/v1/wait answered {reply.status}: {reply.body.decode('utf-8', 'replace')}")
        if found is None:
            like = ", ".join(f"{name} {value}" for name, value in {"to": to, **others}.items() if value)
            raise NotDelivered("; ".join([f"no message {like} within {timeout_s:g} s", *self.refused_lately()]))
        return found

    def refused_lately(self, most: int = 3) -> list[str]:
        """Return the newest refusals as sentences: why what was waited for may never come."""
        reply = self.ask("GET", "/v1/refusals", limit=most)
        rows = reply.json()["refusals"] if reply.status == HTTP_OK else []
        return [f"at {one['at'][11:19]} {one['dialect']} {one['action']} was {one['text_en']}" for one in rows]

    def wait(
        self,
        to: str | None = None,
        *,
        since: str | int | None = None,
        timeout_s: float = 30,
        until: str = "accepted",
        **others: str | None,
    ) -> tuple[Reply, dict[str, Any] | None]:
        """Return the last answer and the newest message to a number, None when none came in time."""
        over = time.monotonic() + timeout_s
        while True:
            left = max(0.0, over - time.monotonic())
            patience_s = round(min(left, _LONGEST_POLL_S), 3)
            asked = {"to": to, **others, "since": since, "until": until, "timeout": patience_s}
            reply = self._own("GET", f"/v1/wait{_query(asked)}", wait_s=left)
            if reply.status != HTTP_OK:
                return reply, None
            message: dict[str, Any] | None = reply.json()["message"]
            if message is not None or left <= _LONGEST_POLL_S:
                return reply, message

    def _own(self, method: str, path: str, body: Any = None, *, wait_s: float = 0) -> Reply:
        headers = self._bearer() | (_JSON if body is not None else {})
        written = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._call(method, path, written, headers, wait_s=wait_s)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _post(self, path: str, body: Any) -> Reply:
        return self._call("POST", path, json.dumps(body, ensure_ascii=False).encode(), _JSON)

    def _call(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, wait_s: float = 0
    ) -> Reply:
        url = self.url + path
        return call(method, url, body=body, headers=headers, timeout_s=self._timeout_s + wait_s)


def _query(filters: Mapping[str, Any]) -> str:
    stated = {name: value for name, value in filters.items() if value is not None}
    return f"?{urlencode(stated, doseq=True)}" if stated else ""
