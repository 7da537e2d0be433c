"""The vendor's two signatures once more, written from the document for the tests: nothing here is the program's."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

KEY_ID, SECRET = "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"
DATE = "2026-01-02T03:04:05Z"
FORM = "application/x-www-form-urlencoded"


class Request(NamedTuple):
    method: str
    query: bytes
    headers: dict[str, str]
    body: bytes = b""


def percent(text: str) -> str:
    return quote(text, safe="-_.~")


def acs3(
    action: str,
    params: Mapping[str, str],
    *,
    nonce: str,
    form: Mapping[str, str] | None = None,
    key_id: str = KEY_ID,
    secret: str = SECRET,
    date: str = DATE,
    version: str = "2017-05-25",
    method: str = "POST",
    encode_keys: bool = False,
    unsealed: tuple[str, ...] = (),
    more: Mapping[str, str] | None = None,
) -> Request:
    body = urlencode(form).encode() if form else b""
    headers = {
        "host": "sms.example.test:8080",
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
        **({"content-type": FORM} if form else {}),
        **(more or {}),
    }
    names = sorted(set(headers) - set(unsealed))
    key = percent if encode_keys else str
    canonical = "\n".join(
        (
            method,
            "/",
            "&".join(f"{key(name)}={percent(params[name])}" for name in sorted(params)),
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"
    )
    return Request(method, urlencode(params).encode(), headers, body)


def rpc(
    action: str,
    params: Mapping[str, str],
    *,
    nonce: str,
    in_form: bool = False,
    key_id: str = KEY_ID,
    secret: str = SECRET,
    date: str = DATE,
    version: str = "2017-05-25",
    method: str = "GET",
    more: Mapping[str, str] | None = None,
    leave: tuple[str, ...] = (),
) -> Request:
    every = {
        **params,
        "Action": action,
        "Version": version,
        "AccessKeyId": key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureType": "",
        "SignatureNonce": nonce,
        "Timestamp": date,
        "Format": "JSON",
        **(more or {}),
    }
    for name in leave:
        del every[name]
    method = "POST" if in_form else method
    canonical = "&".join(f"{percent(name)}={percent(every[name])}" for name in sorted(every))
    to_sign = f"{method}&%2F&{percent(canonical)}"
    digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), "sha1").digest()
    written = urlencode({**every, "Signature": base64.b64encode(digest).decode()}).encode()
    headers = {"host": "sms.example.test:8080"}
    if in_form:
        return Request("POST", b"", {**headers, "content-type": FORM}, written)
    return Request(method, written, headers)
