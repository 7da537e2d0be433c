"""Takes samples of what /v1 answers from a running program into docs/words/answers.toml; make_v1.py shows them.

Run it when tests/docs/test_everything_is_documented.py says that a sample is missing or has another shape. Samples
whose shape is still right stay as they are.
"""  # noqa: INP001 - a program beside the pages it serves, not a package

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from writing import DOCS, words

FILE = DOCS / "words" / "answers.toml"
TO = "13800138000"
_LONGEST, _PATIENCE_S = 160, 8
_STREAMED = {
    "GET /v1/events": 'id: 191412833592803329\nevent: accepted\ndata: {"id": "191412833592803329", …}\n',
    "GET /v1/listen": 'event: attached\ndata: {…}\n\nevent: call\ndata: {"call": "1", "url": "…", …}\n',
}
"""streams are told by hand: they have no end"""


class Ask(NamedTuple):
    """One call. Names in braces are filled from what earlier answers said."""

    name: str
    query: str = ""
    body: Mapping[str, Any] | None = None
    keep: Mapping[str, str] = {}
    """name -> where in the answer its value is, as messages.0.id"""
    until: str = ""
    """ask again, for some seconds, until there is something here"""
    at: Mapping[str, str] = {}
    """names in braces of this call alone"""


TEMPLATE = {"project": "demo-alibaba", "dialect": "alibaba", "name": "SMS_9001", "body": "您的验证码是${code}。"}
OF_TEMPLATE = {"project": "demo-alibaba", "name": "SMS_9001"}
OF_SIGNATURE = {"project": "demo-alibaba", "name": "%E4%BA%91%E8%BE%BE"}
LI = {"name": "li"}
HOLD = Ask(
    "POST /v1/messages",
    body={"to": TO, "text": "Held for a while", "project": "shop"},
    keep={"message_id": "messages.0.id"},
)
SCENE = (
    Ask("POST /v1/projects", body={"name": "shop", "keys": ["alibaba"], "paid_in": "100"}, keep={"key": "keys.0.name"}),
    Ask("GET /v1/projects"),
    Ask("GET /v1/projects/{project}"),
    Ask("PATCH /v1/projects/{project}", body={"mode": "live", "allow_inside": True, "callbacks": {"native": "{hook}"}}),
    Ask("GET /v1/projects/{project}/keys"),
    Ask("POST /v1/projects/{project}/keys", body={"dialect": "native", "name": "shop-2"}),
    Ask("PATCH /v1/projects/{project}/keys/{dialect}/{key}", body={"rate_per_second": 100}),
    Ask("POST /v1/projects/{project}/keys/{dialect}/{key}/rotate"),
    Ask("PUT /v1/prices", body={"project": "shop", "prefix": "86", "each": "0.04"}),
    Ask("GET /v1/prices"),
    Ask("DELETE /v1/prices", "?project=shop&prefix=86"),
    Ask(
        "PUT /v1/links/targets",
        body={"project": "shop", "name": "https://s.example/a", "target": "https://shop.example/a"},
    ),
    Ask("GET /v1/links/targets"),
    Ask("POST /v1/ledger", body={"project": "shop", "amount": "10", "why": "bank transfer"}),
    Ask("GET /v1/ledger", "?limit=1"),
    Ask("GET /v1/ledger/balances"),
    Ask("GET /v1/balance/{project}"),
    Ask("GET /v1/routing", f"?to={TO}&project=shop"),
    Ask("POST /v1/snapshots", body={"name": "before"}),
    Ask("GET /v1/snapshots"),
    Ask("POST /v1/rules", body={"name": "no-code-today", "effect": "end", "to": "*0042", "state": "undelivered"}),
    Ask("GET /v1/rules"),
    Ask("GET /v1/rules/codes/{dialect}"),
    Ask(
        "POST /v1/messages",
        body={"to": TO, "text": "Your code is 1234", "project": "shop"},
        keep={"message_id": "messages.0.id"},
    ),
    Ask("GET /v1/wait", f"?to={TO}&until=final&timeout=20"),
    Ask("GET /v1/messages", f"?to={TO}&limit=1"),
    Ask("GET /v1/messages/{message_id}"),
    Ask("POST /v1/messages/{message_id}/receipt", body={"state": "delivered"}),
    Ask("GET /v1/webhooks", keep={"call": "calls.0.id"}, until="calls.0.id"),
    Ask("GET /v1/webhooks/{call}"),
    Ask("POST /v1/webhooks/{call}/replay", body={}),
    Ask("POST /v1/messages/{message_id}/push", keep={"push": "id"}),
    Ask("GET /v1/webhooks/waiting", keep={"push": "waiting.0.id"}, until="waiting.0.id"),
    Ask("DELETE /v1/webhooks/waiting/{push}"),
    Ask("POST /v1/webhooks/retry", body={"project": "shop"}),
    Ask("POST /v1/replies", body={"from": TO, "text": "TD", "message": "{message_id}"}),
    Ask("GET /v1/replies", "?limit=1", until="replies.0"),
    Ask("PUT /v1/stops/{number}", body={"project": "shop"}),
    Ask("GET /v1/stops", "?project=shop"),
    Ask("DELETE /v1/stops/{number}", "?project=shop"),
    Ask("GET /v1/unclaimed"),
    Ask("GET /v1/refusals", "?limit=1"),
    Ask("GET /v1/carriers"),
    Ask("GET /v1/carriers/{name}"),
    Ask("POST /v1/carriers/{name}/test", body={"to": TO, "text": "Hello", "project": "shop"}),
    Ask("POST /v1/carriers/{name}/transcript", body={"minutes": 5}),
    Ask("GET /v1/carriers/{name}/transcript"),
    Ask("POST /v1/carriers/{name}/pace", body={"per_second": 50}),
    Ask("POST /v1/carriers/{name}/suspend", body={"by": "li", "why": "their maintenance"}),
    Ask("POST /v1/carriers/{name}/drain", body={"by": "li"}),
    Ask("POST /v1/carriers/{name}/isolate", body={"by": "li"}),
    Ask("POST /v1/carriers/{name}/resume", body={"by": "li"}),
    Ask("POST /v1/carriers/{name}/rebind", body={"by": "li"}),
    Ask("GET /v1/statistics"),
    Ask("PATCH /v1/projects/{project}", body={"mode": "capture"}),
    HOLD,
    Ask("GET /v1/held"),
    Ask("POST /v1/held/{message_id}/release"),
    HOLD,
    Ask("POST /v1/held/{message_id}/reject", body={}),
    HOLD,
    Ask("POST /v1/held/release", body={"ids": ["{message_id}"]}),
    HOLD,
    Ask("POST /v1/held/reject", body={"ids": ["{message_id}"]}),
    Ask("GET /v1/links"),
    Ask("GET /v1/clock"),
    Ask("POST /v1/clock", body={"push": "1h"}),
    Ask("DELETE /v1/rules/{name}", at={"name": "no-code-today"}),
    Ask("POST /v1/rules/profiles/{carrier}", body={"profile": "healthy"}, at={"carrier": "simulator"}),
    Ask("DELETE /v1/rules"),
    Ask("DELETE /v1/links/targets", "?project=shop&name=https%3A%2F%2Fs.example%2Fa"),
    Ask("DELETE /v1/projects/{project}/keys/{dialect}/{key}"),
    Ask("DELETE /v1/messages", "?project=shop"),
    Ask("POST /v1/projects", body={"name": "old"}, keep={"project": "project.name"}),
    Ask("DELETE /v1/projects/{project}"),
    Ask("POST /v1/reset", body={"snapshot": "before"}),
    Ask("DELETE /v1/snapshots/{name}", at={"name": "before"}),
    Ask("POST /v1/listen/{call}", body={"status": 200}),
    Ask("POST /v1/templates", body=TEMPLATE),
    Ask("POST /v1/templates/preview", body=TEMPLATE | {"values": {"code": "1234"}}),
    Ask("GET /v1/templates", "?project=demo-alibaba&review=pending"),
    Ask("GET /v1/templates/{project}/{name}", at=OF_TEMPLATE),
    Ask("POST /v1/templates/{project}/{name}/reject", body={"why": "say what the code is for"}, at=OF_TEMPLATE),
    Ask("POST /v1/templates/{project}/{name}/approve", body={}, at=OF_TEMPLATE),
    Ask("POST /v1/templates/{project}/{name}/cancel", body={}, at=OF_TEMPLATE),
    Ask("DELETE /v1/templates/{project}/{name}", at=OF_TEMPLATE),
    Ask("POST /v1/signatures", body={"project": "demo-alibaba", "name": "云达"}),
    Ask("GET /v1/signatures", "?project=demo-alibaba&review=pending"),
    Ask("GET /v1/signatures/{project}/{name}", at=OF_SIGNATURE),
    Ask("POST /v1/signatures/{project}/{name}/reject", body={"why": "not registered"}, at=OF_SIGNATURE),
    Ask("POST /v1/signatures/{project}/{name}/approve", body={}, at=OF_SIGNATURE),
    Ask("POST /v1/signatures/{project}/{name}/cancel", body={}, at=OF_SIGNATURE),
    Ask("DELETE /v1/signatures/{project}/{name}", at=OF_SIGNATURE),
    Ask("POST /v1/accounts", body={"name": "chen", "role": "admin"}),
    Ask("POST /v1/accounts", body={"name": "li", "role": "operator"}),
    Ask("GET /v1/accounts"),
    Ask("GET /v1/accounts/{name}", at=LI),
    Ask("POST /v1/accounts/{name}/role", body={"role": "viewer"}, at=LI),
    Ask("POST /v1/accounts/{name}/password", body={}, at=LI),
    Ask("POST /v1/accounts/{name}/log-out", at=LI),
    Ask("POST /v1/accounts/{name}/disable", at=LI),
    Ask("POST /v1/accounts/{name}/enable", at=LI),
    Ask("DELETE /v1/accounts/{name}", at=LI),
    Ask("GET /v1/audit", "?limit=1"),
)
"""every endpoint once, in an order in which each has something to say"""


