import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hongyan.watch import logs


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def said(**event: object) -> dict[str, object]:
    stream = io.StringIO()
    logs.configure(level="info", form="json", stream=stream)
    structlog.get_logger("x").info("it happened", **event)
    found: dict[str, object] = json.loads(stream.getvalue())
    return found


def test_masks_phone_numbers_in_fields_and_in_sentences() -> None:
    event = said(to="8613800138000", text="sent to +8613800138000 and 13800138000", nested={"to": ["13800138000"]})
    assert "138001" not in json.dumps(event)
    assert event["to"] == "86138****8000"


def test_masks_secrets_by_name_and_by_shape() -> None:
    event = said(
        secret="s1",
        admin_token="s2",
        headers={"Authorization": "Bearer s3"},
        note="APPCODE s4",
        url="postgresql://user:s5@host/db",
    )
    for secret in ("s1", "s2", "s3", "s4", "s5"):
        assert secret not in json.dumps(event)


def test_leaves_ids_and_times_readable() -> None:
    event = said(message_id="178123456789012345", request_id="20200427205236abcdefgh", price="0.045")
    assert event["message_id"] == "178123456789012345"
    assert event["request_id"] == "20200427205236abcdefgh"


def test_is_quiet_below_its_level_and_speaks_for_other_libraries_too() -> None:
    stream = io.StringIO()
    logs.configure(level="warning", form="json", stream=stream)
    structlog.get_logger("x").info("nothing")
    assert stream.getvalue() == ""
    logging.getLogger("uvicorn.error").warning("odd thing from %s", "13800138000")
    assert json.loads(stream.getvalue())["event"] == "odd thing from 138****8000"


def test_writes_text_for_people_and_masks_what_an_exception_says() -> None:
    stream = io.StringIO()
    logs.configure(level="info", form="text", stream=stream)
    try:
        raise ValueError("number 13800138000")  # noqa: TRY301 - what is raised is the point
    except ValueError:
        structlog.get_logger("x").exception("failed", request_id="r1")
    assert "request_id" in stream.getvalue()
    assert "13800138000" not in stream.getvalue()


def test_what_a_peer_can_cause_over_and_over_is_not_told_over_and_over() -> None:
    stream = io.StringIO()
    logs.configure(level="info", form="json", stream=stream)
    for number in range(5_000):
        structlog.get_logger("x").warning("a stream cannot be followed", peer=f"192.0.2.1:{number}")
        logging.getLogger("asyncio").error("Fatal error %d", number)
    structlog.get_logger("x").warning("another thing")
    told = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert len(told) == 2 * logs.SAID_MOST + 1
    assert told[-1] == "another thing"


def test_the_next_time_it_says_how_often_it_was_left_out() -> None:
    now = [0.0]
    sparing = logs.Sparing(lambda: now[0])
    assert [sparing.left_out("x") for _ in range(25)] == [0] * 20 + [None] * 5
    now[0] += logs.SAID_WITHIN_S
    assert sparing(None, "warning", {"event": "x"}) == {"event": "x", "left_out": 5}
    now[0] += logs.SAID_WITHIN_S
    assert sparing(None, "warning", {"event": "x"}) == {"event": "x"}
