"""A child process that accepts and settles for ever, and prints each id that the store confirmed. To be killed."""

import asyncio
import sys
from pathlib import Path

from hongyan.model.clock import SystemClock
from hongyan.model.ids import IdMint
from hongyan.model.message import State
from hongyan.model.tally import Tally
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from store.store_samples import MASTER_KEY, PRICE, accept, handed, message, settle


async def main(path: Path) -> None:
    clock = SystemClock()
    ids = IdMint(clock)
    store = SqliteStore(path, Vault(MASTER_KEY), clock, Tally())
    await store.open()

    async def one_road() -> None:
        while True:
            one = message(id=ids.mint(), state=State.SENDING)
            await store.write(accept(one))
            sys.stdout.write(f"accepted {one.id}\n")
            await store.write_all([handed(one), settle(one, State.UNDELIVERED, refund=PRICE)])
            sys.stdout.write(f"ended {one.id}\n")
            sys.stdout.flush()

    await asyncio.gather(*(one_road() for _ in range(16)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
