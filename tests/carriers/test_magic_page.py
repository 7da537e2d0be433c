from pathlib import Path

from hongyan.carriers.magic import MAGIC, magic_page

PAGE = Path(__file__).parents[2] / "docs" / "magic-numbers.md"


def test_the_page_of_magic_numbers_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == magic_page()


def test_the_page_names_every_number() -> None:
    page = magic_page()
    assert all(f"`{digits}`" in page for digits in MAGIC)
