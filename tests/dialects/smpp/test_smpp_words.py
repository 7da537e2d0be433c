"""The pure pieces of the SMPP server: the table of reasons, codings, addresses, what is remembered, receipts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.dialects.smpp import delivering
from hongyan.dialects.smpp.addresses import receiver, sender
from hongyan.dialects.smpp.coding import alphabet_of, text_in
from hongyan.dialects.smpp.kept import Kept, kept_in, written
from hongyan.dialects.smpp.reasons import STATUSES, refused, sentence
from hongyan.dialects.smpp.wrong import Wrong
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import State
from hongyan.model.reason import Reason
from hongyan.text.air import octets
from hongyan.wire import smpp
from hongyan.wire.smpp import statuses, tlvs


def test_every_reason_has_a_status_of_the_specification() -> None:
    assert set(STATUSES) == set(Reason)
    assert {status for status in STATUSES.values() if status not in statuses.STATUSES} == set()
    assert 0 not in STATUSES.values()


def test_every_state_has_a_word() -> None:
    assert set(delivering.STATS) == set(State)


def test_a_refusal_carries_its_sentence_where_the_version_knows_parameters() -> None:
    long = sentence(Reason.KEYWORD, {"word": "赌" * 500})
    assert len(long) <= 255
    answer = smpp.decode(refused(smpp.SubmitSm(7), 0x66, long, 0x34))
    assert isinstance(answer, smpp.SubmitSmResp)
    assert (answer.sequence, answer.status) == (7, 0x66)
    assert tlvs.text(answer.tlvs, tlvs.ADDITIONAL_STATUS_INFO_TEXT) == long
    assert len(refused(smpp.SubmitSm(7), 0x66, long, 0x33)) == smpp.HEADER
    assert len(refused(smpp.QuerySm(7), 0x0C, long, 0x34)) == smpp.HEADER


@given(st.text(alphabet="abc @€{}[]\n~|éñß", max_size=80))
def test_what_is_written_in_the_gsm_alphabet_is_read_under_zero_and_one(text: str) -> None:
    septets = octets(text, "gsm7")
    assert text_in(septets, alphabet_of(0, septets, {})) == text
    if any(code < 0x20 and code not in b"\n\r" for code in septets):
        assert text_in(septets, alphabet_of(1, septets, {})) == text


def refusal_of(reading: Callable[[], object]) -> int:
    """Return the status with which something is refused; 0 when it is read."""
    try:
        reading()
    except Wrong as wrong:
        return wrong.status
    return 0


@given(st.integers(0, 255), st.binary(max_size=60))
def test_any_octets_under_any_coding_are_a_text_or_refused(coding: int, content: bytes) -> None:
    assert refusal_of(lambda: text_in(content, alphabet_of(coding, content, {}))) in statuses.STATUSES


@given(st.integers(0, 255), st.text(max_size=25))
def test_any_address_is_read_or_refused(ton: int, address: str) -> None:
    assert refusal_of(lambda: receiver((ton, 1, address), "86")) in statuses.STATUSES
    assert refusal_of(lambda: sender((ton, 1, address), (), "shop")) in statuses.STATUSES


@given(
    st.builds(
        Kept,
        source=st.tuples(st.integers(0, 255), st.integers(0, 255), st.text(max_size=20)),
        to=st.tuples(st.integers(0, 255), st.integers(0, 255), st.text(max_size=20)),
        reference=st.none() | st.integers(0, 65535),
        ids=st.lists(st.integers(0, 2**63 - 1), max_size=5).map(tuple),
    )
)
def test_what_a_message_remembers_comes_back(kept: Kept) -> None:
    assert kept_in(written(kept)) == kept


def test_a_message_that_remembers_nothing_has_one_receipt() -> None:
    assert kept_in(None).ids == (0,)


@pytest.mark.parametrize(
    ("code", "stat", "err"),
    [
        ("DELIVRD", "DELIVRD", "000"),
        ("27", "UNDELIV", "027"),
        ("MK:0012", "UNDELIV", "012"),
        ("0", "UNDELIV", "000"),
        ("1234", "UNDELIV", "1234"),
        ("NOROUTE", "REJECTD", "001"),
    ],
)
def test_the_error_is_the_carriers_number_where_it_has_one(code: str, stat: str, err: str) -> None:
    assert delivering.error_of(Cause(CauseKind.NUMBER, code, "", "carrier"), stat) == err
