"""The pusher against real receivers on loopback: taken, tried again, given up; slow, dead and hostile ones."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.message import Message
from hongyan.model.push import PushCall, ReplyShape
from hongyan.model.tally import Tally
from hongyan.model.world import App, Project, World
from hongyan.report import lanes, outcomes, push
from hongyan.report.push import LEASE_MS, Pusher
from report.push_receivers import Receiver, answering, hang_up, never, receiver
from report.push_store import PushStore


class Shape:
    """One line a message; taken when the receiver says ok."""

    replies: ReplyShape | None = None

    def __init__(self, most: int = 1, retries_s: tuple[float, ...] = (), timeout_s: float = 5) -> None:
        self.most, self.retries_s, self.timeout_s = most, retries_s, timeout_s

    def call(self, messages: Sequence[Message], target: str, app: App | None) -> PushCall:
        body = "\n".join(str(message.id) for message in messages)
        return PushCall(target, body.encode(), (("x-app", app.name if app else "none"),))

    def taken(self, status: int, body: bytes) -> bool:
        return status == 200 and body == b"ok"


@pytest.fixture
def store() -> PushStore:
    return PushStore()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


Running = Callable[..., "asyncio.Future[Pusher]"]


@asynccontextmanager
async def pushing(
    store: PushStore,
    clock: FakeClock,
    shape: Shape | None = None,
    *,
    world: World | None = None,
    allow_inside: bool = True,
    tally: Tally | None = None,
) -> AsyncIterator[Pusher]:
    world = world or World(things=(Project(name="p"),))
    pusher = Pusher(
        store.contract,
        {"d": shape or Shape()},
        lambda: world,
        clock,
        tally or Tally(),
        allow_inside=allow_inside,
        random=Random(1),
    )
    await pusher.start()
    try:
        yield pusher
    finally:
        await pusher.stop()


async def test_calls_the_receiver_and_removes_the_push(store: PushStore, clock: FakeClock) -> None:
    tally = Tally()
    async with receiver(answering(b"ok")) as of:
        store.add(of.url + "?token=secret")
        async with pushing(store, clock, tally=tally):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1"]
    (event,) = store.told
    assert (event.message_id, event.kind) == (1, "push")
    assert "answered 200 in" in event.text
    assert event.text.endswith(": ok")
    assert "secret" not in event.text
    assert tally.values["push_calls", "d", "taken"] == 1


async def test_gives_up_at_once_where_the_vendor_never_repeats(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"error")) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1"]
    assert store.told[0].kind == "push-failed"
    assert store.told[0].text.endswith("error; given up after one call")


async def test_repeats_by_the_rule_then_gives_up(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"no", 500)) as of:
        row = store.add(of.url)
        async with pushing(store, clock, Shape(retries_s=(60, 300))) as pusher:
            await store.until(lambda: row.tries == 1)
            assert 60_000 <= row.due_at - clock.ms <= 66_000
            clock.push(67)
            pusher.wake()
            await store.until(lambda: row.tries == 2)
            assert 300_000 <= row.due_at - clock.ms <= 330_000
            clock.push(331)
            pusher.wake()
            await store.until(lambda: not store.pushes)
    assert len(of.bodies) == 3
    assert [event.text.rsplit("; ", 1)[1] for event in store.told] == [
        "again in 60 s",
        "again in 300 s",
        "given up after 3 calls",
    ]


@pytest.mark.parametrize(
    ("app_s", "project_s", "expected_s"),
    [((7.0,), (8.0,), 7), ((), (8.0,), 8), ((), None, 9), ((), (), None)],
)
async def test_the_apps_rule_wins_then_the_projects_then_the_vendors(
    store: PushStore,
    clock: FakeClock,
    app_s: tuple[float, ...],
    project_s: tuple[float, ...] | None,
    expected_s: int | None,
) -> None:
    world = World(
        things=(Project(name="p", push_retries_s=project_s), App(project="p", name="a", push_retries_s=app_s))
    )
    async with receiver(answering(b"no")) as of:
        store.add(of.url, app="a")
        async with pushing(store, clock, Shape(retries_s=(9,)), world=world):
            await store.until(lambda: bool(store.told))
    ending = "given up after one call" if expected_s is None else f"again in {expected_s} s"
    assert store.told[0].text.endswith(ending)


async def test_a_restart_goes_on_with_the_tries_made_before(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"no")) as of:
        row = store.add(of.url)
        shape = Shape(retries_s=(60,))
        async with pushing(store, clock, shape):
            await store.until(lambda: row.tries == 1)
        clock.push(67)
        async with pushing(store, clock, shape):
            await store.until(lambda: not store.pushes)
    assert len(of.bodies) == 2
    assert store.told[-1].text.endswith("given up after 2 calls")


async def test_what_was_called_but_not_written_down_is_called_again_after_its_lease(
    store: PushStore, clock: FakeClock
) -> None:
    """proves: nxcloud#push.repeated"""
    async with receiver(answering(b"ok")) as of:
        store.add(of.url)
        store.deaf = True
        async with pushing(store, clock):
            await of.until(1)
        store.deaf = False
        clock.push(LEASE_MS / 1000 + 1)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1", b"1"]


