"""What a tap on a page does: a vendor's action told as a link, a text to copy, or a note that unfolds.

One table from action type to maker. Never a script, never `javascript:` or `data:`. spec: cards#render.actions
"""

from collections.abc import Callable
from typing import NamedTuple

from hongyan.links import addresses
from hongyan.model.card import Action

Say = Callable[[str], str]
"""puts the values into a text"""


class Tap(NamedTuple):
    """What becomes of a tap: exactly one of `href`, `copy` and `note`, or none when the action leads nowhere."""

    href: str | None = None
    copy: str = ""
    """a text for the reader to take along"""
    note: str = ""
    """a text that unfolds"""


def _web(action: Action, say: Say) -> Tap:
    return Tap(addresses.web(say(action.target)))


def _app(action: Action, say: Say) -> Tap:
    return Tap(addresses.web(say(action.floor_url)) or addresses.web(say(action.target)))


def _dial(action: Action, say: Say) -> Tap:
    return Tap(addresses.phone(say(action.target)))


def _sms(action: Action, say: Say) -> Tap:
    return Tap(addresses.message(say(action.target), say(action.body)))


def _email(action: Action, say: Say) -> Tap:
    return Tap(addresses.mail(say(action.target), say(action.subject), say(action.body)))


def _schedule(action: Action, say: Say) -> Tap:
    times = " – ".join(time for time in (say(action.begin_time), say(action.end_time)) if time)
    return Tap(note="\n".join(line for line in (say(action.title), times, say(action.description)) if line))


def _map(action: Action, say: Say) -> Tap:
    return Tap(addresses.place(action.latitude, action.longitude, say(action.address)))


def _popup(action: Action, say: Say) -> Tap:
    return Tap(note="\n".join(line for line in (say(action.title), say(action.body)) if line))


def _copy(action: Action, say: Say) -> Tap:
    return Tap(copy=say(action.target))


MAKERS: dict[str, Callable[[Action, Say], Tap]] = {
    "OPEN_URL": _web,
    "OPEN_BROWSER": _web,
    "OPEN_APP": _app,
    "OPEN_QUICK": _app,
    "DIAL_PHONE": _dial,
    "OPEN_SMS": _sms,
    "OPEN_EMAIL": _email,
    "OPEN_SCHEDULE": _schedule,
    "OPEN_MAP": _map,
    "OPEN_POPUP": _popup,
    "COPY_PARAMETER": _copy,
    "VIEW_PIC": _web,
}


def tap(action_type: str, action: Action, say: Say) -> Tap:
    """Return what a tap does; an action that we do not know leads nowhere."""
    maker = MAKERS.get(action_type)
    return maker(action, say) if maker else Tap()
