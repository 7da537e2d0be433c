"""One demo world for all tests of a module: each begins with a reset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hongyan.testing.client import Client
from local_vendor import LocalVendor


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    """A demo world that runs, with quick receipts."""
    folder: Path = tmp_path_factory.mktemp("trial")
    with LocalVendor(folder / "vendor") as running:
        yield running


@pytest.fixture
def client(system: LocalVendor) -> Client:
    """A client of it."""
    return Client(system.api_url)
