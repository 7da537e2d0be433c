"""The embedded engine: one SQLite file in WAL mode, driven by apsw. See `store.py` for the whole."""

from hongyan.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
