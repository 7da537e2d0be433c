"""Calls to callers' addresses as operators see them: plain values, secrets masked, bodies bounded. Pure.

What a receiver answered is hostile text: it is handed on as text and never as anything else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from hongyan.model.clock import iso
from hongyan.model.ids import minted_ms
from hongyan.model.push import LISTENER

SHOWN = 8_192
"""characters of a body that are shown"""
HIDDEN = "•••"
_SECRET = re.compile(r"auth|cookie|token|secret|sign|pass|pwd|credential|(?:^|[-_])(?:api)?key$|^sig$", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[\w+/=.-]{20,}")

Row = Mapping[str, Any]


def summary(row: Row) -> dict[str, Any]:
    """Return a call as lists show it. `row`: columns of `calls` with `items`, (message, reply) pairs."""
    over = row["next_at"] is None and not row["taken"] and row["tries"] > 0
    return {
        "id": str(row["id"]),
        "at": iso(row["at"]),
        "project": row["project"],
        "dialect": row["dialect"],
        "target": masked_url(row["target"]),
        "about": "reply" if any(reply is not None for _, reply in row["items"]) else "receipt",
        "messages": _ids(message for message, _ in row["items"]),
        "replies": _ids(reply for _, reply in row["items"]),
        "try": row["tries"],
        "by_hand": row["tries"] == 0,
        "taken": bool(row["taken"]),
        "status": row["status"],
        "took_ms": row["took_ms"],
        "said": row["said"],
        "next_at": iso(row["next_at"]),
        "given_up": over,
    }


def whole(row: Row) -> dict[str, Any]:
    """Return a call with what was sent and what was answered."""
    request, answer = msgspec.json.decode(row["request"]), msgspec.json.decode(row["answer"])
    return summary(row) | {
        "request": None if not request else {"url": masked_url(request["url"]), **_part(request)},
        "answer": {"status": row["status"], "why": answer["why"], **_part(answer)},
        "replayable": bool(request) and not request["cut"],
    }


def waiting(row: Row, now_ms: int) -> dict[str, Any]:
    """Return a push that waits, as lists show it. `row`: columns of `pushes`."""
    tries = row["tries"]
    return {
        "id": str(row["id"]),
        "since": iso(minted_ms(row["id"])),
        "project": row["project"],
        "dialect": row["dialect"],
        "target": masked_url(row["target"]),
        "about": "receipt" if row["reply_id"] is None else "reply",
        "message": None if row["message_id"] is None else str(row["message_id"]),
        "reply": None if row["reply_id"] is None else str(row["reply_id"]),
        "failed": tries,
        "due_at": iso(row["due_at"]),
        "under_way": tries == 0 and row["due_at"] > now_ms,
    }


def masked_url(url: str) -> str:
    """Return an address without the values in its query that look like secrets."""
    if url.startswith(LISTENER):
        return LISTENER + masked_url(url.removeprefix(LISTENER))
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.query:
        return url
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not any(_is_secret(name, value) for name, value in pairs):
        return url
    query = "&".join(f"{quote(name)}={HIDDEN if _is_secret(name, value) else quote(value)}" for name, value in pairs)
    return parts._replace(query=query).geturl()


def _part(kept: Row) -> dict[str, Any]:
    body = kept.get("body")
    return {
        "headers": [[name, HIDDEN if _is_secret(name, value) else value] for name, value in kept["headers"]],
        "body": None if body is None else body[:SHOWN],
        "base64": kept.get("base64", "")[:SHOWN] if body is None else None,
        "octets": kept["bytes"],
        "cut": kept["cut"] or len(body or "") > SHOWN,
    }


def _is_secret(name: str, value: str) -> bool:
    return bool(value) and (_SECRET.search(name) is not None or _RANDOM.fullmatch(value) is not None)


def _ids(ids: Iterable[int | None]) -> Sequence[str]:
    return [str(one) for one in ids if one is not None]
