"""The FastAPI application of `/v1`. Its routes carry their whole path, so it is called with the scope as it came."""

from collections.abc import Sequence

from fastapi import FastAPI

from hongyan import __version__
from hongyan.accept import Desk
from hongyan.dialects.native.accounts import router as accounts
from hongyan.dialects.native.audit import router as audit
from hongyan.dialects.native.callers import Doorkeeper
from hongyan.dialects.native.carriers import router as carriers
from hongyan.dialects.native.envelope import Envelope
from hongyan.dialects.native.events import router as events
from hongyan.dialects.native.held import router as held
from hongyan.dialects.native.inbound import router as inbound
from hongyan.dialects.native.ledger import router as ledger
from hongyan.dialects.native.links import router as links
from hongyan.dialects.native.listen import router as listen
from hongyan.dialects.native.projects import router as projects
from hongyan.dialects.native.refusals import REFUSALS, answer_refusals
from hongyan.dialects.native.routes import Parts, router
from hongyan.dialects.native.routing import router as routing
from hongyan.dialects.native.rules import router as rules
from hongyan.dialects.native.statistics import router as statistics
from hongyan.dialects.native.trial import router as trial
from hongyan.dialects.native.webhooks import router as webhooks
from hongyan.dialects.native.wordings import router as wordings
from hongyan.operate.office import Office


def native(
    office: Office,
    desk: Desk,
    *,
    body_limit: int,
    admin_token: str = "",
    allowed_hosts: tuple[str, ...] = (),
    proxies: Sequence[str] = (),
) -> FastAPI:
    """Return the application. In `dev` no token is needed on this machine, and messages may be deleted."""
    app = FastAPI(
        title="Hongyan",
        version=__version__,
        description="Send, look and wait. Every answer names its request id; every refusal names its reason.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=REFUSALS,
    )
    door = Doorkeeper(desk, office.world, admin_token=admin_token, allowed_hosts=allowed_hosts, dev=office.dev)
    app.state.parts = Parts(office.look, desk, door, office.clock, office.dev)
    app.state.office = office
    app.include_router(router)
    app.include_router(carriers)
    app.include_router(inbound)
    app.include_router(projects)
    app.include_router(held)
    app.include_router(wordings)
    app.include_router(rules)
    app.include_router(trial)
    app.include_router(routing)
    app.include_router(ledger)
    app.include_router(links)
    app.include_router(statistics)
    app.include_router(webhooks)
    app.include_router(events)
    app.include_router(listen)
    app.include_router(accounts)
    app.include_router(audit)
    answer_refusals(app, desk)
    app.add_middleware(Envelope, clock=office.clock, body_limit=body_limit, proxies=proxies)
    return app
