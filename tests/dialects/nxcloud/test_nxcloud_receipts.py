"""What receivers are told: the form, the query of old accounts, statuses, and what counts as taken."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from hongyan.dialects.nxcloud.receipts import RESULTS, Receipts, status_of
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import Message, State
from hongyan.model.world import App

APP = App(project="p", name="a")
MESSAGE = Message(
    id=42,
    project="p",
    submission=1,
    dialect="nxcloud",
    app="a",
    to="8613800138000",
    content="x",
    parts=2,
    price=90_000,
    state=State.DELIVERED,
    accepted_at=1_767_323_045_000,
    submitted_at=1_767_323_046_000,
    done_at=1_767_323_050_000,
    received_at=1_767_323_049_000,
    expires_at=1_767_409_445_000,
)


def form_of(message: Message, app: App | None = APP) -> dict[str, str]:
    call = Receipts().call([message], "https://dr.example/in", app)
    read = parse_qs(call.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in read.items()}


def test_tells_all_fields_in_a_form() -> None:
    """proves: nxcloud#push.form, nxcloud#push.fields"""
    call = Receipts().call([MESSAGE], "https://dr.example/in", APP)
    assert call.url == "https://dr.example/in"
    assert dict(call.headers) == {"content-type": "application/x-www-form-urlencoded"}
    assert form_of(MESSAGE) == {
        "phone": "8613800138000",
        "messageid": "42",
        "status": "2",
        "result": "DELIVRD",
        "sendtime": "2026-01-02 11:04:06",
        "drtime": "2026-01-02 11:04:09",
        "size": "2",
        "currency": "CNY",
        "price": "0.045",
        "rate": "1",
    }


@pytest.mark.parametrize("ext", ["订单 42", "a=b&c=d%2F+e", "", "😀\r\n"])
def test_returns_ext_as_it_was(ext: str) -> None:
    """proves: nxcloud#items.ext, nxcloud#push.fields"""
    assert form_of(msgspec.structs.replace(MESSAGE, session=ext))["ext"] == ext


def test_tells_the_callers_own_id() -> None:
    """proves: nxcloud#push.fields"""
    assert form_of(msgspec.structs.replace(MESSAGE, client_id="demo-0000000001"))["messageid"] == "demo-0000000001"


def test_tells_the_rate_of_the_app() -> None:
    """proves: nxcloud#push.fields"""
    dollars = msgspec.structs.replace(MESSAGE, currency="USD")
    told = form_of(dollars, App(project="p", name="a", cny_rate="7.1"))
    assert (told["currency"], told["rate"]) == ("USD", "7.1")


def test_a_message_that_never_left_has_times_too() -> None:
    """proves: nxcloud#push.fields"""
    told = form_of(msgspec.structs.replace(MESSAGE, state=State.REJECTED, submitted_at=None, received_at=None, price=0))
    assert (told["sendtime"], told["drtime"], told["price"]) == ("2026-01-02 11:04:05", "2026-01-02 11:04:10", "0")


@pytest.mark.parametrize(
    ("target", "before"),
    [("https://dr.example/in", "https://dr.example/in?"), ("https://dr.example/in?k=v", "https://dr.example/in?k=v&")],
)
def test_old_accounts_get_the_fields_in_the_query(target: str, before: str) -> None:
    """proves: nxcloud#push.query"""
    call = Receipts().call([MESSAGE], target, App(project="p", name="a", report_in_query=True))
    assert call.body == b""
    assert call.headers == ()
    assert call.url.startswith(before)
    assert parse_qs(urlsplit(call.url).query)["messageid"] == ["42"]


def test_the_query_comes_before_a_fragment() -> None:
    """proves: nxcloud#push.query"""
    call = Receipts().call([MESSAGE], "https://dr.example/in#x", App(project="p", name="a", report_in_query=True))
    assert call.url.startswith("https://dr.example/in?phone=")
    assert call.url.endswith("#x")


def _cause(code: str, kind: CauseKind = CauseKind.NUMBER) -> str:
    return Cause(kind, code, "text|with|bars", "carrier").joined()


@pytest.mark.parametrize(
    ("state", "cause", "expected"),
    [
        (State.DELIVERED, _cause("DELIVRD"), (2, "DELIVRD")),
        (State.DELIVERED, None, (2, "DELIVRD")),
        (State.DELIVERED, _cause("0"), (2, "DELIVRD")),
        (State.UNDELIVERED, None, (5, "UNDELIV")),
        (State.UNDELIVERED, _cause("UNDELIV"), (5, "UNDELIV")),
        (State.UNDELIVERED, _cause("MK:0001"), (5, "MK:0001")),
        (State.UNDELIVERED, _cause("DELIVRD"), (5, "UNDELIV")),
        (State.UNDELIVERED, _cause(""), (5, "UNDELIV")),
        (State.UNDELIVERED, _cause("DELETED"), (8, "DELETED")),
        (State.UNDELIVERED, _cause("DND"), (9, "DND")),
        (State.REJECTED, None, (6, "REJECTD")),
        (State.REJECTED, _cause("REJECTD"), (6, "REJECTD")),
        (State.REJECTED, _cause("ESME_RINVDSTADR"), (10, "ESME_RINVDSTADR")),
        (State.REJECTED, _cause("81", CauseKind.NUMBER), (10, "81")),
        (State.REJECTED, _cause("10", CauseKind.SENDER), (11, "10")),
        (State.REJECTED, _cause("88", CauseKind.LIMIT), (6, "88")),
        (State.EXPIRED, _cause("EXPIRED"), (7, "EXPIRED")),
        (State.EXPIRED, None, (7, "EXPIRED")),
        (State.UNKNOWN, None, (12, "UNKNOWN")),
        (State.UNKNOWN, _cause("UNKNOWN"), (12, "UNKNOWN")),
    ],
)
def test_says_each_ending_in_the_vendors_numbers(state: State, cause: str | None, expected: tuple[int, str]) -> None:
    """proves: nxcloud#push.status"""
    assert status_of(msgspec.structs.replace(MESSAGE, state=state, cause=cause)) == expected


def test_knows_all_of_the_vendors_numbers() -> None:
    """proves: nxcloud#push.status"""
    assert sorted(RESULTS.values()) == [2, 5, 6, 7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b"success", True),
        (200, b" success\r\n", True),
        (200, b"SUCCESS", True),
        (200, b"error", False),
        (200, b"", False),
        (200, b"<html>success</html>", False),
        (500, b"success", False),
        (302, b"success", False),
    ],
)
def test_only_the_word_success_means_taken(status: int, body: bytes, taken: bool) -> None:
    """proves: nxcloud#push.answer"""
    assert Receipts().taken(status, body) is taken


def test_a_receipt_is_pushed_once_and_alone() -> None:
    """proves: nxcloud#push.once, nxcloud#push.form"""
    shape: Any = Receipts()
    assert (shape.most, shape.retries_s) == (1, ())
