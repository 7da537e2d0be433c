"""Codes of status reports, and whatever octets gateways bring: each has one meaning and one acknowledgement."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.hostile_smsc import message
from carriers.scripted_gateway import CMPP2, CMPP3, SGIP, SMGP
from hongyan.carriers.china.settings import checked
from hongyan.carriers.china.stats import STATS, Stats
from hongyan.carriers.cmpp.settings import SETTINGS as CMPP_SETTINGS
from hongyan.carriers.cmpp.wording import CmppWording
from hongyan.carriers.links import Wording
from hongyan.carriers.sgip.settings import SETTINGS as SGIP_SETTINGS
from hongyan.carriers.sgip.wording import SgipWording
from hongyan.carriers.smgp.settings import SETTINGS as SMGP_SETTINGS
from hongyan.carriers.smgp.wording import SmgpWording
from hongyan.model.cause import CauseKind
from hongyan.model.message import State
from hongyan.wire import cmpp, sgip, smgp
from hongyan.wire.stat import STAT_FAMILIES, explain_stat
from hongyan.wire.stat import STATS as STAT_WORDS

MOST = 60
OCTETS = st.binary(max_size=140)
BYTE = st.integers(0, 255)
NUMBER = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=21)


def stats(**own: str) -> Stats:
    return Stats("c", own, words=explain_stat)


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        ("DELIVRD", State.DELIVERED, CauseKind.DELIVERED),
        ("EXPIRED", State.EXPIRED, CauseKind.TIME),
        ("UNDELIV", State.UNDELIVERED, CauseKind.NUMBER),
        ("REJECTD", State.REJECTED, CauseKind.CARRIER),
        ("UNKNOWN", State.UNKNOWN, CauseKind.CARRIER),
        ("MC:0055", State.UNKNOWN, CauseKind.CARRIER),
        ("IC:0151", State.UNKNOWN, CauseKind.CARRIER),
        ("IB:0064", State.UNDELIVERED, CauseKind.CARRIER),
        ("MK:0001", State.UNDELIVERED, CauseKind.NUMBER),
        ("DB:0309", State.UNDELIVERED, CauseKind.HANDSET),
        ("MX:0011", State.UNDELIVERED, CauseKind.CARRIER),
        ("NOROUTE", State.UNDELIVERED, CauseKind.CARRIER),
        ("delivrd", State.UNDELIVERED, CauseKind.CARRIER),
        ("", State.UNKNOWN, CauseKind.CARRIER),
    ],
)
def test_each_code_has_its_state_and_keeps_its_letters(code: str, state: State, kind: CauseKind) -> None:
    outcome = stats().outcome(code)
    assert outcome is not None
    assert (outcome.state, outcome.cause.kind, outcome.cause.code) == (state, kind, code)


def test_only_one_code_is_a_success_and_one_is_no_end() -> None:
    told = {code: stats().outcome(code) for code in {*STATS, *STAT_WORDS, *(f"{name}:0001" for name in STAT_FAMILIES)}}
    assert [code for code, outcome in told.items() if outcome is None] == ["ACCEPTD"]
    assert [code for code, outcome in told.items() if outcome and outcome.state is State.DELIVERED] == ["DELIVRD"]


def test_rows_of_an_operator_win_the_exact_one_first_then_the_longest_beginning() -> None:
    own = {"MB:1042": "delivered", "MB:10*": "expired", "MB*": "unknown", "DELIVRD": "ignored", "XX": "rejected"}
    found = stats(**own)
    states = {}
    for code in ("MB:1042", "MB:1043", "MB:2000", "DELIVRD", "XX:0001", "MA:0001"):
        outcome = found.outcome(code)
        states[code] = outcome and outcome.state
    assert states == {
        "MB:1042": State.DELIVERED,
        "MB:1043": State.EXPIRED,
        "MB:2000": State.UNKNOWN,
        "DELIVRD": None,
        "XX:0001": State.REJECTED,
        "MA:0001": State.UNDELIVERED,
    }


def test_codes_that_a_peer_makes_up_do_not_fill_memory() -> None:
    found = stats()
    for number in range(3_000):
        found.outcome(f"X{number}")
    assert len(found._outcomes) == 1_000  # what is bounded shows nowhere else


def test_odd_octets_of_a_code_do_no_harm() -> None:
    outcome = stats().outcome("A|B\n\xe9" + "x" * 99)
    assert outcome is not None
    assert outcome.cause.code == "A?B??" + "x" * 27


def wording(kind: type[Any], table: Any, script: Any) -> Wording:
    made: Wording = kind("c", checked("c", "x", table, {"host": "h", **script.settings}))
    return made


WORDINGS = {
    "cmpp20": wording(CmppWording, CMPP_SETTINGS, CMPP2),
    "cmpp30": wording(CmppWording, CMPP_SETTINGS, CMPP3),
    "smgp": wording(SmgpWording, SMGP_SETTINGS, SMGP),
    "sgip": wording(SgipWording, SGIP_SETTINGS, SGIP),
}
REQUESTS: dict[str, Any] = {
    "cmpp": st.builds(
        cmpp.Deliver,
        st.integers(1, 9),
        msg_id=st.integers(0, 2**64 - 1),
        dest_id=NUMBER,
        tp_udhi=BYTE,
        msg_fmt=BYTE,
        src_terminal_id=NUMBER,
        registered_delivery=BYTE,
        msg_content=OCTETS,
    ),
    "smgp": st.builds(
        smgp.Deliver,
        st.integers(1, 9),
        msg_id=st.binary(min_size=10, max_size=10),
        is_report=BYTE,
        msg_format=BYTE,
        src_term_id=NUMBER,
        dest_term_id=NUMBER,
        msg_content=OCTETS | st.builds(lambda octets: b"id:" + octets, OCTETS),
        tlvs=st.just(()) | st.just(((smgp.TP_UDHI, b"\1"), (9, b""))),
    ),
    "sgip": st.builds(sgip.Deliver, st.just(sgip.Sequence(1, 2, 3)), NUMBER, NUMBER, BYTE, BYTE, BYTE, OCTETS)
    | st.builds(
        sgip.Report, st.just(sgip.Sequence(1, 2, 3)), st.just(sgip.Sequence(3, 2, 1)), BYTE, NUMBER, BYTE, BYTE
    ),
}


@pytest.mark.parametrize("name", WORDINGS)
@given(data=st.data())
@settings(max_examples=MOST)
def test_every_request_gets_one_acknowledgement_whatever_is_in_it(name: str, data: st.DataObject) -> None:
    requests = data.draw(st.lists(REQUESTS[name[:4]], max_size=4))
    brought = WORDINGS[name].brought([*requests, cmpp.Unknown(99, 1)], 5)
    assert len(brought.receipts) == len(brought.receipt_replies)
    assert len(brought.incoming) == len(brought.incoming_replies)
    assert len(brought.receipts) + len(brought.incoming) + len(brought.at_once) == len(requests)
    assert brought.dismissed == 1
    for receipt in brought.receipts:
        assert receipt.cause.code.isprintable()
        assert receipt.number == "" or receipt.number.isdigit()
    for reply in brought.incoming:
        assert reply.piece is None or 1 <= reply.piece.number <= reply.piece.total


@pytest.mark.parametrize("name", WORDINGS)
@given(text=st.text(max_size=300), strips=st.booleans())
@settings(max_examples=MOST)
def test_every_text_goes_into_parts_that_fit(name: str, text: str, strips: bool) -> None:
    text = text.encode("utf-16-be", "ignore").decode("utf-16-be")
    parts = WORDINGS[name].parts(message(1, content=f"【鸿雁】{text}" if strips else text))
    script = {"cmpp20": CMPP2, "cmpp30": CMPP3, "smgp": SMGP, "sgip": SGIP}[name]
    for part in parts:
        frame = WORDINGS[name].frame(bytes(12) if script is SGIP else 1, part)
        pdu = script.decode(frame)
        written = pdu.message_content if isinstance(pdu, sgip.Submit) else pdu.msg_content
        assert written == part.content
        assert len(written) <= 140
