"""The cluster's engine: PostgreSQL, driven by asyncpg. See `store.py` for the whole."""

from hongyan.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
