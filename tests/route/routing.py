"""Messages and routes for the tests of routing."""

from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig, Choice, RouteConfig

MINT = IdMint(FakeClock())


def message(**more: object) -> Message:
    fields: dict[str, object] = {
        "id": MINT.mint(), "project": "p", "submission": 1, "dialect": "comms", "to": "8613800138000", "country": "CN",
        "content": "x", "accepted_at": 0, "expires_at": 1,
    } | more  # fmt: skip
    return Message(**fields)  # type: ignore[arg-type] # fields by name


def route(name: str, *choices: str | Choice, **more: object) -> RouteConfig:
    spelled = tuple(Choice(carrier=one) if isinstance(one, str) else one for one in choices)
    return RouteConfig(name=name, choices=spelled, **more)  # type: ignore[arg-type] # fields by name


A, B, C = (CarrierConfig(name=name) for name in "abc")
