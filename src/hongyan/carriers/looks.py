"""How a carrier's links are doing, as operators see it: the session engine's counts in the carriers' words."""

from hongyan.carriers import LinkLook
from hongyan.session.link import Link


def look(link: Link) -> LinkLook:
    """Return how a link is doing."""
    tallies = link.tallies
    return LinkLook(
        name=link.name,
        state=link.state,
        since=link.since_ms,
        peer=link.peer,
        unanswered=link.unanswered(),
        window=link.window,
        sent=tallies.sent,
        answered=tallies.answered,
        received=tallies.received,
        throttled=tallies.throttled,
        answer_p50_ms=tallies.wait_ms(50),
        answer_p99_ms=tallies.wait_ms(99),
        last_error=tallies.last_error,
    )
