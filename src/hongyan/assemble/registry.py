"""Which concrete stores and carriers there are: the registries. A new protocol is one line here."""

import random
from contextlib import suppress

from hongyan.carriers.cmpp import cmpp_carrier
from hongyan.carriers.sgip import sgip_carrier
from hongyan.carriers.simulator import Simulator
from hongyan.carriers.smgp import smgp_carrier
from hongyan.carriers.smpp import smpp_carrier
from hongyan.model.clock import Clock
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig
from hongyan.send.fleet import Factory
from hongyan.settings import Settings, master_key_of
from hongyan.store import Store
from hongyan.store.archive import Copy
from hongyan.store.examined import Barred, Examined
from hongyan.store.sqlite import SqliteStore
from hongyan.store.sqlite.copy import SqliteCopy
from hongyan.store.sqlite.examine import examine
from hongyan.store.vault import Vault


def carrier_factories(clock: Clock, node: int = 0) -> dict[str, Factory]:
    """Return how each protocol's carriers are built; `node` tells this process from the others on the same database."""

    def simulator(config: CarrierConfig) -> Simulator:
        return Simulator(config.name, settings=config.settings, clock=clock)

    chance = random.SystemRandom()
    return {
        "simulator": simulator,
        "smpp": lambda config: smpp_carrier(config, clock, chance),
        "cmpp": lambda config: cmpp_carrier(config, clock, chance),
        "smgp": lambda config: smgp_carrier(config, clock, chance),
        "sgip": lambda config: sgip_carrier(config, clock, chance, node),
    }


def open_store(settings: Settings, clock: Clock, tally: Tally) -> Store:
    """Return the store that the settings name, not yet opened."""
    vault = Vault(master_key_of(settings).encode())
    if settings.database_url:
        from hongyan.store.postgres import PostgresStore  # noqa: PLC0415 - half a second that embedded use need not pay

        return PostgresStore(settings.database_url, vault, clock, tally)
    with suppress(OSError):  # told by the store when it opens
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteStore(settings.data_dir / "hongyan.db", vault, clock, tally)


def copy_of(settings: Settings) -> Copy:
    """Return what makes and restores backups of the database that the settings name; needs no master key."""
    if settings.database_url:
        from hongyan.store.postgres.copy import PostgresCopy  # noqa: PLC0415 - the same half second

        return PostgresCopy(settings.database_url)
    return SqliteCopy(settings.data_dir / "hongyan.db")


async def examined(settings: Settings) -> Examined | Barred:
    """Return how the database that the settings name is, without changing it: `Examined`, or `Barred` (PostgreSQL).

    Raises Refused(UNAVAILABLE) for a file that is no database.
    """
    if settings.database_url:
        from hongyan.store.postgres.examine import examine as examine_server  # noqa: PLC0415 - the same half second

        return await examine_server(settings.database_url)
    return examine(settings.data_dir / "hongyan.db")
