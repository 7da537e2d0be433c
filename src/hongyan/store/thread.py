"""One thread that does one blocking thing after another for the event loop, cheaper than an executor."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class OneThread:
    """A named thread and its queue. Made on the event loop that awaits it."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def call(self, what: Callable[[], T]) -> asyncio.Future[T]:
        """Have it done; the future tells when."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put((what, future))
        return future

    def close(self) -> None:
        """Let what was asked for be done, then end the thread. Blocks until then."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            what, future = asked
            try:
                result = what()
            except BaseException as error:  # noqa: BLE001 - the thread's edge: the one who awaits it gets the error
                self._loop.call_soon_threadsafe(_fail, future, error)
            else:
                self._loop.call_soon_threadsafe(_give, future, result)


def _give(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
