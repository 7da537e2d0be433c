"""Beside the road: short links, card pages, clicks, and which numbers can show cards."""
