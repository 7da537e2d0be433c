"""The board: how each carrier is doing in this process, as operators and `/metrics` read it. It changes nothing."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from hongyan.carriers import Carrier, LinkLook
from hongyan.carriers.preview import PduLook
from hongyan.carriers.shaping import Unfit
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Message
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, Control, Standing, World
from hongyan.send.by_hand import as_set, control_of
from hongyan.send.fleet import Fleet
from hongyan.send.lane import Lane
from hongyan.send.lanes import Lanes
from hongyan.wire import Malformed

OPEN = "open"
_GAUGES = (
    "send_waiting",
    "send_oldest_waiting_seconds",
    "send_under_way",
    "send_window",
    "send_pace",
    "send_running",
    "carrier_links",
    "carrier_links_unanswered",
)


class Board:
    """Reads lanes, links and counters. `node`: the number of this process in a cluster."""

    def __init__(
        self, *, world: Callable[[], World], fleet: Fleet, lanes: Lanes, tally: Tally, clock: Clock, node: int
    ) -> None:
        self._world, self._fleet, self._lanes = world, fleet, lanes
        self._tally, self._clock, self._node = tally, clock, node
        tally.before_reading.append(self.set_gauges)

    async def carrier_looks(self) -> list[dict[str, Any]]:
        """Return how every declared carrier is doing."""
        world, open_ones = self._world(), self._fleet.carriers()
        return [
            self._look(config, control_of(world, name), open_ones.get(name)) for name, config in world.carriers.items()
        ]

    async def carrier_lines(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the last lines of a carrier's transcript, oldest first."""
        carrier = self._fleet.carriers().get(name)
        if carrier is None or carrier.transcript is None:
            return []
        lines = list(carrier.transcript.lines)[-limit:]
        return [{"at": iso(one.at), "link": one.link, "sent": one.sent, "text": one.text} for one in lines]

    async def preview(self, name: str, message: Message) -> dict[str, Any]:
        """Return what a carrier would put on the wire for a message with today's settings, as plain values.

        `pdus`: one a part, each with its fields; `trouble` says why there are none. No `pdus` and no trouble: no wire.
        """
        try:
            pdus = self._fleet.preview(name, message)
        except (Unfit, Malformed, Misconfigured) as why:
            return {"carrier": name, "pdus": [], "trouble": str(why)}
        return {"carrier": name, "pdus": [_pdu(one) for one in pdus or ()], "trouble": ""}

    def set_gauges(self) -> None:
        """Set what nobody keeps while it changes."""
        for name in _GAUGES:
            self._tally.clear(name)
        now, world, tally = self._clock.now_ms(), self._world(), self._tally
        for name, lane in self._lanes.by_name.items():
            tally.set("send_waiting", name, n=len(lane.waiting))
            tally.set("send_oldest_waiting_seconds", name, n=(_oldest_ms(lane, now) or 0) / 1000)
            tally.set("send_under_way", name, n=len(lane.under_way))
            tally.set("send_window", name, n=lane.window)
            tally.set("send_pace", name, n=_finite(lane.pace.rate) or 0)
        for name, carrier in self._fleet.carriers().items():
            links = carrier.links()
            for state, times in Counter(link.state for link in links).items():
                tally.set("carrier_links", name, state, n=times)
            if links:
                tally.set("carrier_links_unanswered", name, n=sum(link.unanswered for link in links))
        for name in world.carriers:
            tally.set("send_running", name, n=int(control_of(world, name).standing is Standing.RUNNING))

    def _look(self, config: CarrierConfig, control: Control, carrier: Carrier | None) -> dict[str, Any]:
        name, now = config.name, self._clock.now_ms()
        lane = self._lanes.by_name.get(name)
        links = carrier.links() if carrier is not None else ()
        return {
            "name": name,
            "node": self._node,
            "protocol": config.protocol,
            "enabled": config.enabled,
            "standing": str(control.standing),
            "drained": self._fleet.drained(name),
            "set_by": control.set_by,
            "set_at": iso(control.set_at or None),
            "why": control.why,
            "open": carrier is not None,
            "links": [_link(one) for one in links],
            "links_open": sum(one.state == OPEN for one in links),
            "cost": config.cost,
            "pace": self._pace(config, control, lane),
            "window": {"limit": config.window, "used": 0 if lane is None else len(lane.under_way)},
            "waiting": 0 if lane is None else len(lane.waiting),
            "oldest_waiting_ms": None if lane is None else _oldest_ms(lane, now),
            "down_until": None if lane is None or lane.down_until <= now else iso(lane.down_until),
            "answer_p50_ms": None if lane is None else lane.latencies.percentile_ms(50),
            "answer_p99_ms": None if lane is None else lane.latencies.percentile_ms(99),
            "results": self._results(name),
            "receipts": {labels[0]: int(n) for labels, n in self._counted("carrier_receipts", name)},
            "replies": self._count("carrier_replies", name),
            "unclaimed": self._count("report_unclaimed", name),
            "transcript_until": iso(control.transcript_until) if control.transcript_until > now else None,
        }

    def _pace(self, config: CarrierConfig, control: Control, lane: Lane | None) -> dict[str, float | None]:
        """Return messages a second: declared, in force, allowed now (less while throttled), reached; None: no limit."""
        return {
            "declared": config.pace or None,
            "limit": as_set(config, control).pace or None,
            "now": None if lane is None else _finite(lane.pace.rate),
            "reached": 0.0 if lane is None else lane.pace.reached(self._clock.now_ms()),
        }

    def _results(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"handed": self._count("send_handed", name)}
        for (result, code), n in self._counted("send_results", name):
            found.setdefault(result, {})[code] = int(n)
        return found

    def _count(self, metric: str, name: str) -> int:
        return int(self._tally.values.get((metric, name), 0))

    def _counted(self, metric: str, name: str) -> Sequence[tuple[tuple[str, ...], float]]:
        return [(key[2:], n) for key, n in self._tally.values.items() if key[:2] == (metric, name)]


def _pdu(look: PduLook) -> dict[str, Any]:
    return {
        "hex": look.octets.hex(),
        "octets": len(look.octets),
        "header": look.header.hex(),
        "alphabet": look.alphabet,
        "text": look.text,
        "fields": [{"name": one.name, "hex": one.octets.hex(), "value": one.value} for one in look.fields],
    }


def _link(look: LinkLook) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.structs.asdict(look)
    return told | {"since": iso(look.since)}


def _oldest_ms(lane: Lane, now_ms: int) -> int | None:
    return max(0, now_ms - lane.waiting[0].accepted_at) if lane.waiting else None


def _finite(rate: float) -> float | None:
    return None if math.isinf(rate) else round(rate, 3)
