"""What is kept of a request for its timeline: readable, bounded, without what would let somebody in."""

from hongyan.model.submission import Exchange

MOST_BODY = 4_096
MOST_QUERY = 4_096
_SHOWN_HEADERS = ("host", "content-type", "user-agent", "accesskey", "ts", "biztype", "action", "algorithm", "sign")


def excerpt(exchange: Exchange) -> str:
    """Return the request as text. An APPCODE is a password and is left out; digests are not secrets."""
    query = exchange.query[:MOST_QUERY].decode("utf-8", "replace")
    lines = [f"{exchange.method} {exchange.path}?{query}" if query else f"{exchange.method} {exchange.path}"]
    for name, value in exchange.headers.items():
        if name in _SHOWN_HEADERS or name.startswith("x-acs-"):
            lines.append(f"{name}: {value[:300]}")
        elif name == "authorization":
            lines.append(f"{name}: {value[:500] if value.startswith('ACS3') else value.partition(' ')[0] + ' ***'}")
    body = exchange.body
    lines += ("", body[:MOST_BODY].decode("utf-8", "replace"))
    if len(body) > MOST_BODY:
        lines.append(f"… {len(body)} bytes in all")
    return "\n".join(lines).replace("\x00", "␀")
