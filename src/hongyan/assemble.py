"""Builds the running system from settings: the only file that knows every concrete part."""
