"""What both engines hold to when they hand out due work, and the statement both have in common."""

from hongyan.store.tables import HELD

LOOK_AGAIN_MS = 15_000
"""an overdue message is one process's to handle for this long; should that process die, another does it then"""
BACKLOG_CAP = 1_000_001
"""waiting messages are counted no further than this"""
BACKLOG = (
    f"WITH held AS (SELECT count(*) AS n FROM messages WHERE {HELD}), "
    "waiting AS (SELECT count(*) AS n FROM (SELECT 1 FROM messages WHERE state = 'accepted' AND due_at IS NOT NULL "
    f"LIMIT (SELECT n + {BACKLOG_CAP} FROM held)) AS found) SELECT waiting.n - held.n FROM waiting, held"
)
"""messages that wait to be handed over; what is held waits for somebody else. Both counts are read from indexes"""
MINTED = ("messages", "submissions", "refusals", "pushes", "replies", "fragments", "calls")
"""tables whose ids are minted"""
DOOR_WAITS_MS = 7 * 86_400_000
"""what waits longer at a door is no longer news"""
HANDED_WITHIN_MS = 30 * 86_400_000
"""a message is handed over within so long of being accepted: a bound on ids for a time of hand-over"""
_HIGHEST = " UNION ALL ".join(f"SELECT max(id) AS id FROM {table}" for table in MINTED)
LAST_ID = f"SELECT coalesce(max(id), 0) FROM ({_HIGHEST}) AS highest"
