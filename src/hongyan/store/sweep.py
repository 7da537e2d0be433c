"""What both engines hold to when they hand out due work, and the statement both have in common."""

LOOK_AGAIN_MS = 15_000
"""an overdue message is one process's to handle for this long; should that process die, another does it then"""
BACKLOG_CAP = 1_000_001
"""waiting messages are counted no further than this"""
MINTED = ("messages", "submissions", "refusals", "pushes")
"""tables whose ids are minted"""
_HIGHEST = " UNION ALL ".join(f"SELECT max(id) AS id FROM {table}" for table in MINTED)
LAST_ID = f"SELECT coalesce(max(id), 0) FROM ({_HIGHEST}) AS highest"
