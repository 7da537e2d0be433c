"""A sentence that people read, in both languages of the program."""

from typing import NamedTuple


class Said(NamedTuple):
    """The same sentence twice."""

    en: str
    zh: str
