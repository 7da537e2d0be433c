"""Ids in answers and receipts: set, learnt, and never guessed."""

import pytest

from hongyan.carriers.smpp.ids import ENOUGH, RECENT_MOST, Ids

ONE, OTHER = "8613800138000", "8613900139000"


@pytest.mark.parametrize(
    ("mode", "answered", "receipted"),
    [
        ("as-is", "00Ab-1", "00Ab-1"),
        ("plain", "00AB12", "ab12"),
        ("plain", "7", "0000000007"),
        ("hex", "1A2B3C", "1715004"),
        ("hex", "001a2b3c", "01715004"),
        ("decimal", "1715004", "1A2B3C"),
        ("decimal", "1715004", "001a2b3c"),
        ("hex", "some-text-id", "some-text-id"),
    ],
)
def test_a_set_mode_makes_both_spellings_one(mode: str, answered: str, receipted: str) -> None:
    ids = Ids(mode)
    assert ids.answered(answered, ONE) == ids.receipted(receipted, ONE)[0]


def test_while_learning_a_spelling_counts_only_for_the_same_number() -> None:
    ids = Ids("learn")
    assert ids.answered("1A2B3C", ONE) == "1a2b3c"
    assert ids.receipted("1715004", ONE)[0] == "1a2b3c"
    first, others = ids.receipted("1715004", OTHER)
    assert first == "1715004"
    assert "1a2b3c" in others


def test_another_message_s_id_is_never_taken_for_this_one_s() -> None:
    """Hexadecimal counters: 0x64 is 100, and 0x100 is a message of its own."""
    ids = Ids("learn")
    ids.answered("64", ONE)
    ids.answered("100", OTHER)
    assert ids.receipted("100", ONE)[0] == "64"
    assert ids.receipted("256", OTHER)[0] == "100"


def test_an_unknown_receipt_of_somebody_else_s_id_is_not_claimed_by_them() -> None:
    ids = Ids("learn")
    ids.answered("100", OTHER)
    first, others = ids.receipted("100", ONE)
    assert first != "100"
    assert "100" in others


@pytest.mark.parametrize(("mode", "spelled"), [("hex", "{:d}"), ("decimal", None), ("plain", "{:08X}")])
def test_what_enough_receipts_agree_on_is_settled(mode: str, spelled: str | None) -> None:
    ids = Ids("learn")
    for n in range(0xA000, 0xA000 + ENOUGH):
        answered, receipted = (f"{n:x}", spelled.format(n)) if spelled else (str(n), f"{n:X}")
        kept = ids.answered(answered, ONE)
        assert ids.receipted(receipted, ONE)[0] == kept
    assert ids.mode == mode
    assert not ids._recent


def test_what_receipts_disagree_on_stays_open() -> None:
    ids = Ids("learn")
    for n in range(0xA000, 0xA000 + ENOUGH):
        ids.answered(f"{n:x}", ONE)
        ids.receipted(f"{n:x}" if n % 2 else str(n), ONE)
    assert ids.mode == "learn"


@pytest.mark.parametrize("mode", ["learn", "plain", "as-is", "hex"])
def test_no_id_stays_none_and_zero_stays_zero(mode: str) -> None:
    assert Ids(mode).answered("", ONE) == ""
    assert Ids(mode).answered("0", ONE) == "0"


def test_memory_of_recent_ids_is_bounded() -> None:
    ids = Ids("learn")
    for n in range(RECENT_MOST + 100):
        ids.answered(f"{n}", ONE)
    assert len(ids._recent) == RECENT_MOST


def test_an_id_elsewhere_in_the_receipt_is_another_spelling() -> None:
    assert "77" in Ids("plain").receipted("4d", ONE, "77")[1]