async def test_stopping_puts_back_what_was_not_answered(
    store: PushStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "_STOP_S", 0.01)
    async with receiver(never) as of:
        rows = [store.add(of.url) for _ in range(20)]
        async with pushing(store, clock, Shape(timeout_s=60)):
            await of.until(1)
    assert all(row.due_at == clock.ms for row in rows)
    assert all(row.tries == 0 for row in rows)


async def test_a_silent_receiver_delays_no_other(store: PushStore, clock: FakeClock) -> None:
    async with receiver(never) as silent, receiver(answering(b"ok")) as good:
        for _ in range(50):
            store.add(silent.url)
        for _ in range(50):
            store.add(good.url)
        async with pushing(store, clock, Shape(timeout_s=60)):
            await good.until(50)
            silent.released.set()
    assert sorted(map(int, good.bodies)) == list(range(51, 101))


async def test_two_projects_with_one_receiver_have_lanes_of_their_own(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        first, second = store.add(of.url, project="p"), store.add(of.url, project="q")
    assert lanes.lane_key(first) != lanes.lane_key(second)


async def test_no_answer_in_time_is_a_failed_call(store: PushStore, clock: FakeClock) -> None:
    async with receiver(never) as of:
        store.add(of.url)
        async with pushing(store, clock, Shape(timeout_s=0.05)):
            await store.until(lambda: not store.pushes)
    assert "no answer within 0.05 s" in store.told[0].text


async def test_a_dripping_answer_ends_with_the_time(store: PushStore, clock: FakeClock) -> None:
    async def drip(_of: Receiver, writer: asyncio.StreamWriter, _body: bytes) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"o")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with receiver(drip) as of:
        store.add(of.url)
        async with pushing(store, clock, Shape(timeout_s=0.1)):
            await store.until(lambda: not store.pushes)
    assert "no answer within 0.1 s" in store.told[0].text


async def test_a_giant_answer_is_read_only_so_far(store: PushStore, clock: FakeClock) -> None:
    written = 0

    async def flood(_of: Receiver, writer: asyncio.StreamWriter, _body: bytes) -> bool:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(15_000):
            writer.write(b"x" * 65_536)
            await writer.drain()
            written += 65_536
        return False

    async with receiver(flood) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert store.told[0].kind == "push-failed"
    assert len(store.told[0].text) < 300
    assert written < 50_000_000


async def test_a_packed_answer_is_not_unpacked(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"\x1f\x8b\x08 no gzip", headers=b"Content-Encoding: gzip\r\n")) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert "answered 200" in store.told[0].text


