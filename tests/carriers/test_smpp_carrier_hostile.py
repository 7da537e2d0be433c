"""An SMPP carrier against an SMSC that misbehaves: nothing is lost, nothing is told twice, what is unsure says so."""

import asyncio
from random import Random

import pytest

from carriers.hostile_smsc import Caller, listening, message, talking, until
from hongyan.model.cause import CauseKind
from hongyan.wire import smpp


async def test_answers_out_of_order_find_their_messages() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, window=50) as (carrier, ears):
            carrier.submit([message(n, content=f"text {n}") for n in range(1, 51)])
            await until(lambda: len(smsc.submits) == 50)
            shuffled = list(smsc.submits)
            Random(7).shuffle(shuffled)
            for submit in shuffled:
                smsc.caller.taken(submit, submit.short_message.decode().replace("text ", "m"))
            await until(lambda: len(ears.answers) == 50)
            assert {answer.message_id: answer.provider_id for answer in ears.answers} == {
                n: f"m{n}" for n in range(1, 51)
            }


async def test_a_second_answer_and_one_to_nothing_are_only_counted() -> None:
    async with listening() as smsc:

        def twice(caller: Caller, submit: smpp.SubmitSm) -> None:
            caller.taken(submit, "a")
            caller.taken(submit, "b")
            caller.say(smpp.SubmitSmResp(999_999, 0, "c"), smpp.GenericNack(888_888, 3))

        smsc.on_submit = twice
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            carrier.submit([message(2)])
            await until(lambda: len(ears.answers) == 2)
            assert [answer.provider_id for answer in ears.answers] == ["a", "a"]
            assert carrier.links()[0].state == "open"


async def test_no_answer_in_time_is_unsure_once_and_a_late_one_is_told_as_such() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, answer_s=0.1) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert answer.unsure
            assert answer.cause is not None
            assert answer.cause.code == "NO-ANSWER"
            smsc.caller.taken(smsc.submits[0])
            smsc.on_submit = lambda caller, submit: caller.taken(submit)
            carrier.submit([message(2)])
            await until(lambda: len(ears.answers) == 3)
            late, following = ears.answers[1:]
            assert (late.message_id, late.late, late.provider_id) == (1, True, "id2")
            assert (following.message_id, following.late) == (2, False)
            assert carrier.room() == 10


async def test_a_late_refusal_is_told_as_late_and_a_late_answer_of_a_part_names_its_message() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, answer_s=0.1) as (carrier, ears):
            carrier.submit([message(1), message(2, content="x" * 300)])
            await until(lambda: len(ears.answers) == 2)
            smsc.caller.refused(smsc.submits[0], 0x58)
            smsc.caller.taken(smsc.submits[1], "p1")
            await until(lambda: len(ears.answers) == 4)
            refused, part = ears.answers[2:]
            assert (refused.message_id, refused.late, refused.provider_id) == (1, True, None)
            assert (part.message_id, part.late, part.unsure, part.provider_id) == (2, True, True, "p1")


async def test_what_answers_without_an_error_and_is_no_answer_is_unsure() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.say(smpp.GenericNack(submit.sequence, 0))
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].unsure


async def test_a_bind_that_is_answered_by_something_else_is_no_log_in() -> None:
    async with listening() as smsc:
        smsc.on_bind = lambda caller, bind: caller.say(smpp.EnquireLinkResp(bind.sequence))
        async with talking(smsc, waits=False) as (carrier, _):
            await until(lambda: "NO-BIND" in carrier.links()[0].last_error)


async def test_a_slow_smsc_does_not_hold_up_the_pace() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, link_pace=50, window=10) as (carrier, _):
            carrier.submit([message(n) for n in range(1, 11)])
            await until(lambda: len(smsc.submits) == 10)  # though not one is answered


async def test_no_more_waits_inside_than_the_pace_lets_through_soon() -> None:
    async with listening() as smsc, talking(smsc, link_pace=5, window=1_000) as (carrier, _):
        assert carrier.room() == 5


async def test_closing_lets_a_message_finish_whose_first_part_is_under_way() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, drain_s=10, window=1) as (carrier, ears):
            carrier.submit([message(1, content="x" * 400)])
            await until(lambda: smsc.submits)
            closing = asyncio.create_task(carrier.close())
            smsc.on_submit = lambda caller, submit: caller.taken(submit)
            smsc.caller.taken(smsc.submits[0])
            await closing
            (answer,) = ears.answers
            assert (len(answer.part_ids), answer.cause) == (3, None)
            assert isinstance(smsc.caller.others[-1], smpp.Unbind)


