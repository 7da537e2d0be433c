"""Receipts in memory that matched nothing when they came, by every id that their message may turn out to have.

The store keeps all of them; this is the shortcut for the answer that comes a moment after its receipt. It never
grows past its bound, and what is old is left to the store.
"""

from collections.abc import Iterator, Mapping, Sequence

from hongyan.carriers import Receipt
from hongyan.store import Found
from hongyan.store.ops import Unclaimed

MOST = 10_000
_LEAST_DIGITS = 7
"""of a number that is taken for the end of another"""

Key = tuple[str, str]


def same_number(one: str, other: str) -> bool:
    """Return whether two spellings of a number, digits with or without the country's, may be one handset's."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _LEAST_DIGITS and longer.endswith(shorter))


def spellings_of(row: Unclaimed) -> Sequence[str]:
    """Return the other ways to write a parked receipt's id."""
    return row.spellings.split() if row.spellings else ()


class Parked:
    """Rows by (carrier, id); another spelling of an id leads to it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._rows: dict[Key, list[Unclaimed]] = {}
        self._spelt: dict[Key, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Unclaimed]:
        """Yield every row."""
        for rows in self._rows.values():
            yield from rows

    def add(self, row: Unclaimed) -> None:
        """Remember a row, unless it says what is known already or there is no place."""
        key = row.carrier, row.provider_id
        rows = self._rows.get(key)
        if rows is None:
            if len(self._rows) >= self._most:
                return
            rows = self._rows[key] = []
        if all(known.state != row.state for known in rows):
            rows.append(row)
            for spelling in spellings_of(row):
                self._spelt[row.carrier, spelling] = row.provider_id

    def take(self, carrier: str, provider_id: str, number: str) -> list[Unclaimed]:
        """Return and forget what was said of an id; under another spelling only what was said of that number."""
        rows = self._rows.get((carrier, provider_id))
        if rows is None and self._spelt:
            parked_as = self._spelt.get((carrier, provider_id))
            if parked_as is not None:
                rows = self._rows.get((carrier, parked_as))
                if rows is not None and not all(row.number and same_number(row.number, number) for row in rows):
                    rows = None
        if not rows:
            return []
        self.drop(carrier, rows[0].provider_id)
        return rows

    def drop(self, carrier: str, provider_id: str) -> None:
        """Forget what was said of an id."""
        for row in self._rows.pop((carrier, provider_id), ()):
            for spelling in spellings_of(row):
                self._spelt.pop((carrier, spelling), None)

    def clear(self) -> None:
        """Leave everything to the store."""
        self._rows.clear()
        self._spelt.clear()

    def forget_before(self, at: int) -> None:
        """Leave what was parked before that to the store."""
        for carrier, provider_id in [key for key, rows in self._rows.items() if rows[-1].at < at]:
            self.drop(carrier, provider_id)


def spelt(receipt: Receipt, provider_id: str) -> Receipt:
    """Return the receipt under the id by which its message is known."""
    if receipt.provider_id == provider_id:
        return receipt
    return Receipt(
        provider_id=provider_id,
        state=receipt.state,
        cause=receipt.cause,
        received_at=receipt.received_at,
        rendered=receipt.rendered,
        number=receipt.number,
    )


def by_spelling_of(
    number: str | None, spellings: Sequence[str], known: Mapping[str, Found], otherwise: str = ""
) -> tuple[Found | None, str]:
    """Return the first message to that number that one of the spellings names, and the spelling."""
    for spelling in spellings if number else ():
        found = known.get(spelling)
        if found is not None and same_number(number or "", found.message.to):
            return found, spelling
    return None, otherwise
