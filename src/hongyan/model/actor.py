"""Who operates: a person at the console, somebody with the operator's token, a developer on this machine."""

from enum import StrEnum

from msgspec import Struct

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason


class Role(StrEnum):
    """What somebody may do. Each may also do what those before it may."""

    VIEWER = "viewer"  # look
    OPERATOR = "operator"  # act on messages, templates, carriers, callbacks
    ADMIN = "admin"  # projects, keys, prices, money, accounts, erasing

    def may(self, needed: "Role") -> bool:
        """Return whether this role is at least that one."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Actor(Struct, frozen=True, kw_only=True):
    """Who does something, as the audit log names them."""

    name: str
    """the account; `operator` for the admin token; `dev` for whoever is on the machine of `hongyan dev`"""
    role: Role
    via: str
    """console, api or cli"""
    peer: str = ""
    """their IP address"""
    project: str | None = None
    """the one project whose key they hold; None: all"""

    def need(self, role: Role, project: str | None = None) -> None:
        """Raise Refused(NOT_PERMITTED) unless they may: have the role, and the project if theirs is only one."""
        if not self.role.may(role):
            raise Refused(Reason.NOT_PERMITTED, why=f"needs the role {role}; {self.name} is {self.role}")
        if self.project is not None and project != self.project:
            raise Refused(Reason.NOT_PERMITTED, why="belongs to another project")
