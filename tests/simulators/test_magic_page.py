from pathlib import Path

from hongyan.carriers.magic import MAGIC
from hongyan.simulators.faults import FAULTS, MAGIC_FAULTS, MAGIC_REFUSALS, REPLIES, Fault

PAGE = Path(__file__).parents[2] / "docs" / "magic-numbers.md"


def test_the_page_names_every_number() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{digits}`" in page for digits in (*MAGIC, *MAGIC_FAULTS, *REPLIES))
    assert all(f"`{fault}`" in page for fault in Fault)


def test_every_fault_is_said_in_both_languages() -> None:
    assert set(FAULTS) == set(Fault)
    assert all(misdeed.said.en and misdeed.said.zh for misdeed in FAULTS.values())


def test_no_number_means_two_things() -> None:
    endings = [*MAGIC, *MAGIC_FAULTS, *MAGIC_REFUSALS, *REPLIES]
    assert len(endings) == len(set(endings))
