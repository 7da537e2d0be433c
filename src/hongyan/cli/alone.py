"""The lock of the data directory: whoever runs on an embedded database, or replaces it, is alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from hongyan.model.errors import Misconfigured
from hongyan.settings import Settings


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep a second process off the same embedded database: each would take the other's hand-overs for lost."""
    if settings.database_url:
        yield
        return
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (settings.data_dir / "hongyan.lock").open("w")
    except OSError as error:
        raise Misconfigured(str(settings.data_dir), f"cannot be written ({error.strerror}).", "--data DIR") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                str(settings.data_dir), "another hongyan runs on this data.", "stop it, or choose another --data DIR."
            ) from None
        yield
