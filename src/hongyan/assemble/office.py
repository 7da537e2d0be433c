"""All that operators can do, wired: one line a subject."""

from collections.abc import Callable

from hongyan.model.clock import Clock, real
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
from hongyan.operate.office import Office
from hongyan.operate.passwords import Passwords
from hongyan.operate.people import People
from hongyan.operate.projects import Projects
from hongyan.operate.rehearsal import Rehearsal
from hongyan.operate.routing import Routing
from hongyan.operate.rules import Codes, Rules
from hongyan.operate.sessions import AS_USUAL, Access, Sessions
from hongyan.operate.shortlinks import ShortLinks
from hongyan.operate.snapshots import Snapshots
from hongyan.operate.statistics import Statistics
from hongyan.operate.stops import StopListing
from hongyan.operate.trigger import Trigger
from hongyan.operate.webhooks import Webhooks
from hongyan.operate.wordings import Wordings
from hongyan.report.look import Look
from hongyan.store import Store
from hongyan.store.current import CurrentWorld


def office_of(
    store: Store,
    current: CurrentWorld,
    clock: Clock,
    mint: Callable[[], int],
    core: Core,
    look: Look,
    on_stops: Callable[[], None],
    *,
    dev: bool,
    rehearses: bool,
    codes: Codes,
    public_base: str,
    access: Access = AS_USUAL,
    passwords: Passwords | None = None,
) -> Office:
    """Return the office. `on_stops`: called when the stop list was changed by hand."""
    journal = Journal(store, clock)
    declaring = Declaring(store, current.refresh, clock, demo_allowed=dev)
    keys = Keys(declaring, current, real(clock), journal, dev=dev)
    passwords = passwords or Passwords()
    sessions = Sessions(store, current, real(clock), journal, passwords, access)
    rehearsal = Rehearsal(dev or rehearses)
    return Office(
        store=store,
        world=current,
        clock=clock,
        mint=mint,
        changed=current.look_soon,
        core=core,
        dev=dev,
        public_base=public_base,
        look=look,
        journal=journal,
        carriers=CarrierOperations(store, current, clock, core, current.look_soon),
        stops=StopListing(store, clock, journal, on_stops),
        people=People(store, real(clock), journal, passwords, sessions, current.look_soon),
        sessions=sessions,
        live=Live(store, clock),
        webhooks=Webhooks(store, current, clock, mint, core, look, journal),
        rehearsal=rehearsal,
        trigger=Trigger(rehearsal, store, current, clock, mint, core, journal),
        rules=Rules(rehearsal, store, current, clock, core, journal, codes),
        test_clock=TestClock(rehearsal, store, current, clock, core, journal),
        snapshots=Snapshots(rehearsal, store, current, core, journal),
        routing=Routing(current, clock, mint),
        health=Health(store, current, clock, core, dev=dev),
        ledger=Ledger(store, current, clock, journal, declaring),
        shortlinks=ShortLinks(store, current, journal, declaring, public_base),
        statistics=Statistics(store, current, clock),
        declaring=declaring,
        keys=keys,
        projects=Projects(store, declaring, current, clock, journal, keys),
        held=Held(store, current, clock, mint, core, journal),
        wordings=Wordings(store, declaring, current, clock, journal),
    )
