"""For users: what their own tests can import: `Client` sends through any vendor's API, signed, and waits."""

from hongyan.testing.client import Client, NotDelivered, Reply, Unreachable

__all__ = ["Client", "NotDelivered", "Reply", "Unreachable"]
