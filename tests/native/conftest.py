from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from native.native_calls import Api, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_dev(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with serving(tmp_path_factory.mktemp("dev"), dev=True) as api:
        yield api


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_serve(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with serving(tmp_path_factory.mktemp("serve"), dev=False) as api:
        yield api


@pytest_asyncio.fixture(loop_scope="module")
async def api(running_dev: Api) -> Api:
    """A running `dev` without messages."""
    await running_dev("DELETE", "/v1/messages")
    return running_dev
