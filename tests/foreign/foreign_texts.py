"""What foreign clients submit, and what our gateways understood of it."""

from hongyan.simulators.gateway import Gateway
from hongyan.simulators.handset import shown

PLAIN = "Your code is 123456"
EXTENSION = "a^b{c}d[e]f~g|h€\\"
EMOJI = "好👌🏽的"
LONG_CHINESE = "【鸿雁】尊敬的用户，您的包裹已经到达驿站，请凭取件码尽快领取。" * 4


def texts(gate: Gateway) -> list[str | None]:
    """Return what came, parts joined in their order."""
    out: list[str | None] = []
    long: dict[int, str] = {}
    for message in gate.intake.lately:
        found = shown(gate.spoken, message)
        text, piece = found["text"], found["piece"]
        if not isinstance(piece, dict):
            out.append(text if isinstance(text, str) else None)
            continue
        long[piece["number"]] = str(text)
        if len(long) == piece["total"]:
            out.append("".join(long[number] for number in sorted(long)))
            long.clear()
    return out
