"""How an action of a page is done at a terminal: shown beside each button, ready to copy."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple


class Ways(NamedTuple):
    """The two ways."""

    cli: str
    """"" when our command line has none"""
    curl: str


def curl(api_url: str, method: str, path: str, body: Mapping[str, Any] | None = None, *, needs_token: bool) -> str:
    """Return a curl command for `/v1`; the token is read from the environment, never written out."""
    words = ["curl", "-s"]
    if method != "GET":
        words += ["-X", method]
    words.append(shlex.quote(api_url + path))
    if needs_token:
        words += ["-H", '"Authorization: Bearer $HONGYAN_TOKEN"']
    if body is not None:
        words += ["-H", shlex.quote("Content-Type: application/json")]
        words += ["-d", shlex.quote(json.dumps(body, ensure_ascii=False))]
    return " ".join(words)
