"""The vendors' signatures as a client makes them. Pure; the server's side lives in each dialect.

Kept apart from the dialects on purpose: a mistake made on one side only is found by the other.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def nxcloud_headers(
    key: str, secret: str, body: bytes, ts_ms: int, *, action: str = "mtsend", algorithm: str = "md5"
) -> dict[str, str]:
    """Return the signed headers of an NXCloud call."""
    text = f"accessKey={key}&action={action}&bizType=3&ts={ts_ms}".encode()
    text += (b"&body=" + body if body else b"") + f"&accessSecret={secret}".encode()
    digest = hashlib.new(algorithm, text, usedforsecurity=False).hexdigest()
    headers = {"accessKey": key, "ts": str(ts_ms), "bizType": "3", "action": action, "sign": digest}
    return headers | ({"algorithm": algorithm} if algorithm != "md5" else {})


def yundashi_sig(appkey: str, random: str, time_s: int, mobiles: tuple[str, ...]) -> str:
    """Return the `sig` of a Yundashi call."""
    text = f"appkey={appkey}&random={random}&time={time_s}"
    if mobiles:
        text += "&mobile=" + ",".join(mobiles)
    return hashlib.sha256(text.encode()).hexdigest()


def alibaba_headers(
    key: str, secret: str, action: str, params: Mapping[str, str], *, host: str, date: str, nonce: str
) -> dict[str, str]:
    """Return the headers of an ACS3-HMAC-SHA256 call that carries everything in its query."""
    payload = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": payload,
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": "2017-05-25",
    }
    signed = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n{alibaba_query(params)}\n{lines}\n{signed}\n{payload}"
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return headers | {"Authorization": f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature={digest}"}


def alibaba_query(params: Mapping[str, str]) -> str:
    """Return the canonical query: sorted, percent-encoded, blanks kept."""
    return "&".join(f"{quote(name, safe='~')}={quote(params[name], safe='~')}" for name in sorted(params))
