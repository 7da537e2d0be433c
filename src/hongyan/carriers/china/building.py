"""How a CMPP, SMGP or SGIP carrier's links are dialled: what the settings say, put into the session engine's terms."""

from collections.abc import Mapping
from random import Random
from typing import Any

from msgspec import Struct

from hongyan.carriers.link_settings import again, hosts
from hongyan.model.clock import Clock
from hongyan.session import Owner, Speech
from hongyan.session.dial import Dialer
from hongyan.session.tls import client_tls
from hongyan.session.transcript import Transcript


class Peer(Struct, frozen=True, kw_only=True):
    """Whom to dial, checked."""

    name: str
    chosen: Mapping[str, Any]
    hosts: list[tuple[str, int]]
    tls: Any = None

    def dialer(
        self, speech: Speech, owner: Owner, transcript: Transcript, clock: Clock, random: Random, *, on_demand: bool
    ) -> Dialer:
        """Return what keeps the links up."""
        return Dialer(
            speech,
            owner,
            name=self.name,
            hosts=self.hosts,
            clock=clock,
            random=random,
            links=self.chosen["links"],
            again=again(self.chosen),
            tls=self.tls,
            server_name=self.chosen["tls_name"] or None,
            transcript=transcript,
            on_demand=on_demand,
        )


def peer_of(name: str, where: str, chosen: Mapping[str, Any], usual_port: int) -> Peer:
    """Return whom the settings say to dial. Raises Misconfigured."""
    tls = None
    if chosen["tls"]:
        tls = client_tls(
            where,
            ca=chosen["tls_ca"],
            certificate=chosen["tls_certificate"],
            key=chosen["tls_key"],
            trust_all=chosen["tls_trust_all"],
        )
    return Peer(name=name, chosen=chosen, hosts=hosts(where, chosen, usual_port), tls=tls)
