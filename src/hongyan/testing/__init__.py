"""For users: what their own tests can import.

`Client` sends through any vendor's API, signed, and waits. `plugin.py` gives pytest the fixture `hongyan`, a project
for each test (`project.py`) on a server in this process (`server.py`).
"""

from hongyan.testing.client import Client, NotDelivered, Reply, Unreachable

__all__ = ["Client", "NotDelivered", "Reply", "Unreachable"]
