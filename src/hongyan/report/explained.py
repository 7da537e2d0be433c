"""What a message's page explains beside its timeline: the request, the seal, the count, the price. Plain values; pure.

`look.py` adds these to a story, so `/v1`, the command line and the console have the same.
"""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from hongyan.model.cause import parse_cause
from hongyan.model.clock import iso
from hongyan.model.message import Leg, Message
from hongyan.model.money import amount, micros
from hongyan.model.reason import Reason, docs_of
from hongyan.model.sentences import SENTENCES
from hongyan.model.world import Price, World
from hongyan.report.timeline import Line
from hongyan.store.ops import LinkRow, Part, RefusalRow, SubmissionRow
from hongyan.text import parts as rules
from hongyan.text.counted import counted
from hongyan.text.difference import digests
from hongyan.text.number_plans import split_country

_HEAD = re.compile(r"(?P<method>[A-Z]{1,20}) (?P<path>/[^?\n]*)(?:\?(?P<query>[^\n]*))?")
_HEADER = re.compile(r"(?P<name>[a-z0-9!#$%&'*+.^_`|~-]{1,100}): (?P<value>.*)")
_CUT = re.compile(r"\n… \d+ bytes in all\Z")
_HIDDEN = "***"
_NOT_COPIED = {"host", "content-length"}
BAD, GOOD, WAITING, PLAIN = "bad", "good", "wait", ""
"""how a line of a timeline is told: refused or failed, well ended, put off, as usual"""
_TONES = {
    "again": WAITING, "withheld": WAITING, "unsure": BAD, "push-failed": BAD, "routed": WAITING, "stop": WAITING,
    "receipt-late": WAITING,
    "push": GOOD, "rendered": GOOD, "click": GOOD,
}  # fmt: skip
_ENDS = {"delivered": GOOD, "undelivered": BAD, "rejected": BAD, "expired": BAD, "unknown": WAITING}


def request(text: str, method: str = "", path: str = "") -> dict[str, Any]:
    """Return a kept request taken apart; one that did not come over HTTP is all body."""
    head, _, rest = text.partition("\n")
    found = _HEAD.fullmatch(head)
    if found is None:
        return {
            "method": method,
            "path": path,
            "query": "",
            "fields": [],
            "headers": [],
            "body": text,
            "cut": False,
            "pretty": None,
        }
    lines, body = rest.split("\n"), ""
    headers: list[dict[str, str]] = []
    for place, line in enumerate(lines):
        named = _HEADER.fullmatch(line)
        if named is None:
            body = "\n".join(lines[place + 1 :] if line == "" else lines[place:])
            break
        headers.append({"name": named["name"], "value": named["value"]})
    return {
        "method": found["method"],
        "path": found["path"],
        "query": found["query"] or "",
        "fields": [{"name": name, "value": value} for name, value in parse_qsl(found["query"] or "", True)],
        "headers": headers,
        "body": body,
        "cut": _CUT.search(body) is not None,
        "pretty": _pretty(body),
    }


def _pretty(body: str) -> str | None:
    """Return a JSON body with a field a line, None for any other and for one that reads the same."""
    if not body.lstrip().startswith(("{", "[")):
        return None
    try:
        pretty = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None
    return pretty if pretty != body else None


def request_of(row: SubmissionRow | RefusalRow | None) -> dict[str, Any] | None:
    """Return the request behind a message or refusal, with who sent it and when."""
    if row is None:
        return None
    if isinstance(row, SubmissionRow):
        told = request(row.request, row.method, row.path) | {"key": row.key_id, "at": iso(row.received_at)}
    else:
        told = request(row.request) | {"key": None, "at": iso(row.at)}
    return told | {"dialect": row.dialect, "action": row.action, "peer": row.peer}


def refused(rows: Sequence[RefusalRow]) -> dict[str, Any]:
    """Return what a refused request's page has beside its timeline."""
    whole = next((row for row in rows if row.position is None), None)
    facts = [(row.reason, _facts(row)) for row in rows]
    return {
        "request": request_of(whole or rows[0]),
        "seal": seal_of(notes_of(whole or rows[0]), facts),
        "refusals": [_refusal(row, said) for row, (_, said) in zip(rows, facts, strict=True)],
    }


def _refusal(row: RefusalRow, facts: Mapping[str, Any]) -> dict[str, Any]:
    sentence = SENTENCES[row.reason]
    return {
        "position": row.position,
        "reason": str(row.reason),
        "text_en": sentence.en,
        "text_zh": sentence.zh,
        "facts": {name: value for name, value in facts.items() if not name.endswith("_zh")},
        "project": row.project or None,
        "docs": docs_of(row.reason),
    }


def notes_of(row: SubmissionRow | RefusalRow | None) -> Sequence[Any]:
    """Return what the steps had to say: (step, English, Chinese)."""
    return _decoded(row.notes, list) if row is not None else ()


def _facts(row: RefusalRow) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _decoded(row.facts, dict)
    return found


def _decoded(text: str, kind: type) -> Any:
    try:
        found = json.loads(text) if text else kind()
    except ValueError:
        return kind()
    return found if isinstance(found, kind) else kind()


