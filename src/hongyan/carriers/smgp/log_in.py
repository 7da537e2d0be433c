"""How an SMGP carrier logs in."""

from typing import Any

import structlog

from hongyan.carriers.china.outgoing import timestamp
from hongyan.carriers.smgp.wording import status_words
from hongyan.model.clock import Clock
from hongyan.session import Key, Refusal
from hongyan.session.link import Link
from hongyan.wire import Malformed, smgp

_VERSION = 0x30

_PATIENT = frozenset({20, 21, 22, 76})
"""log-ins refused so are refused again"""

log = structlog.get_logger(stage="carriers")


class LogIn:
    """Proves who we are, and looks whether the gateway knows the secret too (SMGP 3.0, Login)."""

    def __init__(self, client_id: str, secret: str, mode: int, clock: Clock) -> None:
        self._client_id, self._secret, self._mode, self._clock = client_id, secret, mode, clock
        self._shown: dict[str, bytes] = {}
        """link -> what we proved ourselves with"""

    def frame(self, link: Link, key: Key) -> bytes:
        """Return the Login."""
        at = timestamp(self._clock)
        shown = self._shown[link.name] = smgp.authenticator_client(self._client_id, self._secret, at)
        return smgp.encode(smgp.Login(key, self._client_id, shown, self._mode, at, _VERSION))  # type: ignore[arg-type] # SMGP counts its keys

    def verdict(self, link: Link, answer: Any) -> Refusal | None:
        """Return why we were refused. A gateway that proves nothing is used all the same: many do not care to."""
        if answer.__class__ is not smgp.LoginResp:
            raise Malformed(f"a {answer.name} answers the Login")
        if answer.status:
            code, said = status_words(answer.status)
            return Refusal(code, said, answer.status in _PATIENT)
        if answer.authenticator_server != smgp.authenticator_server(0, self._shown[link.name], self._secret):
            log.warning("the gateway's authenticator does not prove that it knows the secret", link=link.name)
        return None
