"""The pytest plugin, found by itself where hongyan is installed: a server for the run, a project for each test.

    def test_signs_in_by_code(hongyan):
        my_app.send_code("13800138000", endpoint=hongyan.api_url, key=hongyan.credentials["alibaba"])
        assert my_app.sign_in("13800138000", hongyan.code("13800138000"))

With `HONGYAN_URL` (and `HONGYAN_TOKEN`) in the environment that server is used, and none is started. Nothing of the
program is imported before a test asks for a fixture.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hongyan.testing.project import TestProject


@pytest.fixture(scope="session")
def hongyan_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Run a server in this process for as long as the tests do: (address of its API, of its console)."""
    url = os.environ.get("HONGYAN_URL", "")
    if url:
        yield url, ""
        return
    from hongyan.testing.server import Server  # noqa: PLC0415 - a second that tests without it need not pay

    with Server(tmp_path_factory.mktemp("hongyan")) as server:
        yield server.api_url, server.console_url


@pytest.fixture
def hongyan(hongyan_server: tuple[str, str]) -> "Iterator[TestProject]":
    """Give the test a project of its own: keys for every vendor's API, its own messages, its own failures."""
    from hongyan.testing.client import Client  # noqa: PLC0415 - see above
    from hongyan.testing.project import TestProject  # noqa: PLC0415 - see above

    api_url, console_url = hongyan_server
    project = TestProject(Client(api_url, token=os.environ.get("HONGYAN_TOKEN", "")), console_url)
    yield project
    project.close()
