"""Alembic's steps, one file each under `versions/`. `store/migrate.py` runs them; there is no env.py to run by hand."""
