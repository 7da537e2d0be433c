"""A stream of the server that goes on after a cut: opened again with back-off, behind the last event that came."""

import sys
import time
from collections.abc import Iterator
from typing import Any

from hongyan.cli.printing import answered
from hongyan.testing.client import Client
from hongyan.testing.http import Unreachable
from hongyan.testing.streams import Event, Refusal

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0


def followed(client: Client, path: str, **filters: Any) -> Iterator[Event]:
    """Yield events for ever. Raises Unreachable when nobody was ever there; a refusal ends the command."""
    last_id, wait_s, was_there = "", FIRST_WAIT_S, False
    while True:
        try:
            with client.stream(path, last_id, **filters) as events:
                for event in events:
                    was_there, wait_s = True, FIRST_WAIT_S
                    last_id = event.id or last_id
                    yield event
        except Unreachable:
            if not was_there:
                raise
        except Refusal as refusal:
            answered(refusal.reply)
            raise
        print(f"hongyan: the server is away; asking again in {wait_s:g} s", file=sys.stderr, flush=True)
        time.sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
