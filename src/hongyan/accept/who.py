"""Who is calling: key, clock, seal, nonce, address, pace. The first steps of every request.

The order is the one the vendors' own gateways show: an unknown key before a wrong clock before a wrong seal.
"""

from collections import deque

from msgspec.structs import replace

from hongyan.model.bucket import TokenBucket
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange
from hongyan.model.world import Caller, Key, World, address_allowed

_DIGEST_SHOWN = 128


class Nonces:
    """Nonces seen by this process, for as long as their seal could be replayed.

    The store keeps those of accepted submissions, so that a restart or another process knows them too.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._until: deque[tuple[int, str]] = deque()

    def spend(self, nonce: str, until_ms: int, now_ms: int) -> bool:
        """Return whether the nonce was new."""
        while self._until and self._until[0][0] < now_ms:
            self._seen.discard(self._until.popleft()[1])
        if nonce in self._seen:
            return False
        self._seen.add(nonce)
        self._until.append((until_ms, nonce))
        return True


class Gatekeeper:
    """Finds the caller behind a claim. Keeps nonces and paces in memory."""

    def __init__(self) -> None:
        self._nonces = Nonces()
        self._paces: dict[tuple[str, str, int], TokenBucket] = {}

    def identify(self, exchange: Exchange, claim: Claim, world: World, now_ms: int) -> Caller:
        """Return the caller. Raises Refused with the first thing that is wrong."""
        key = _key(exchange.dialect, claim, world)
        project = world.projects.get(key.project)
        exchange.project, exchange.key_id = key.project, key.name
        if not key.enabled:
            raise Refused(Reason.DISABLED_KEY, key=key.name)
        if project is None or not project.enabled:
            raise Refused(Reason.PROJECT_CLOSED, project=key.project)
        if claim.sealed_at is not None and abs(now_ms - claim.sealed_at) > claim.window_ms:
            off = (claim.sealed_at - now_ms) / 1000
            raise Refused(Reason.CLOCK_SKEW, seconds=round(off, 3), window_s=claim.window_ms // 1000)
        key = _proved(exchange, claim, key, now_ms)
        nonce, until = None, 0
        if claim.nonce is not None:
            nonce = f"{exchange.dialect}:{key.name}:{claim.nonce}"
            until = (claim.sealed_at or now_ms) + claim.window_ms
            if not self._nonces.spend(nonce, until, now_ms):
                raise Refused(Reason.NONCE_USED)
        if not address_allowed(exchange.peer, key.allow_addresses):
            raise Refused(Reason.ADDRESS_REFUSED, address=exchange.peer)
        rate = key.rate_per_second
        if rate and not self.paced("key", f"{key.dialect}:{key.name}", rate, 1, now_ms):
            raise Refused(Reason.TOO_FAST, per_second=rate)
        return Caller(project=project, key=key, world=world, nonce=nonce, nonce_until=until)

    def paced(self, what: str, name: str, rate: int, n: int, now_ms: int) -> bool:
        """Return whether n more fit into `rate` a second; a rate of 0 is no limit."""
        if rate <= 0:
            return True
        bucket = self._paces.get((what, name, rate))
        if bucket is None:
            bucket = self._paces[what, name, rate] = TokenBucket(rate)
        return bucket.take(now_ms, n)


def _key(dialect: str, claim: Claim, world: World) -> Key:
    if not claim.key_id:
        anybody = world.anonymous.get(dialect)
        if anybody is None:
            raise Refused(Reason.MISSING_SEAL, field="credentials")
        return anybody
    key_ = world.keys.get((dialect, claim.key_id))
    if key_ is None:
        raise Refused(Reason.UNKNOWN_KEY, key=claim.key_id[:_DIGEST_SHOWN])
    if claim.mode != key_.auth:
        raise Refused(Reason.BAD_SEAL_METHOD, wanted=key_.auth, got=claim.mode)
    return key_


def _proved(exchange: Exchange, claim: Claim, key: Key, now_ms: int) -> Key:
    """Return the key with the secret that the caller has: for a while after a rotation that may be the one before."""
    if claim.prove is None:
        return key
    proof = claim.prove(key.secret)
    if not proof.valid:
        if key.previous and now_ms < key.previous_until and (before := claim.prove(key.previous)).valid:
            begins = before.ours[:16]
            english = f"digest matches the secret before the present one: {begins}…; it is good for a while yet"
            exchange.notes.append(("seal", english, f"与轮换前的密钥一致：{begins}…；该密钥暂时仍然有效"))
            return replace(key, secret=key.previous)
        raise Refused(
            Reason.BAD_SEAL,
            theirs=proof.theirs[:_DIGEST_SHOWN],
            ours=proof.ours,
            string_to_sign=proof.string_to_sign,
        )
    begins = proof.ours[:16]
    exchange.notes.append(("seal", f"digest matches: {begins}…", f"摘要一致：{begins}…"))
    return key
