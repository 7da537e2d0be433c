"""What a handset sends: a text as the pieces that arrive, and pieces as the text that people read."""

from hongyan.carriers import Piece
from hongyan.simulators import Spoken, Submitted
from hongyan.text import udh
from hongyan.text.air import ASCII, fits, segments, text_of
from hongyan.text.parts import GSM7, UCS2


def pieces(spoken: Spoken, text: str, *, reference: int) -> list[tuple[int, bytes, bool]]:
    """Return (coding, octets, whether they begin with a header) of each piece of a text."""
    codings = {alphabet: coding for coding, alphabet in sorted(spoken.alphabets.items(), reverse=True)}
    alphabet = next((one for one in (GSM7, ASCII) if one in codings and fits(text, one)), UCS2)
    cut = segments(text, alphabet, udh.SHORT)
    coding = codings[alphabet]
    if len(cut) == 1:
        return [(coding, cut[0], False)]
    return [
        (coding, udh.concatenation(udh.Part(reference & 0xFF, len(cut), number)) + octets, True)
        for number, octets in enumerate(cut, 1)
    ]


def shown(spoken: Spoken, message: Submitted) -> dict[str, object]:
    """Return a message as people read it: its text without the header, and which piece of a long one it is."""
    octets, piece = message.octets, message.piece
    header = udh.read(octets) if message.has_header else None
    if header is not None:
        octets = octets[header.octets :]
        if header.part is not None:
            piece = Piece(*header.part[:3])
    alphabet = spoken.alphabets.get(message.coding)
    return {
        "from": message.sender,
        "to": list(message.numbers),
        "coding": message.coding,
        "text": None if alphabet is None else text_of(octets, alphabet),
        "octets": octets.hex(),
        "piece": None if piece is None else piece._asdict(),
    }
