"""All that operators can do, in one value: what the console and `/v1` are handed. A new subject is a field here.

Wired in `assemble/office.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

from hongyan.model.clock import Clock
from hongyan.model.world import World
from hongyan.operate.carriers import CarrierOperations
from hongyan.operate.clock import TestClock
from hongyan.operate.core import Core
from hongyan.operate.declaring import Declaring
from hongyan.operate.health import Health
from hongyan.operate.held import Held
from hongyan.operate.journal import Journal
from hongyan.operate.keys import Keys
from hongyan.operate.ledger import Ledger
from hongyan.operate.live import Live
from hongyan.operate.people import People
from hongyan.operate.projects import Projects
from hongyan.operate.rehearsal import Rehearsal
from hongyan.operate.routing import Routing
from hongyan.operate.rules import Rules
from hongyan.operate.sessions import Sessions
from hongyan.operate.shortlinks import ShortLinks
from hongyan.operate.snapshots import Snapshots
from hongyan.operate.statistics import Statistics
from hongyan.operate.stops import StopListing
from hongyan.operate.trigger import Trigger
from hongyan.operate.webhooks import Webhooks
from hongyan.operate.wordings import Wordings
from hongyan.report.look import Look
from hongyan.store import Store


class Office(NamedTuple):
    """One subject a field."""

    store: Store
    world: Callable[[], World]
    clock: Clock
    mint: Callable[[], int]
    """-> a new id"""
    changed: Callable[[], None]
    """call it after something was declared: this process follows at once"""
    core: Core
    dev: bool
    """on a developer's machine: messages may be deleted, the clock pushed"""
    public_base: str
    """what our own short links begin with"""
    look: Look
    journal: Journal
    carriers: CarrierOperations
    stops: StopListing
    people: People
    sessions: Sessions
    live: Live
    webhooks: Webhooks
    routing: Routing
    health: Health
    ledger: Ledger
    shortlinks: ShortLinks
    statistics: Statistics
    rehearsal: Rehearsal
    """whether this system is for rehearsals: always in dev"""
    trigger: Trigger
    rules: Rules
    test_clock: TestClock
    snapshots: Snapshots
    declaring: Declaring
    keys: Keys
    projects: Projects
    held: Held
    wordings: Wordings
    """templates and signatures"""
