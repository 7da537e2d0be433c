"""What is kept of a request for its timeline: readable, bounded, without what would let somebody in."""

from hongyan.model.submission import Exchange

MOST_BODY = 4_096
MOST_QUERY = 4_096
_SHOWN_HEADERS = frozenset(
    ("host", "content-type", "user-agent", "accesskey", "ts", "biztype", "action", "algorithm", "sign")
)


def excerpt(exchange: Exchange) -> str:
    """Return the request as text. An APPCODE is a password and is left out; digests are not secrets."""
    query = exchange.query
    path = f"{exchange.method} {exchange.path}"
    lines = [f"{path}?{query[:MOST_QUERY].decode('utf-8', 'replace')}" if query else path]
    for name, value in exchange.headers.items():
        if name in _SHOWN_HEADERS or name.startswith("x-acs-"):
            lines.append(f"{name}: {value[:300]}")
        elif name == "authorization":
            lines.append(f"{name}: {value[:500] if value.startswith('ACS3') else value.partition(' ')[0] + ' ***'}")
    body = exchange.body
    if len(body) > MOST_BODY:
        lines += ("", body[:MOST_BODY].decode("utf-8", "replace"), f"… {len(body)} bytes in all")
    else:
        lines += ("", body.decode("utf-8", "replace"))
    text = "\n".join(lines)
    return text.replace("\x00", "␀") if "\x00" in text else text
