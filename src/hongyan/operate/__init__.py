"""What operators do: one file a subject, asked by the console and by `/v1`; each change is checked, done and written
down in the audit log under its `Actor`.

Functions and small classes that take an `Actor` first and raise `Refused`. `office.py` holds them all, wired by the
assembly. Nothing here knows HTTP or HTML.
"""
