"""Put a link into a text, short where its opening is to be counted."""

PLACE = "#1#"
"""spec: nxcloud#items.shortLink, cards#links.shorten."""


def shorten(text: str, link: str, base_url: str, code: str) -> str:
    """Return the text with its places filled by `<base_url>/l/<code>`, or by the link itself when there is no code."""
    return text.replace(PLACE, url_address(base_url, code) if code else link)


def url_address(base_url: str, code: str) -> str:
    """Return where a short link is opened."""
    return f"{base_url.rstrip('/')}/l/{code}"


def card_address(base_url: str, code: str) -> str:
    """Return where a card page is opened."""
    return f"{base_url.rstrip('/')}/c/{code}"
