"""For users: what their own tests can import.

`Client` sends through any vendor's API, signed, and waits. `plugin.py` gives pytest the fixture `hongyan`, a project
for each test (`project.py`) on a server in this process (`server.py`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hongyan.testing.client import Client, NotDelivered, Reply, Unreachable
    from hongyan.testing.project import TestProject
    from hongyan.testing.server import Server

__all__ = ["Client", "NotDelivered", "Reply", "Server", "TestProject", "Unreachable"]

_FROM = {"Server": "server", "TestProject": "project"}
"""where it is, if not in client.py"""


def __getattr__(name: str) -> Any:
    """Import a name when it is used: pytest loads plugin.py for everybody who has the package."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"hongyan.testing.{_FROM.get(name, 'client')}"), name)
