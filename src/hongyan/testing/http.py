"""One HTTP call with the standard library, so that a user's tests need nothing else. Raises `Unreachable`."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hongyan.model.errors import Misconfigured

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Unreachable(Exception):  # noqa: N818 - what the reader thinks: nobody is there
    """Nobody answers at the address."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str = ""
    """what was asked"""

    def json(self) -> Any:
        """Return the body as JSON; ValueError when it is none."""
        return json.loads(self.body)


def call(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 30,
) -> Reply:
    """Make one call; any HTTP status is an answer. A proxy of the environment is not used for this machine."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured("url", f"{url!r} is no web address.", "http://127.0.0.1:8050")
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method=method)  # noqa: S310 - checked
    ours = parts.hostname in _LOOPBACK
    opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if ours else []))
    try:
        with opener.open(request, timeout=timeout_s) as response:
            return Reply(response.status, response.read(), _lowered(response.headers), url)
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read(), _lowered(error.headers), url)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        why = getattr(error, "reason", None) or error
        raise Unreachable(f"{parts.scheme}://{parts.netloc} does not answer: {why}") from None


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
