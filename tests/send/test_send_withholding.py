"""What waited when its project's mode was changed is held, too; what is held never leaves, whatever crashes."""

from hongyan.carriers import Answer
from hongyan.model.message import State
from hongyan.model.world import Mode
from hongyan.store.ops import Release
from send.sending import BUSY, PLAIN_WORLD, Sending, project

ALLOWED, OTHER = "8613800138001", "8613800138002"
FEW = project(mode=Mode.ALLOW_LIST, allow_numbers=(ALLOWED,))


def jobs(sending: Sending) -> list[str]:
    return [one.to for one in sending.carriers["scripted"].jobs]


async def test_what_waits_for_its_time_is_held_when_its_project_no_longer_lets_it_out(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    due_at = sending.clock.now_ms() + 3_600_000
    one, other = await sending.accept(ALLOWED, OTHER, at_once=False, due_at=due_at)
    await sending.declare(FEW)
    await sending.pass_time(3_601, 3_601)
    assert jobs(sending) == [ALLOWED]
    found = await sending.look(other)
    assert (found.state, found.due_at, found.attempts) == (State.ACCEPTED, found.expires_at, 0)
    assert await sending.kinds(other) == ["withheld"]
    assert await sending.store.backlog() == 0
    sending.carriers["scripted"].take(one)

    await sending.declare(project())  # going live releases nothing by itself
    await sending.pass_time(2)
    assert jobs(sending) == [ALLOWED]

    await sending.declare(project(mode=Mode.CAPTURE))
    now = sending.clock.now_ms()
    assert await sending.store.write(Release(message_id=other.id, at=now, expires_at=now + 60_000, text="by hand"))
    await sending.pass_time(2)
    assert jobs(sending) == [ALLOWED, OTHER]


async def test_what_waits_in_memory_and_what_a_carrier_puts_off_is_held_as_well(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    scripted = sending.carriers["scripted"]
    scripted.free = 1
    tried, waiting = await sending.accept(OTHER, OTHER)
    scripted.free = 0
    assert len(scripted.jobs) == 1
    await sending.declare(project(mode=Mode.CAPTURE))
    await sending.pass_time(1)
    assert (await sending.look(waiting)).state is State.ACCEPTED
    scripted.free = 1000
    scripted.say(Answer(message_id=tried.id, at=sending.clock.now_ms(), cause=BUSY, again_ms=0))
    await sending.settled_down()
    await sending.pass_time(600, 60)
    assert len(scripted.jobs) == 1
    assert [await sending.kinds(one) for one in (tried, waiting)] == [["again", "withheld"], ["withheld"]]
    await sending.pass_time(86_400, 43_200)
    assert [await sending.state(one) for one in (tried, waiting)] == [State.EXPIRED] * 2
    assert await sending.store.balance("p") == 1_000_000_000


async def test_a_held_one_that_was_claimed_to_be_ended_ends_so_after_a_crash(sending: Sending) -> None:
    await sending.start(*PLAIN_WORLD)
    (one,) = await sending.accept(OTHER, at_once=False, due_at=sending.clock.now_ms() + 1)
    await sending.declare(project(mode=Mode.CAPTURE))
    await sending.pass_time(1)
    sending.clock.push(86_400)
    now = sending.clock.now_ms()
    assert [each.id for each in await sending.store.claim(now, 60_000, 10)] == [one.id]  # and the process dies
    await sending.store.abandon_leases(now)
    await sending.sweep.round()
    await sending.settled_down()
    found = await sending.look(one)
    assert (found.state, found.attempts, found.refund is not None) == (State.EXPIRED, 0, True)
    assert await sending.store.balance("p") == 1_000_000_000