def as_curl(told: Mapping[str, Any], api_url: str) -> str:
    """Return a kept request as a command; "" for one that did not come over HTTP. What was hidden stays hidden."""
    if not told["method"]:
        return ""
    address = f"{api_url}{told['path']}" + (f"?{told['query']}" if told["query"] else "")
    words = ["curl -s"]
    if told["method"] != ("POST" if told["body"] else "GET"):
        words.append(f"-X {told['method']}")
    words.append(shlex.quote(address))
    lines = [" ".join(words)]
    lines += (
        f"-H {shlex.quote(one['name'] + ': ' + one['value'])}"
        for one in told["headers"]
        if one["name"] not in _NOT_COPIED
    )
    if told["body"]:
        lines.append(f"--data-binary {shlex.quote(_CUT.sub('', told['body']))}")
    return " \\\n  ".join(lines)


def seal_of(notes: Sequence[Any], refused: Iterable[tuple[Reason, Mapping[str, Any]]]) -> dict[str, Any] | None:
    """Return how the check of the seal went; None when none was made."""
    for reason, facts in refused:
        if reason is Reason.BAD_SEAL:
            theirs, ours = str(facts.get("theirs", "")), str(facts.get("ours", ""))
            left, right, why = digests(theirs, ours)
            return {
                "passed": False,
                "theirs": theirs,
                "ours": ours,
                "theirs_marked": list(left),
                "ours_marked": list(right),
                "why": why,
                "string_to_sign": str(facts.get("string_to_sign", "")),
            }
    said = next((one for one in notes if one[0] == "seal"), None)
    return None if said is None else {"passed": True, "text_en": said[1], "text_zh": said[2]}


def wording(message: Message) -> dict[str, Any]:
    """Return how the text was counted, part by part."""
    rule = rules.rule_for(message.dialect, message.country)
    return counted(message.content, rule, country_code=split_country(message.to)[0])


def charging(message: Message, world: World) -> dict[str, Any]:
    """Return which declared price holds for the message now, and what it paid."""
    found = applied(world, message)
    billed = message.parts if message.leg is Leg.TEXT else 1
    now = None if found is None else micros(found.each) * billed
    without = None
    if message.leg is Leg.TEXT and (less := wording(message)["without"]) is not None and less["saves"] > 0:
        without = amount(message.price // max(message.parts, 1) * less["parts"])
    return {
        "prefix": None if found is None else found.name,
        "leg": str(message.leg),
        "own": found is not None and bool(found.project),
        "each": amount(message.price // billed) if billed else None,
        "times": billed,
        "price": amount(message.price),
        "currency": message.currency,
        "each_now": None if found is None else amount(micros(found.each)),
        "changed_since": now is not None and now != message.price,
        "without_ucs2": without,
        "charge": None if message.charge is None else str(message.charge),
        "refund": None if message.refund is None else str(message.refund),
    }


def applied(world: World, message: Message) -> Price | None:
    """Return the declared price of a message: the longest prefix, a project's own before the general ones."""
    for project in (message.project, ""):
        fits = [
            one
            for one in world.prices
            if one.project == project and one.leg is message.leg and message.to.startswith(one.name)
        ]
        if fits:
            return max(fits, key=lambda one: len(one.name))
    return None


def on_air(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return the parts that a carrier took, each with its id and what was said of it."""
    out = []
    for part in parts:
        cause = parse_cause(part.cause) if part.cause else None
        out.append(
            {
                "number": part.number,
                "total": part.total,
                "provider_id": part.provider_id,
                "state": None if part.state is None else str(part.state),
                "cause": None if cause is None else {"code": cause.code, "text": cause.text, "said_by": cause.said_by},
                "at": iso(part.at),
            }
        )
    return out


def links(rows: Sequence[LinkRow], public_base: str) -> list[dict[str, Any]]:
    """Return the short links that were made for a message."""
    return [
        {
            "code": row.code,
            "kind": row.kind,
            "address": f"{public_base.rstrip('/')}/{'c' if row.kind == 'card' else 'l'}/{row.code}",
            "target": row.target,
            "values": row.values,
            "clicks": row.clicks,
            "first_click_at": iso(row.first_click_at),
        }
        for row in rows
    ]


def timed(lines: Sequence[Line]) -> None:
    """Add to each line how long after the first it was, and its tone."""
    began_ms = next((ms_of(one["at"]) for one in lines if one["at"] is not None), None)
    for one in lines:
        at = one["at"]
        one["after_ms"] = None if at is None or began_ms is None else max(0, ms_of(at) - began_ms)
        one["tone"] = _tone(one)


def _tone(one: Line) -> str:
    facts = one["facts"]
    if facts.get("reason") is not None:
        return BAD
    if (kind := facts.get("kind")) is not None:
        return _TONES.get(kind, PLAIN)
    state = one["text_en"].partition(":")[0]
    return _ENDS.get(state, PLAIN) if one["stage"] == "report" else PLAIN


def ms_of(text: str) -> int:
    """Return the milliseconds of an ISO time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
