"""What the results of answers to submits come to at CMPP, SMGP and SGIP carriers."""

from typing import Any

import pytest

from carriers.hostile_smsc import message, until
from carriers.scripted_gateway import ALL, CMPP2, CMPP3, SGIP, SMGP, Script, listening, talking
from hongyan.model.cause import CauseKind
from hongyan.model.message import State

each = pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)


@each
async def test_too_fast_pauses_and_is_no_try(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.say(script.refused(submit, script.throttle))
        async with talking(gateway, throttle_pause_ms=250) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert (answer.slow_down, answer.again_ms, answer.unsure) == (True, 250, False)
            assert answer.cause is not None
            assert (answer.cause.kind, answer.cause.code) == (CauseKind.LIMIT, str(script.throttle))
            assert carrier.links()[0].throttled == 1


ENDINGS = [
    (CMPP3, 1, CauseKind.OURS, False, False),
    (CMPP2, 3, CauseKind.CARRIER, False, True),
    (CMPP2, 9, CauseKind.NUMBER, True, False),
    (CMPP3, 10, CauseKind.SENDER, False, False),
    (CMPP3, 13, CauseKind.NUMBER, False, False),
    (CMPP3, 6, CauseKind.CONTENT, False, False),
    (CMPP3, 0x01020304, CauseKind.CARRIER, False, False),
    (SMGP, 12, CauseKind.CARRIER, False, True),
    (SMGP, 47, CauseKind.NUMBER, False, False),
    (SMGP, 74, CauseKind.LIMIT, True, False),
    (SMGP, 75, CauseKind.CARRIER, True, False),
    (SMGP, 21, CauseKind.CARRIER, True, False),
    (SMGP, 200, CauseKind.CARRIER, False, False),
    (SGIP, 6, CauseKind.NUMBER, False, False),
    (SGIP, 8, CauseKind.CONTENT, False, False),
    (SGIP, 9, CauseKind.CARRIER, False, True),
    (SGIP, 23, CauseKind.NUMBER, True, False),
    (SGIP, 32, CauseKind.LIMIT, True, False),
]


@pytest.mark.parametrize(("script", "result", "kind", "again", "unsure"), ENDINGS)
async def test_each_result_has_its_ending(
    script: Script, result: int, kind: CauseKind, *, again: bool, unsure: bool
) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.say(script.refused(submit, result))
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert answer.cause is not None
            assert (answer.cause.kind, answer.cause.code, answer.cause.said_by) == (kind, str(result), "c")
            assert (answer.again_ms is not None, answer.unsure, answer.slow_down) == (again, unsure, False)


@pytest.mark.parametrize(("script", "result"), [(SGIP, 11), (SGIP, 33)])
async def test_busy_nodes_and_full_queues_slow_down(script: Script, result: int) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.say(script.refused(submit, result))
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].slow_down


@each
async def test_an_operator_says_what_results_and_codes_mean(script: Script) -> None:
    failed = script.failed.replace("/", ":")
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: (
            client.say(script.refused(submit, 99)) if len(gateway.submits) == 1 else gateway.take(client, submit)
        )
        own: dict[str, Any] = {
            "statuses": {"99": "throttle"},
            "stats": {failed[:3] + "*": "unknown", failed: "expired"},
        }
        async with talking(gateway, **own) as (carrier, ears):
            carrier.submit([message(1), message(2)])
            await until(lambda: len(ears.answers) == 2)
            assert ears.answers[0].slow_down
            gateway.client.report(gateway.submits[1], 2, script.failed)
            gateway.client.report(gateway.submits[1], 2, failed[:3] + "7" if script is not SMGP else "UND")
            await until(lambda: len(ears.receipts) == 2)
            assert [receipt.state for receipt in ears.receipts] == [State.EXPIRED, State.UNKNOWN]
            assert ears.receipts[0].cause.kind is CauseKind.TIME
            assert ears.receipts[0].cause.code == failed
