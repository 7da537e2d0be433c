from collections.abc import Callable

import pytest

from hongyan.accept.who import Gatekeeper
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Proof
from hongyan.model.world import Key, Project, World

NOW = 1_767_323_045_000


def exchange(dialect: str = "nxcloud", peer: str = "203.0.113.9") -> Exchange:
    return Exchange(
        request_id="R",
        dialect=dialect,
        method="POST",
        path="/",
        query=b"",
        headers={},
        body=b"",
        peer=peer,
        received_at=NOW,
    )


def world(**key: object) -> World:
    made = Key(**({"project": "shop", "dialect": "nxcloud", "name": "AK", "secret": "SK"} | key))  # type: ignore[arg-type] # fields by name
    return World(things=(Project(name="shop"), Project(name="shut", enabled=False), made))


def reason(claim: Claim, of: World, at: Exchange | None = None, gate: Gatekeeper | None = None) -> Reason:
    with pytest.raises(Refused) as caught:
        (gate or Gatekeeper()).identify(at or exchange(), claim, of, NOW)
    return caught.value.reason


def prove(valid: bool) -> Callable[[str], Proof]:
    return lambda secret: Proof(valid, "theirs", f"digest with {secret}", "string to sign")


def test_finds_the_project_behind_a_key_and_notes_it_on_the_exchange() -> None:
    at = exchange()
    caller = Gatekeeper().identify(at, Claim("AK", prove(True)), world(), NOW)
    assert caller.project.name == at.project == "shop"
    assert at.key_id == "AK"


def test_an_unknown_key_is_said_before_anything_else() -> None:
    claim = Claim("other", prove(False), sealed_at=0, window_ms=1)
    assert reason(claim, world()) is Reason.UNKNOWN_KEY


def test_a_key_of_another_dialect_is_unknown() -> None:
    assert reason(Claim("AK"), world(), exchange("alibaba")) is Reason.UNKNOWN_KEY


def test_disabled_keys_and_closed_projects_are_refused() -> None:
    assert reason(Claim("AK"), world(enabled=False)) is Reason.DISABLED_KEY
    assert reason(Claim("AK"), world(project="shut")) is Reason.PROJECT_CLOSED


@pytest.mark.parametrize("off_ms", [60_001, -60_001])
def test_a_clock_further_off_than_the_window_is_refused_either_way(off_ms: int) -> None:
    claim = Claim("AK", prove(True), sealed_at=NOW + off_ms, window_ms=60_000)
    assert reason(claim, world()) is Reason.CLOCK_SKEW


@pytest.mark.parametrize("off_ms", [60_000, -60_000])
def test_a_clock_off_by_exactly_the_window_passes(off_ms: int) -> None:
    Gatekeeper().identify(exchange(), Claim("AK", prove(True), NOW + off_ms, 60_000), world(), NOW)


def test_a_wrong_seal_tells_both_digests_and_the_string_but_no_secret() -> None:
    with pytest.raises(Refused) as caught:
        Gatekeeper().identify(exchange(), Claim("AK", prove(False)), world(), NOW)
    assert caught.value.reason is Reason.BAD_SEAL
    assert caught.value.facts == {"theirs": "theirs", "ours": "digest with SK", "string_to_sign": "string to sign"}


def test_a_nonce_is_good_once_until_its_seal_is_too_old() -> None:
    gate, of = Gatekeeper(), world()
    claim = Claim("AK", None, NOW, 1_000, nonce="n1")
    caller = gate.identify(exchange(), claim, of, NOW)
    assert caller.nonce == "nxcloud:AK:n1"
    assert reason(claim, of, gate=gate) is Reason.NONCE_USED
    gate.identify(exchange(), Claim("AK", None, NOW + 5_000, 1_000, nonce="n1"), of, NOW + 5_000)


def test_callers_from_other_addresses_than_allowed_are_refused() -> None:
    of = world(allow_addresses=("198.51.100.0/24", "2001:db8::/32"))
    assert reason(Claim("AK"), of) is Reason.ADDRESS_REFUSED
    for peer in ("198.51.100.7", "2001:db8::1", "::ffff:198.51.100.7"):
        Gatekeeper().identify(exchange(peer=peer), Claim("AK"), of, NOW)


def test_a_key_has_its_requests_a_second_and_no_more() -> None:
    gate, of = Gatekeeper(), world(rate_per_second=3)
    for _ in range(3):
        gate.identify(exchange(), Claim("AK"), of, NOW)
    assert reason(Claim("AK"), of, gate=gate) is Reason.TOO_FAST
    gate.identify(exchange(), Claim("AK"), of, NOW + 400)


def test_a_caller_without_credentials_is_the_project_that_needs_none() -> None:
    of = world(dialect="comms", auth="none")
    assert Gatekeeper().identify(exchange("comms"), Claim("", mode="none"), of, NOW).project.name == "shop"
    assert reason(Claim("", mode="none"), world(dialect="comms", auth="appcode"), exchange("comms")) is (
        Reason.MISSING_SEAL
    )


def test_a_key_is_good_only_for_its_way_of_identifying() -> None:
    of = world(dialect="comms", auth="signed")
    assert reason(Claim("AK", mode="appcode"), of, exchange("comms")) is Reason.BAD_SEAL_METHOD


def test_for_a_while_after_a_rotation_the_secret_before_is_good_and_answers_are_sealed_with_it() -> None:
    def knows_old(secret: str) -> Proof:
        return Proof(secret == "old", "theirs", f"digest with {secret}", "string to sign")

    of = world(previous="old", previous_until=NOW + 1)
    at = exchange()
    assert Gatekeeper().identify(at, Claim("AK", knows_old), of, NOW).key.secret == "old"
    assert "before" in at.notes[0][1]
    with pytest.raises(Refused) as caught:
        Gatekeeper().identify(exchange(), Claim("AK", knows_old), of, NOW + 1)
    assert caught.value.facts["ours"] == "digest with SK"
