"""What both engines hold to when they hand out due work."""

LOOK_AGAIN_MS = 60_000
"""an overdue message is one process's to handle for this long"""
BACKLOG_CAP = 1_000_001
"""waiting messages are counted no further than this"""
