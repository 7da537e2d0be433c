"""Builds the running system from settings: the only folder that knows every concrete part.

What is named here is imported when it is asked for: a command that only opens the store does not load the listeners,
the dialects and the console, which take longer than most of what it does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hongyan.assemble.life import System, running
    from hongyan.assemble.registry import carrier_factories, copy_of, examined, open_store

__all__ = ["System", "carrier_factories", "copy_of", "examined", "open_store", "running"]

_PLACES = {"System": "life", "running": "life"}
"""where a name is, if not in the registry"""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES.get(name, 'registry')}"), name)