async def test_a_message_that_cannot_be_written_ends_alone() -> None:
    async with listening() as smsc, talking(smsc, long="payload") as (carrier, ears):
        carrier.submit([message(1, content="x" * 70_000), message(2)])
        await until(lambda: len(ears.answers) == 2)
        assert ears.by_id()[1].cause is not None
        assert ears.by_id()[1].again_ms is None
        assert ears.by_id()[2].provider_id


async def test_a_link_that_breaks_with_a_full_window_leaves_every_message_unsure_once() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.reset() if len(smsc.submits) == 5 else None
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(n) for n in range(1, 11)])
            await until(lambda: len(ears.answers) == 10)
            assert sorted(ears.by_id()) == list(range(1, 11))
            assert all(answer.unsure for answer in ears.answers)
            await until(carrier.room)  # it dials again by itself
            assert len(smsc.callers) == 2


async def test_what_was_never_written_goes_back_as_safe() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        await until(carrier.room)
        carrier.submit([message(1), message(2)])
        for dialer in carrier._dialers:
            dialer.links[0].drop()  # before this turn of the loop has written anything
        await until(lambda: len(ears.answers) == 2)
        assert all(answer.again_ms is not None and not answer.unsure for answer in ears.answers)
        assert all(answer.cause is not None and answer.cause.kind is CauseKind.CARRIER for answer in ears.answers)
        assert not smsc.submits


async def test_what_was_never_written_goes_by_another_link_if_there_is_one() -> None:
    async with listening() as smsc, talking(smsc, links=2) as (carrier, ears):
        carrier.submit([message(n) for n in range(1, 5)])
        carrier._dialers[0].links[0].drop()
        await until(lambda: len(ears.answers) == 4)
        assert all(answer.provider_id for answer in ears.answers)
        assert len(smsc.submits) == 4


async def test_there_is_no_room_while_no_link_is_open() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        smsc.on_bind = lambda caller, bind: caller.reset()
        smsc.caller.reset()
        await until(lambda: not carrier.room())
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        assert ears.answers[0].again_ms is not None
        assert ears.answers[0].cause is not None
        assert ears.answers[0].cause.kind is CauseKind.CARRIER


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\x05\0\0\0\0", b"\xff" * 64, b"\0\0\0\0"],
    ids=["http", "too-short", "too-long", "zero"],
)
async def test_garbage_ends_the_link_and_it_comes_back(garbage: bytes) -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: smsc.submits)
            smsc.caller.octets(garbage)
            await until(lambda: ears.answers)
            assert ears.answers[0].unsure
            await until(lambda: len(smsc.callers) == 2 and carrier.room())
            assert "GARBAGE" in carrier.links()[0].last_error


async def test_half_a_pdu_that_is_never_completed_is_no_sign_of_life() -> None:
    async with listening() as smsc:
        smsc.on_other = lambda caller, pdu: caller.octets(b"\0" * 16)
        async with talking(smsc, idle_s=0.1, alive_s=0.1, alive_tries=2) as (carrier, _):
            smsc.caller.octets(bytes(range(64)))  # begins like a PDU of 66,051 octets
            await until(lambda: len(smsc.callers) == 2)
            assert "SILENT" in carrier.links()[0].last_error


async def test_a_malformed_request_is_answered_and_the_link_goes_on() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        caller = smsc.caller
        whole = smpp.encode(caller.delivery("8613800138000", b"hello"))
        cut = (len(whole) - 4).to_bytes(4, "big") + whole[4:-4]
        caller.octets(cut)
        caller.receipt("1")
        await until(lambda: ears.receipts)
        await until(lambda: len(caller.others) >= 2)
        refused = caller.others[0]
        assert isinstance(refused, smpp.DeliverSmResp | smpp.GenericNack)
        assert refused.status
        assert carrier.links()[0].state == "open"


async def test_an_answer_that_cannot_be_read_is_unsure() -> None:
    async with listening() as smsc:

        def cut(caller: Caller, submit: smpp.SubmitSm) -> None:
            frame = smpp.encode(smpp.SubmitSmResp(submit.sequence, 0, "abc", ((0x1400, b"zz"),)))
            caller.octets(frame[:-3].replace(frame[:4], (len(frame) - 3).to_bytes(4, "big"), 1))

        smsc.on_submit = cut
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].provider_id == "abc" or ears.answers[0].unsure
            assert carrier.links()[0].state == "open"


