"""Our own words for a refusal in `/v1`, and their place in the OpenAPI page."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hongyan.accept import Desk
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason, docs_of
from hongyan.model.sentences import SENTENCES
from hongyan.model.submission import Exchange

_BY_STATUS = {404: Reason.UNKNOWN_PATH, 405: Reason.UNKNOWN_METHOD}
_WITH_BODY = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": "refused", "content": _WITH_BODY}
    for status in sorted({sentence.status for sentence in SENTENCES.values()})
}
_REFUSAL_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["reason", "message_en", "message_zh", "request_id", "facts", "docs"],
            "properties": {
                "reason": {"type": "string", "enum": [str(reason) for reason in Reason]},
                "message_en": {"type": "string"},
                "message_zh": {"type": "string"},
                "request_id": {"type": "string"},
                "facts": {"type": "object"},
                "docs": {"type": "string", "description": "path of the page that explains it, on this same address"},
            },
        }
    },
}


def answer_refusals(app: FastAPI, desk: Desk) -> None:
    """Teach an application our words, and its OpenAPI page their shape. Call once all routes are there."""
    app.add_exception_handler(Refused, _refused(desk))
    app.add_exception_handler(RequestValidationError, _invalid(desk))
    app.add_exception_handler(HTTPException, _http)
    _declare_refusal(app)


def told(request_id: str, reason: Reason, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `error` object of a refusal."""
    said = SENTENCES[reason]
    shown = {
        name: value if isinstance(value, int | float | bool | None) else plain(str(value))
        for name, value in facts.items()
    }
    return {
        "reason": str(reason),
        "message_en": said.en,
        "message_zh": said.zh,
        "request_id": request_id,
        "facts": shown,
        "docs": docs_of(reason),
    }


def plain(text: str) -> str:
    """Return a text that can be written as JSON, bounded."""
    return text.encode("utf-8", "replace").decode()[:1000]


def refusal(request_id: str, reason: Reason, facts: Mapping[str, Any]) -> JSONResponse:
    """Return the answer to a refused request."""
    return JSONResponse({"error": told(request_id, reason, facts)}, SENTENCES[reason].status)


_KEPT_BODIES = ("/v1/messages", "/v1/check", "/v1/wait")
"""where callers ask for messages; what operators send elsewhere may hold passwords and keys"""
_LEFT_OUT = b"(not kept)"


def _record(desk: Desk, exchange: Exchange, refused: Refused) -> None:
    """Keep a refusal for its timeline, without what could let somebody in."""
    if exchange.body and not exchange.path.startswith(_KEPT_BODIES):
        exchange.body = _LEFT_OUT
    desk.record(exchange, refused)


_Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


def _refused(desk: Desk) -> _Handler:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        exchange: Exchange = request.state.exchange
        if error.reason is not Reason.UNKNOWN_MESSAGE:
            _record(desk, exchange, error)
        return refusal(exchange.request_id, error.reason, error.facts)

    return answer


def _invalid(desk: Desk) -> _Handler:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        # pydantic names a union's choice, too, as in "state.0.str-enum[State]"
        place = ".".join(str(part) for part in first["loc"][1:] if "[" not in str(part))
        missing = first["type"] == "missing" and place
        reason = Reason.MISSING_FIELD if missing else Reason.BAD_FIELD if place else Reason.BAD_REQUEST
        refused = Refused(reason, field=plain(place), why=plain(str(first["msg"])))
        exchange: Exchange = request.state.exchange
        _record(desk, exchange, refused)
        return refusal(exchange.request_id, reason, refused.facts)

    return answer


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    exchange: Exchange = request.state.exchange
    answer = refusal(exchange.request_id, _BY_STATUS.get(error.status_code, Reason.BAD_REQUEST), {})
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _declare_refusal(app: FastAPI) -> None:
    """Put the shape of a refusal into the OpenAPI page, and take FastAPI's own out of it."""
    schema = app.openapi()
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Refusal"] = _REFUSAL_SCHEMA
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["security"] = [{"token": []}, {}]
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
