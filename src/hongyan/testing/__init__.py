"""For users: what their own tests can import."""
