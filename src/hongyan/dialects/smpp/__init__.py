"""SMPP 3.4, the listening side: customers bind to us, submit, and are given receipts and replies.

On the road: 1, dialects, for callers who stay connected. `server.py` takes binds and PDUs off links (the engine in
`session/` frames them and keeps windows and timers); `taking.py` brings submits to the desk in batches; `telling.py`
makes deliver_sm of what `report/doors.py` hands out; `reasons.py` is the total table from `Reason` to command status.
Facts and our decisions: docs/specs/smpp.md.
"""

from hongyan.dialects.smpp.server import SmppServer

__all__ = ["SmppServer"]