def asked(url: str) -> Iterator[tuple[str, Any]]:
    """Play the scene at a running `hongyan dev`; yield (endpoint, its answer), of each endpoint the first."""
    known = {"project": "shop", "dialect": "alibaba", "name": "simulator", "number": f"86{TO}", "hook": f"{url}/livez"}
    known |= {"call": "-", "push": "-"}
    told: set[str] = set()
    for ask in SCENE:
        method, _, path = ask.name.partition(" ")
        address = url + path.format(**known | ask.at) + ask.query
        over = time.monotonic() + _PATIENCE_S
        answer = _call(method, address, _filled(ask.body, known))
        while ask.until and _at(answer, ask.until) is None and time.monotonic() < over:
            time.sleep(0.05)
            answer = _call(method, address, _filled(ask.body, known))
        for kept, place in ask.keep.items():
            known[kept] = str(_at(answer, place) or known.get(kept))
        if ask.name not in told:
            told.add(ask.name)
            yield ask.name, answer
    yield from _STREAMED.items()


def alike(one: Any, other: Any) -> bool:
    """Return whether two answers have the same names; of lists the first things count, where both have one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(name in _FREE or alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list) and one and other:
        return alike(one[0], other[0])
    return True


_FREE = {"facts", "codes", "headers", "results", "counts", "request", "answered", "links", "settings"}
"""objects whose names depend on what happened"""


def _filled(body: Any, known: Mapping[str, str]) -> Any:
    if isinstance(body, Mapping):
        return {name: _filled(value, known) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, known) for value in body]
    return body.format(**known) if isinstance(body, str) and body[:1] == "{" else body


def _call(method: str, url: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own
            said = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            said = error.read()
    return json.loads(said) if said else None


def _at(answer: Any, place: str) -> Any:
    for step in place.split("."):
        try:
            answer = answer[int(step) if step.isdigit() else step]
        except (KeyError, IndexError, TypeError):
            return None
    return answer


def _short(value: Any) -> Any:
    """Return an answer as a page shows it: of lists the first thing, of texts the beginning."""
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value[:1]]
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value


def main() -> None:
    """Write the samples that are missing or have another shape."""
    kept = dict(words("answers"))
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        dev = [sys.executable, "-m", "hongyan", "dev", "--api-port", "0", "--console-port", "0", "--data", folder]
        with subprocess.Popen([*dev, "--ready-file", str(ready)], stdout=subprocess.DEVNULL) as running:  # noqa: S603 - ours
            while not ready.exists() and running.poll() is None:
                time.sleep(0.05)
            found: dict[str, Any] = {}
            for name, answer in asked(json.loads(ready.read_text("utf-8"))["api"]):
                found[name] = answer
                if isinstance(answer, dict) and "error" in answer:
                    print(name, json.dumps(answer["error"], ensure_ascii=False)[:300])  # noqa: T201 - run by hand
            running.terminate()
    lines = ["# Samples of answers, by endpoint: written by docs/take_answers.py."]
    for name, answer in sorted(found.items(), key=lambda one: one[0].split(" ")[::-1]):
        old = kept.get(name)
        if isinstance(answer, str):
            lines.append(f"{json.dumps(name)} = {json.dumps(answer, ensure_ascii=False)}")
            continue
        same = old is not None and alike(json.loads(old), answer)
        sample = old if same else json.dumps(_short(answer), ensure_ascii=False)
        lines.append(f"{json.dumps(name)} = {json.dumps(sample, ensure_ascii=False)}")
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
