"""What operators declare, before it holds: read from a file, held against the rest, compared with what there is.

`file.py` reads TOML, `checks.py` and its neighbours say what is wrong, `plan.py` what would change. Must not open the
store: whoever declares does that.
"""
