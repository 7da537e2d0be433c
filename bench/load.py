"""A load generator of its own process: requests over keep-alive connections, closed loop.

    python bench/load.py --url http://127.0.0.1:8050 --connections 50 --items 1 --messages 20000

Prints one JSON line: accepted, refused, seconds, p50_ms, p99_ms. Sends to loopback only.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import time
from abc import ABC, abstractmethod
from urllib.parse import quote_plus, urlsplit

import uvloop

PATH = "/v1/sms/multi/mt"
CONTENT = "Your Hongyan order 20260102 has left the warehouse and arrives tomorrow before noon."


class Plan(ABC):
    """What is still to be sent, and what came back. A subclass says how a gateway is asked and what answers mean."""

    def __init__(self, messages: int, items: int, host: str) -> None:
        self.left, self.items, self.host = messages, items, host
        self.sent = self.accepted = self.refused = 0
        self.latencies: list[float] = []
        self.last_bad = ""

    def request(self) -> bytes | None:
        """Return the next request, or None when all are sent."""
        n = min(self.items, self.left)
        if n <= 0:
            return None
        self.left -= n
        first = self.sent
        self.sent += n
        # all end in 1234: the last four digits stay away from the simulator's magic numbers
        return self.asking([13_000_001_234 + (first + k) % 600_000 * 10_000 for k in range(n)])

    @abstractmethod
    def asking(self, numbers: list[int]) -> bytes:
        """Return the request that sends to these numbers."""

    @abstractmethod
    def answered(self, head: bytes, body: bytes) -> None:
        """Count what an answer says."""


class Nxcloud(Plan):
    """Sealed NXCloud requests to Hongyan."""

    def asking(self, numbers: list[int]) -> bytes:
        rows = ",".join(f'{{"phone":"86{number}","content":"{CONTENT}"}}' for number in numbers)
        body = f'{{"appKey":"bench","items":[{rows}]}}'
        stamp = str(time.time_ns() // 1_000_000)
        text = f"accessKey=AKbench&action=mtsend&bizType=3&ts={stamp}&body={body}&accessSecret=SKbench"
        sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return (
            f"POST {PATH} HTTP/1.1\r\nhost: {self.host}\r\ncontent-type: application/json\r\naccessKey: AKbench\r\n"
            f"ts: {stamp}\r\nbizType: 3\r\naction: mtsend\r\nsign: {sign}\r\ncontent-length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def answered(self, head: bytes, body: bytes) -> None:  # noqa: ARG002 - the body says it all
        self.accepted += body.count(b'"Success"}') or body.count(b'"status":"Success"')
        bad = body.count(b'"Failure"')
        if bad or b'"code":0' not in body:
            self.refused += bad or 1
            self.last_bad = body[:300].decode("utf-8", "replace")


class Sendsms(Plan):
    """Kannel's `sendsms`: one message a request. `more` is what else the query says, such as a dlr-url."""

    more = ""

    def asking(self, numbers: list[int]) -> bytes:
        query = f"username=bench&password=bench&from=10690&to=%2B86{numbers[0]}&text={quote_plus(CONTENT)}{self.more}"
        return f"GET /cgi-bin/sendsms?{query} HTTP/1.1\r\nhost: {self.host}\r\n\r\n".encode()

    def answered(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"HTTP/1.1 202"):
            self.accepted += 1
        else:
            self.refused += 1
            self.last_bad = (head[:40] + body[:200]).decode("utf-8", "replace")


PLANS: dict[str, type[Plan]] = {"nxcloud": Nxcloud, "sendsms": Sendsms}


class Connection(asyncio.Protocol):
    """One keep-alive connection: a request, its answer, the next request."""

    def __init__(self, plan: Plan, done: asyncio.Future[None]) -> None:
        self.plan, self.done = plan, done
        self.buffer = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        """Send the next request, or end."""
        request = self.plan.request()
        if request is None:
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined] # a stream transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self.buffer = b""
        plan = self.plan
        plan.latencies.append(time.perf_counter() - self.began)
        plan.answered(head, body)
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        if not self.done.done():
            self.done.set_result(None)


async def drive(url: str, connections: int, items: int, messages: int, kind: type[Plan]) -> dict[str, object]:
    """Send everything; return the figures."""
    parts = urlsplit(url)
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit("loopback only")
    loop = asyncio.get_running_loop()
    plan = kind(messages, items, parts.netloc)
    ends = [loop.create_future() for _ in range(connections)]
    began = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Connection(plan, end), parts.hostname, parts.port or 80)  # type: ignore[misc] # a default binds the loop variable
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - began
    ranked = sorted(plan.latencies)
    return {
        "accepted": plan.accepted,
        "refused": plan.refused,
        "seconds": round(seconds, 3),
        "p50_ms": round(ranked[len(ranked) // 2] * 1000, 2),
        "p99_ms": round(ranked[len(ranked) * 99 // 100] * 1000, 2),
        "last_bad": plan.last_bad,
    }


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--items", type=int, default=1)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--gateway", choices=PLANS, default="nxcloud")
    parser.add_argument("--more", default="", help="sendsms: what else each query says, as &dlr-mask=3&dlr-url=…")
    asked = parser.parse_args()
    kind = PLANS[asked.gateway]
    Sendsms.more = asked.more
    figures = uvloop.run(drive(asked.url, asked.connections, asked.items, asked.messages, kind))
    json.dump(figures, sys.stdout)
    print()


if __name__ == "__main__":
    main()
