"""The frames between a front and the core: a length, a kind, a number that the answer repeats, and what is said.

Both ends are the same program and the same user's, on a socket that nobody else may open: that is why pickles are fine
for the calls that are rare. Accepts, which are not, go as MessagePack.
"""

import pickle
from collections.abc import Sequence
from struct import Struct as Layout
from typing import Any

import msgspec

from hongyan.store.ops import Accept, Accepted

HEAD = Layout(">IBI")
CALL, ACCEPTS, RETURNED, RAISED, VERDICTS = range(1, 6)

Outcome = tuple[list[Accepted] | None, bytes | None]
"""what came of one Accept: its result, or the pickled exception"""

_encode = msgspec.msgpack.Encoder().encode
read_accepts = msgspec.msgpack.Decoder(list[Accept]).decode
read_verdicts = msgspec.msgpack.Decoder(list[Outcome]).decode
dump = pickle.dumps
load = pickle.loads


def frame(kind: int, number: int, payload: bytes) -> bytes:
    """Return one frame."""
    return HEAD.pack(len(payload), kind, number) + payload


def accepts(number: int, ops: Sequence[Accept]) -> bytes:
    """Return the frame that asks for these."""
    return frame(ACCEPTS, number, _encode(ops))


def verdicts(number: int, results: Sequence[Any]) -> bytes:
    """Return the frame that answers them: results, or exceptions in place of some."""
    said = [(None, dump(one)) if isinstance(one, BaseException) else (one, None) for one in results]
    return frame(VERDICTS, number, _encode(said))


class Frames:
    """Cuts what arrives into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, data: bytes) -> list[tuple[int, int, bytes]]:
        """Return the whole frames so far as (kind, number, payload)."""
        data = self._rest + data if self._rest else data
        out, at = [], 0
        while len(data) - at >= HEAD.size:
            length, kind, number = HEAD.unpack_from(data, at)
            end = at + HEAD.size + length
            if len(data) < end:
                break
            out.append((kind, number, data[at + HEAD.size : end]))
            at = end
        self._rest = data[at:]
        return out
