"""The pages: one file a page, one line each here; the menu is drawn from this table.

A page's file has `SECTION`, with `routes(console)` that returns its routes: `page` for what is shown, `action` for
what a form is sent to, `table_pages` for a table with its `.json` and `.csv`. Its words are in `words/<page>.py`, its
HTML in `templates/<page>.html`.
"""

from hongyan.console.frame import Section
from hongyan.console.pages import (
    accounts,
    audit,
    carriers,
    chaos,
    health,
    held,
    inbox,
    keys,
    ledger,
    links,
    live,
    login,
    message,
    phone,
    projects,
    refusals,
    routes,
    send,
    statistics,
    templates,
    webhooks,
)

SECTIONS: tuple[Section, ...] = (
    inbox.SECTION,
    message.SECTION,
    phone.SECTION,
    send.SECTION,
    refusals.SECTION,
    held.SECTION,
    live.SECTION,
    login.SECTION,
    templates.SECTION,
    links.SECTION,
    carriers.SECTION,
    routes.SECTION,
    webhooks.SECTION,
    statistics.SECTION,
    projects.SECTION,
    keys.SECTION,
    ledger.SECTION,
    chaos.SECTION,
    health.SECTION,
    audit.SECTION,
    accounts.SECTION,
)
"""in the order of the menu; a section in group "" is not in it"""

GROUPS = ("messages", "content", "delivery", "business", "rehearse", "system")
"""of the menu, in its order"""