async def test_a_pdu_in_single_octets_is_understood() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        caller = smsc.caller
        for octet in smpp.encode(caller.delivery("8613800138000", b"slow")):
            caller.octets(bytes((octet,)))
            await asyncio.sleep(0)
        await until(lambda: ears.replies)
        assert ears.replies[0].octets == b"slow"


async def test_receipts_before_answers_go_out_as_they_come() -> None:
    async with listening() as smsc:

        def early(caller: Caller, submit: smpp.SubmitSm) -> None:
            caller.receipt("e1")
            caller.taken(submit, "e1")

        smsc.on_submit = early
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers and ears.receipts)
            assert ears.receipts[0].provider_id == ears.answers[0].provider_id


async def test_receipts_right_behind_the_answer_to_the_bind_are_heard() -> None:
    async with listening() as smsc:

        def eager(caller: Caller, bind: smpp.Bind) -> None:
            caller.octets(
                smpp.encode(smpp.BindTransceiverResp(bind.sequence))
                + smpp.encode(caller.delivery("8613800138000", b"at once"))
            )

        smsc.on_bind = eager
        async with talking(smsc) as (_, ears):
            await until(lambda: ears.replies)


async def test_the_peer_s_goodbye_is_answered_and_the_link_comes_back() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, _):
        smsc.caller.say(smpp.Unbind(9))
        await until(lambda: any(isinstance(pdu, smpp.UnbindResp) for pdu in smsc.callers[0].others))
        await until(lambda: len(smsc.binds) == 2 and carrier.room())


async def test_a_silent_peer_is_asked_and_then_dropped() -> None:
    async with listening() as smsc:
        smsc.on_other = lambda caller, pdu: None
        async with talking(smsc, idle_s=0.05, alive_s=0.1, alive_tries=2) as (carrier, _):
            await until(lambda: len(smsc.callers) == 2)
            asked = [pdu for pdu in smsc.callers[0].others if isinstance(pdu, smpp.EnquireLink)]
            assert len(asked) == 2
            assert "SILENT" in carrier.links()[0].last_error


async def test_closing_drains_what_is_under_way_and_gives_back_the_rest() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, window=2, drain_s=5) as (carrier, ears):
            carrier.submit([message(1), message(2), message(3)])
            await until(lambda: len(smsc.submits) == 2)
            closing = asyncio.create_task(carrier.close())
            await until(lambda: ears.answers)
            assert ears.answers[0].message_id == 3
            assert ears.answers[0].again_ms is not None
            assert carrier.room() == 0
            for submit in smsc.submits:
                smsc.caller.taken(submit)
            await closing
            assert len(ears.answers) == 3
            assert isinstance(smsc.caller.others[-1], smpp.Unbind)


async def test_every_message_of_a_long_fight_is_told_exactly_once() -> None:
    """Answers, refusals, throttles, silence, resets and goodbyes at random, over three links."""
    random = Random(3)
    async with listening() as smsc:

        def whim(caller: Caller, submit: smpp.SubmitSm) -> None:
            draw = random.randrange(100)
            if draw < 2:
                caller.reset()
            elif draw < 3:
                caller.octets(b"\0\0\0\1")
            elif draw < 4:
                caller.say(smpp.Unbind(10_000 + submit.sequence))
            elif draw < 10:
                caller.refused(submit, random.choice([0x58, 0x14, 0x0B, 0x08]))
            elif draw < 13:
                pass
            else:
                caller.taken(submit)

        smsc.on_submit = whim
        async with talking(smsc, links=3, window=20, answer_s=0.3, drain_s=1) as (carrier, ears):
            sent = 0
            async with asyncio.timeout(60):
                while sent < 3000:
                    room = min(carrier.room(), 3000 - sent)
                    carrier.submit([message(sent + n) for n in range(1, room + 1)])
                    sent += room
                    await asyncio.sleep(0)
                await until(lambda: len(ears.answers) >= 3000)
            assert sorted(answer.message_id for answer in ears.answers) == list(range(1, 3001))
            taken = sum(answer.provider_id is not None for answer in ears.answers)
            assert taken > 1500
            links = [link for dialer in carrier._dialers for link in dialer.links]
            assert not any(link.unanswered() for link in links)
            assert not carrier._queue
