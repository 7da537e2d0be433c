"""The console with a million messages, measured: how long each page takes; and what ten open consoles cost the road.

Fills a fresh database (SQLite, or PostgreSQL with --postgres URL), starts `hongyan serve` on it, and asks for each page
over HTTP on one connection: median and p99. With --road the road of single requests is driven in interleaved rounds,
with no console open and with ten inboxes that listen and fetch their list at every word, and compared.

    make bench-console                          python -m bench.console --messages 1000000
    python -m bench.console --road --rounds 5
"""

import argparse
import http.client
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlsplit

from bench.filled import BUSY, RARE, fill
from bench.road import Server, load, measure

from hongyan.model.ids import first_id_at, hex32

TOKEN = "bench-token"
READERS = 10


class Asked(NamedTuple):
    """A page that is timed."""

    name: str
    path: str


def main() -> None:
    """Fill, start, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=100, help="requests a page")
    parser.add_argument("--only", default="", help="pages whose name has this")
    parser.add_argument("--postgres", default="", help="URL of an empty database, in place of SQLite")
    parser.add_argument("--road", action="store_true", help="the road with and without ten open consoles")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--single", type=int, default=20_000, help="messages a round of the road")
    asked = parser.parse_args()
    os.environ["HONGYAN_ADMIN_TOKEN"] = TOKEN
    if asked.postgres:
        os.environ["HONGYAN_DATABASE_URL"] = asked.postgres
        os.environ["HONGYAN_MASTER_KEY"] = "of this measurement alone " * 2
    with tempfile.TemporaryDirectory(prefix="hongyan-bench-") as name:
        folder = Path(name)
        server = Server(folder)
        if asked.road:
            try:
                road(server, asked.rounds, asked.single)
            finally:
                server.stop()
            return
        server.stop()
        began = time.monotonic()
        fill(folder, asked.messages, asked.postgres)
        print(f"{asked.messages:,} messages written in {time.monotonic() - began:.0f} s", flush=True)
        (folder / "ready.json").unlink(missing_ok=True)
        server = Server(folder, None)
        try:
            pages(server, asked.messages, asked.times, asked.only)
        finally:
            server.stop()


# --- pages
def pages(server: Server, count: int, times: int, only: str) -> None:
    """Time each page and print the table."""
    line = Line(server)
    newest = [row["id"] for row in line.json("/messages.json")["messages"]]
    back = line.json("/messages.json?" + "before=" + str(first_id_at(round(time.time() * 1000) - 43_200_000)))
    middle = back["messages"][0]["id"]
    searches = {
        "to: (the only one, the oldest)": f"to:{RARE}",
        "to: (a tenth of all)": f"to:{BUSY}",
        "to: and state:": f"to:{BUSY} state:undelivered",
        "to: (end of a number)": "to:0042",
        "state: (one in 50)": "state:undelivered",
        "state: (one, the oldest)": "state:rejected",
        "vendor: (every second)": "vendor:alibaba",
        "vendor: (one)": "vendor:yundashi",
        "project: (one)": "project:rare",
        "template: (one)": "template:SMS_RARE",
        "carrier: (one)": "carrier:rare",
        "leg: (one)": "leg:card",
        "key: (one)": "key:AKrare",
        "cause: (one)": "cause:RARE",
        "text: (many)": "text:1234",
        "text: (one)": "text:needle",
        "text: (none)": "nothingofthekind",
        "-state: (one)": "-state:delivered,undelivered",
        "since: and text: (none)": "since:1h text:nothing",
        "request:": f"request:{hex32(int(newest[0]) - 1)}",
        "id:": f"id:{middle}",
    }
    asked = [
        Asked("first page", "/"),
        Asked("the list alone (live)", "/?part=list"),
        Asked(f"a page {count // 2:,} messages back", f"/?before={middle}"),
        Asked("a message", f"/messages/{middle}"),
        Asked("first page as JSON", "/messages.json"),
        Asked("first page as CSV", "/messages.csv"),
        Asked("refusals", "/refusals"),
        *(Asked(name, f"/?q={quote(said)}") for name, said in searches.items()),
    ]
    print(f"{'page':36} {'median ms':>9} {'p99 ms':>8} {'first ms':>9}")
    for one in (one for one in asked if only in one.name):
        took = [line.timed(one.path) for _ in range(times)]
        ordered = sorted(took)
        p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        print(f"{one.name:36} {statistics.median(took):9.1f} {p99:8.1f} {took[0]:9.1f}", flush=True)
    print(f"searched to the end, page by page: {search_on(line, 'text:needle'):.1f} s for one message of {count:,}")


def search_on(line: "Line", said: str) -> float:
    """Follow "search older" until the message is found; return the seconds."""
    began, before = time.monotonic(), ""
    while True:
        found = line.json(f"/messages.json?q={quote(said)}&before={before}")
        if found["messages"]:
            return time.monotonic() - began
        before = found["next_before"] or ""
        if not before:
            raise SystemExit("the message was not found")


class Line:
    """One connection to the console, kept open."""

    def __init__(self, server: Server) -> None:
        url = urlsplit(json.loads((server.folder / "ready.json").read_text())["console"])
        self._connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)

    def get(self, path: str, **headers: str) -> bytes:
        """Return a page. Ends the program when it is none."""
        self._connection.request("GET", path, headers={"authorization": f"Bearer {TOKEN}", **headers})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
        return body

    def json(self, path: str) -> Any:
        """Return a page as data."""
        return json.loads(self.get(path))

    def timed(self, path: str) -> float:
        """Return how many ms a page took."""
        began = time.perf_counter()
        self.get(path)
        return (time.perf_counter() - began) * 1000

    def stream(self, path: str) -> http.client.HTTPResponse:
        """Return an answer that stays open."""
        self._connection.request("GET", path, headers={"authorization": f"Bearer {TOKEN}"})
        return self._connection.getresponse()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


# --- the road
def road(server: Server, rounds: int, messages: int) -> None:
    """Drive the road with and without open consoles, in turns."""
    load(server, 50, 1, 2_000)  # warm up
    figures: dict[bool, list[dict[str, float]]] = {False: [], True: []}
    fetched = 0
    for turn in range(rounds):
        for is_open in (False, True) if turn % 2 else (True, False):
            with Readers(server, READERS if is_open else 0) as readers:
                time.sleep(1.0)
                figures[is_open].append(measure(server, 50, 1, messages))
            fetched += readers.fetched
    print(f"{'consoles':10} {'accepted/s':>10} {'end to end/s':>12} {'CPU µs each':>11} {'p50 ms':>7} {'p99 ms':>7}")
    medians = {}
    for is_open, of in figures.items():
        row = medians[is_open] = {key: statistics.median(one[key] for one in of) for key in of[0]}
        consoles = READERS if is_open else 0
        print(
            f"{consoles:<10} {row['accepted_s']:10.0f} {row['delivered_s']:12.0f} {row['cpu_us']:11.1f}"
            f" {row['p50_ms']:7.1f} {row['p99_ms']:7.1f}"
        )
    for key, said in (("delivered_s", "end to end a second"), ("cpu_us", "CPU a message")):
        pairs = zip(figures[True], figures[False], strict=True)
        ratios = [one[key] / other[key] for one, other in pairs]
        print(
            f"{said}, ten consoles to none, round by round: {', '.join(f'{one:.2f}' for one in ratios)};"
            f" median {statistics.median(ratios):.3f}"
        )
    print(f"lists fetched by the consoles: {fetched}")


class Readers:
    """Consoles that are open inside the block: each listens, and fetches its list at every word."""

    def __init__(self, server: Server, count: int) -> None:
        self._server, self._over = server, threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(count)]
        self.fetched = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        fetching, listening = Line(self._server), Line(self._server)
        answer = listening.stream("/live?page=inbox")
        while not self._over.is_set():
            line = answer.readline()
            if not line:
                raise SystemExit("a console was cut off")
            if line.startswith(b"event: changed"):
                fetching.get("/?part=list")
                self.fetched += 1
        listening.close()
        fetching.close()


if __name__ == "__main__":
    main()