@pytest.mark.parametrize(
    "garbage",
    [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
)
async def test_an_answer_that_is_no_http_is_a_failed_call(store: PushStore, clock: FakeClock, garbage: bytes) -> None:
    async def talk(_of: Receiver, writer: asyncio.StreamWriter, _body: bytes) -> bool:
        writer.write(garbage)
        await writer.drain()
        return False

    async with receiver(talk) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert store.told[0].kind == "push-failed"


async def test_nobody_listening_is_a_failed_call(store: PushStore, clock: FakeClock) -> None:
    async with receiver(never) as of:
        url = of.url
    store.add(url)
    async with pushing(store, clock):
        await store.until(lambda: not store.pushes)
    assert store.told[0].kind == "push-failed"
    assert "Connector" in store.told[0].text


async def test_the_inside_is_not_called_unless_allowed(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        store.add(of.url)
        store.add(of.url.replace("127.0.0.1", "localhost"))
        async with pushing(store, clock, allow_inside=False):
            await store.until(lambda: not store.pushes)
    assert of.connections == 0
    assert all("not called" in event.text for event in store.told)


async def test_a_project_may_be_allowed_inside(store: PushStore, clock: FakeClock) -> None:
    world = World(things=(Project(name="p", allow_inside=True), Project(name="q")))
    async with receiver(answering(b"ok")) as of:
        store.add(of.url.replace("127.0.0.1", "localhost"))
        store.add(of.url, project="q")
        async with pushing(store, clock, allow_inside=False, world=world):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1"]


async def test_a_redirect_is_followed_with_the_same_post(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of, receiver(never) as first:
        first.handle = answering(b"", 307, b"Location: %s\r\n" % of.url.encode())
        store.add(first.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1"]
    assert store.told[0].kind == "push"


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/meta-data", "http://0x7f.1/", "file:///etc/passwd", "http://u:p@a.example/"],
)
async def test_a_redirect_to_where_we_may_not_go_is_not_followed(
    store: PushStore, clock: FakeClock, location: str
) -> None:
    async with receiver(answering(b"", 302, b"Location: %s\r\n" % location.encode())) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert "not called" in store.told[0].text


async def test_a_circle_of_redirects_ends(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"", 308, b"Location: /dr\r\n")) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert len(of.bodies) == 4
    assert "more than 3 redirects" in store.told[0].text


async def test_connections_are_kept_and_shared(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        for _ in range(300):
            store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert sorted(map(int, of.bodies)) == list(range(1, 301))
    assert of.connections <= 40


async def test_a_kept_connection_that_closes_is_not_the_receivers_no(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        store.add(of.url)
        async with pushing(store, clock) as pusher:
            await store.until(lambda: not store.pushes)
            of.handle = hang_up
            store.add(of.url)
            pusher.wake()
            await of.until(2)
            of.handle = answering(b"ok")
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1", b"2", b"2"]
    assert [event.kind for event in store.told] == ["push", "push"]


async def test_several_messages_share_a_call(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        for _ in range(7):
            store.add(of.url)
        store.add(of.url, app="other")
        async with pushing(store, clock, Shape(most=3)):
            await store.until(lambda: not store.pushes)
    assert sorted(of.bodies) == [b"1\n2\n3", b"4\n5\n6", b"7", b"8"]


async def test_a_receiver_with_too_much_waiting_is_put_off_without_losing_a_try(
    store: PushStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_WAITING", 20)
    async with receiver(never) as of:
        rows = [store.add(of.url) for _ in range(50)]
        async with pushing(store, clock, Shape(timeout_s=60)):
            await of.until(1)
            await store.until(lambda: all(clock.ms < row.due_at < clock.ms + LEASE_MS for row in rows[20:]))
            of.released.set()
    assert all(row.tries == 0 for row in rows[20:])


def test_rows_put_off_come_back_when_their_turn_is_near() -> None:
    lane = lanes.Lane(("p", "http://a.example"))
    for ms in range(0, 60_000, 10):
        lane.count(1, 1_000 + ms)
    assert 95 < lane.rate < 105
    first = lane.due_again_ms(500, 61_000)
    second = lane.due_again_ms(500, 61_000)
    assert first == 62_000
    assert 4_500 < second - first < 5_500
    lane.rate = 0
    assert lane.due_again_ms(500, 61_000) <= 661_000
    assert lane.due_again_ms(500, 61_000) == 661_000


async def test_a_push_without_its_message_is_dropped(store: PushStore, clock: FakeClock) -> None:
    store.add("http://127.0.0.1:1/")
    del store.kept[1]
    async with pushing(store, clock):
        await store.until(lambda: not store.pushes)
    assert store.told == []


async def test_a_fault_in_a_vendors_words_stops_nobody(store: PushStore, clock: FakeClock) -> None:
    async with receiver(answering(b"ok")) as of:
        store.add(of.url, dialect="unheard-of")
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"2"]
    assert "a fault of ours: KeyError" in store.told[0].text


async def test_a_store_that_was_away_is_written_to_when_it_is_back(
    store: PushStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "STORE_AWAY_S", 0.01)
    monkeypatch.setattr(outcomes, "STORE_AWAY_S", 0.01)

    async def go_away(_of: Receiver, writer: asyncio.StreamWriter, _body: bytes) -> bool:
        store.away = True
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        asyncio.get_running_loop().call_later(0.05, setattr, store, "away", False)
        return True

    async with receiver(go_away) as of:
        store.add(of.url)
        async with pushing(store, clock):
            await store.until(lambda: not store.pushes)
    assert of.bodies == [b"1"]
    assert [event.kind for event in store.told] == ["push"]
