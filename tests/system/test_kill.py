"""`kill -9` during a load of sends: nothing accepted is lost, nothing is charged twice."""

import random
from pathlib import Path

from system.killable import Gateway, audit, kill_under_load, see_all_end


async def test_killed_twenty_times_nothing_is_lost_and_nothing_charged_twice(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    await gateway.declare()
    accepted = await kill_under_load(gateway, 20, random.Random(20))
    await see_all_end(gateway)
    await audit(gateway, accepted)


async def test_killed_on_postgresql_nothing_is_lost_and_nothing_charged_twice(
    on_postgres: dict[str, str], tmp_path: Path
) -> None:
    gateway = Gateway(tmp_path, **on_postgres)
    await gateway.declare()
    accepted = await kill_under_load(gateway, 5, random.Random(5))
    await see_all_end(gateway)
    await audit(gateway, accepted)
