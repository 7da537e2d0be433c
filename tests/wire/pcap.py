"""Octets on a TCP connection as a capture file, for tshark to read."""

from struct import pack


def capture(segments: list[bytes], port: int) -> bytes:
    """Return a capture of one TCP connection to a port on which these segments were sent, one packet each."""
    out = [pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, 101)]  # classic format, raw IP
    sent = 1
    for octets in segments:
        tcp = pack(">HHIIBBHHH", 40_000, port, sent, 1, 0x50, 0x18, 0xFFFF, 0, 0) + octets
        host = pack(">BBBB", 127, 0, 0, 1)
        packet = pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + host + host + tcp
        out += pack("<IIII", 0, 0, len(packet), len(packet)), packet
        sent += len(octets)
    return b"".join(out)
