"""Words that may not be sent: finds the first one in a text, thousands of words at about a microsecond.

Sees through capitals, full-width and enclosed letters (ｖｉｐ, ①), and, for words without Latin letters, through blanks
and invisible characters put between (赌 博). Latin words are not joined across blanks: `his example` is clean.
"""

import re
import unicodedata
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from hongyan.text.characters import CJK, INVISIBLE

_DISGUISED = re.compile(
    "[\u00b2\u00b3\u00b9\u2070-\u209c\u2100-\u218b\u2460-\u24ff\u2f00-\u2fdf\u3200-\u33ff\uf900-\ufaff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U0001d400-\U0001d7ff\U0001f100-\U0001f2ff\U0002f800-\U0002fa1f]+"
)
_BETWEEN = re.compile(rf"[\s\u3164{INVISIBLE}]+")
_BROKEN = re.compile(rf"[{CJK}][\s\u3164{INVISIBLE}]")
_CHINESE = re.compile(f"[{CJK}]")
_LATIN = re.compile("[a-z]")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Keywords:
    """A list of words made ready to be searched for. Never changed once made; an empty list costs nothing."""

    def __init__(self, words: Iterable[str]) -> None:
        as_given: dict[str, str] = {}
        for word in words:
            plain = _SURROGATES.sub("\ufffd", _plain(word)).strip()
            plain = _BETWEEN.sub("", plain) if _is_unbroken(plain) else plain
            if _BETWEEN.sub("", plain):
                as_given.setdefault(plain, word)
        self._words = list(as_given.values())
        self._anywhere = _automaton(list(as_given))
        unbroken = [plain for plain in as_given if _is_unbroken(plain)]
        self._unbroken_words = [as_given[plain] for plain in unbroken]
        self._unbroken = _automaton(unbroken)

    def find(self, text: str) -> str | None:
        """Return the first word of the list that a text holds, as the list writes it, or None."""
        if self._anywhere is None:
            return None
        text = _plain(text)
        try:
            found = self._anywhere.find_matches_as_indexes(text)
        except UnicodeEncodeError:  # a lone surrogate: the automaton needs a text with a UTF-8 form
            text = _SURROGATES.sub("\ufffd", text)
            found = self._anywhere.find_matches_as_indexes(text)
        if found:
            return self._words[found[0][0]]
        if self._unbroken is None or text.isascii() or not _BROKEN.search(text):
            return None
        found = self._unbroken.find_matches_as_indexes(_BETWEEN.sub("", text))
        return self._unbroken_words[found[0][0]] if found else None


def _automaton(words: list[str]) -> AhoCorasick | None:
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest) if words else None


def _is_unbroken(word: str) -> bool:
    return _CHINESE.search(word) is not None and _LATIN.search(word) is None


def _plain(text: str) -> str:
    """Return a text with disguises taken off its letters; punctuation and blanks stay as they are."""
    text = text.lower()
    if text.isascii():
        return text
    return _DISGUISED.sub(_undisguised, text) if _DISGUISED.search(text) else text


def _undisguised(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0]).lower()
