"""The whole error tree. Anything else that is raised is a bug."""

from collections.abc import Mapping
from typing import Any

from hongyan.model.cause import Cause
from hongyan.model.reason import Reason


class Refused(Exception):  # noqa: N818 - it is a verdict, not an error of ours
    """The caller's doing: a request or an item that we will not take.

    `facts` are short plain values that the vendor's text and the timeline are made of; never a secret.
    """

    def __init__(self, reason: Reason, **facts: Any) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts: Mapping[str, Any] = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _refused, (self.reason, dict(self.facts))  # so that a core can refuse to a front


class Trouble(Exception):  # noqa: N818 - named for what the reader thinks: the carrier has trouble
    """A carrier's doing. `again_ms` is when to try again, None for never."""

    def __init__(self, cause: Cause, again_ms: int | None = None) -> None:
        super().__init__(f"{cause.code}: {cause.text}")
        self.cause = cause
        self.again_ms = again_ms


class Misconfigured(Exception):  # noqa: N818 - stops the start with a sentence, not a trace
    """The operator's doing: what is wrong, where, and what to try."""

    def __init__(self, where: str, what: str, try_this: str = "") -> None:
        stopped = what if what.endswith((".", ";", "?", "!")) else f"{what}."
        super().__init__(f"{where}: {stopped}" + (f" Try: {try_this}" if try_this else ""))
        self.where, self.what, self.try_this = where, what, try_this


def _refused(reason: Reason, facts: Mapping[str, Any]) -> Refused:
    return Refused(reason, **facts)
