"""Octets as the protocol tests write them: hexadecimal words, `00*21` for repetition, text in double quotes."""

import re

_WORD = re.compile(r'"([^"]*)"|([0-9a-fA-F]+)(?:\*(\d+))?|(\s+)')


def octets(line: str) -> bytes:
    """Return what a line stands for."""
    made, at = bytearray(), 0
    while at < len(line):
        word = _WORD.match(line, at)
        assert word is not None, line[at:]
        quoted, digits, times, _ = word.groups()
        if quoted is not None:
            made += quoted.encode("ascii")
        elif digits:
            made += bytes.fromhex(digits) * int(times or 1)
        at = word.end()
    return bytes(made)
