"""How a CMPP carrier logs in (CMPP 3.0 §7.4.1)."""

from typing import Any

import structlog

from hongyan.carriers.china.outgoing import timestamp
from hongyan.model.clock import Clock
from hongyan.session import Key, Refusal
from hongyan.session.link import Link
from hongyan.wire import Malformed, cmpp

_PATIENT = frozenset({1, 2, 3, 4})
"""log-ins refused so are refused again"""

log = structlog.get_logger(stage="carriers")


class LogIn:
    """Proves who we are, and looks whether the gateway knows the secret too (CMPP 3.0 §7.4.1)."""

    def __init__(self, sp_id: str, secret: str, version: int, clock: Clock) -> None:
        self._sp_id, self._secret, self._version, self._clock = sp_id, secret, version, clock
        self._shown: dict[str, bytes] = {}
        """link -> what we proved ourselves with"""

    def frame(self, link: Link, key: Key) -> bytes:
        """Return the CONNECT."""
        at = timestamp(self._clock)
        shown = self._shown[link.name] = cmpp.authenticator_source(self._sp_id, self._secret, at)
        return cmpp.encode(cmpp.Connect(key, self._sp_id, shown, self._version, at), self._version)  # type: ignore[arg-type] # CMPP counts its keys

    def verdict(self, link: Link, answer: Any) -> Refusal | None:
        """Return why we were refused. A gateway that proves nothing is used all the same: many do not care to."""
        if answer.__class__ is not cmpp.ConnectResp:
            raise Malformed(f"a {answer.name} answers the CONNECT")
        if answer.status:
            said = cmpp.CONNECT_STATUSES.get(min(answer.status, max(cmpp.CONNECT_STATUSES)))
            return Refusal(str(answer.status), said.en if said else "", answer.status in _PATIENT)
        shown = self._shown[link.name]
        proofs = {cmpp.authenticator_ismg(0, shown, self._secret, version) for version in (cmpp.V20, cmpp.V30)}
        if answer.authenticator_ismg not in proofs:
            log.warning("the gateway's authenticator does not prove that it knows the secret", link=link.name)
        return None
