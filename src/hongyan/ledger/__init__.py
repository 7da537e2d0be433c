"""Beside the road: what a message costs, and when money goes back."""
