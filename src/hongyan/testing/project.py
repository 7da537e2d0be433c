"""A project of a test's own: its keys for every vendor's API, its messages and nobody else's, its failures.

What the fixture `hongyan` gives (plugin.py). Works against any server where rehearsing is allowed.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from hongyan.testing.client import Client, Reply

LIKE = ("demo-comms", "demo-nxcloud", "demo-alibaba", "demo-yundashi")
"""projects of the demo world whose templates and signatures it gets"""
HANDED_WITHIN_S, _LOOK_S = 5.0, 0.01
_OK = 300


class NotDone(RuntimeError):  # noqa: N818 - read as a sentence in a test's output
    """The server refused something that the test's own set-up asked for."""


class TestProject:
    """A project. `client` sends as it, through any vendor's API, and sees its messages alone."""

    __test__ = False  # pytest: not a class of tests

    def __init__(self, operator: Client, console_url: str = "", *, like: Sequence[str] = LIKE) -> None:
        self._operator = operator
        self.api_url, self.console_url = operator.url, console_url
        self.name = f"test-{secrets.token_hex(4)}"
        found = self._done(
            operator.ask(
                "POST",
                "/v1/projects",
                {
                    "name": self.name,
                    "keys": "all",
                    "like": list(like),
                    "mode": "live",
                    "paid_in": "10000",
                    "allow_inside": True,
                },
            )
        )
        self.credentials: Mapping[str, Mapping[str, str]] = found["credentials"]
        """dialect -> key, secret and what else its API needs (nxcloud: app)"""
        native = self.credentials["native"]
        pairs = {dialect: (one["key"], one.get("secret", "")) for dialect, one in self.credentials.items()}
        token, app = f"{native['key']}.{native['secret']}", self.credentials["nxcloud"]["app"]
        self.client = Client(self.api_url, token=token, credentials=pairs, app=app)

    # --- what arrived
    def wait_for(self, to: str, **asked: Any) -> dict[str, Any]:
        """Return the newest message to a number, with `code` and `links`; `until="final"` waits for its end.

        Raises NotDelivered after `timeout_s` (30).
        """
        return self.client.wait_for(to, **asked)

    def code(self, to: str, **asked: Any) -> str:
        """Return the one-time code in the newest message to a number. Raises NotDelivered."""
        found = self.wait_for(to, **asked)
        if found["code"] is None:
            raise AssertionError(f"there is no code in {found['text']!r}")
        return str(found["code"])

    def links(self, to: str, **asked: Any) -> list[str]:
        """Return the links in the newest message to a number. Raises NotDelivered."""
        return list(self.wait_for(to, **asked)["links"])

    def messages(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the project's messages, newest first."""
        return list(self._done(self.client.messages(**filters))["messages"])

    def story(self, any_id: str) -> dict[str, Any]:
        """Return what happened to a message, or why a request was refused."""
        return dict(self._done(self.client.show(any_id)))

    # --- what goes wrong
    def rule(self, effect: str, **fields: Any) -> str:
        """Make a failure happen to this project's messages or calls; return the rule's name.

        `rule("end", to="*0042", state="undelivered", code="UNDELIV", after_s=30)`,
        `rule("refuse", template="SMS_1", code="isv.BUSINESS_LIMIT_CONTROL")`, `rule("answer", status=500, share=20)`.
        """
        made = self._done(self._operator.ask("POST", "/v1/rules", {"effect": effect, "project": self.name, **fields}))
        return str(made["name"])

    def drop_rule(self, name: str) -> None:
        """Take a rule back."""
        self._done(self._operator.ask("DELETE", f"/v1/rules/{name}", project=self.name))

    # --- what others do
    def receipt(self, message_id: str, state: str, **fields: Any) -> None:
        """Have the carrier say what became of a message, as soon as it was handed over."""
        over = time.monotonic() + HANDED_WITHIN_S
        while self.story(message_id)["state"] in {"accepted", "sending"} and time.monotonic() < over:
            time.sleep(_LOOK_S)
        self._done(self._operator.ask("POST", f"/v1/messages/{message_id}/receipt", {"state": state, **fields}))

    def reply(self, sender: str, text: str, **fields: Any) -> None:
        """Have a handset answer."""
        self._done(self._operator.ask("POST", "/v1/replies", {"from": sender, "text": text, **fields}))

    def push_clock(self, by: str) -> None:
        """Push the server's clock ahead: `72h`. It never comes back, and is everybody's."""
        self._done(self._operator.ask("POST", "/v1/clock", {"push": by}))

    def set(self, **fields: Any) -> None:
        """Change the project: `mode`, `callbacks`, `limits`, ... as in the world file."""
        self._done(self._operator.ask("PATCH", f"/v1/projects/{self.name}", fields))

    def close(self) -> None:
        """Take its rules back; its messages stay to be looked at."""
        rules = self._done(self._operator.ask("GET", "/v1/rules"))["rules"]
        for one in rules:
            if one["project"] == self.name:
                self.drop_rule(one["name"])

    @staticmethod
    def _done(reply: Reply) -> Any:
        if reply.status >= _OK:
            raise NotDone(f"the server answered {reply.status}: {reply.body.decode('utf-8', 'replace')}")
        return reply.json()
