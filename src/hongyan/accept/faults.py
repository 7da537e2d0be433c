"""Rules at work: which calls and messages a rehearsal's rules strike, and what happens to them.

The desk asks only while there are rules. What a rule does to a message travels in the message's details, so that it
holds in every process and after restarts; what it does to a call is raised as `Rehearsed` and answered by the edge.
"""

from collections.abc import Iterable, Sequence
from random import Random

from hongyan.accept.draft import Draft
from hongyan.model.errors import Refused
from hongyan.model.message import State
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange
from hongyan.model.world import Effect, Rule

ANY = "*"
_ALL = 100
_OF_CALLS = frozenset({Effect.ANSWER, Effect.SLOW, Effect.CUT})
_SPARED = frozenset({"native", "smpp"})
"""where calls are never struck: our own API, and customers who stay connected"""
_OF_REQUESTS = frozenset(
    {
        Reason.MISSING_SEAL,
        Reason.BAD_SEAL_FIELD,
        Reason.BAD_SEAL_METHOD,
        Reason.UNKNOWN_KEY,
        Reason.DISABLED_KEY,
        Reason.BAD_SEAL,
        Reason.CLOCK_SKEW,
        Reason.BAD_CLOCK,
        Reason.NONCE_USED,
        Reason.ADDRESS_REFUSED,
        Reason.PROJECT_CLOSED,
        Reason.UNKNOWN_APP,
        Reason.NOT_PERMITTED,
        Reason.TOO_FAST,
        Reason.APP_TOO_FAST,
        Reason.OVERLOADED,
        Reason.NO_BALANCE,
        Reason.UNAVAILABLE,
        Reason.INTERNAL,
    }
)
"""what is never said of one item: struck by it, a whole request is refused"""


class Rehearsed(Exception):  # noqa: N818 - not an error: what a rule wanted
    """A call is answered as a rule says, or not at all."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.name)
        self.rule = rule

    def refusal(self) -> Refused:
        """Return what is kept of it for the timeline."""
        rule = self.rule
        facts = {"status": rule.status} if rule.effect is Effect.ANSWER else {}
        return Refused(Reason.REHEARSED, rule=rule.name, effect=str(rule.effect), **facts)


class Faults:
    """Draws by chance what a rule strikes, and counts how often it has."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._struck: dict[tuple[str, str, int], int] = {}

    def of_call(self, exchange: Exchange, project: str, rules: Iterable[Rule]) -> None:
        """Strike a call whose caller is known. Raises Rehearsed."""
        for rule in rules:
            if rule.effect in _OF_CALLS and not _names_items(rule) and _of_exchange(rule, exchange, project):
                self._strike_call(rule, exchange)

    def of_items(self, exchange: Exchange, project: str, drafts: Sequence[Draft], rules: Iterable[Rule]) -> None:
        """Strike a call by rules that name its items (raises Rehearsed), then each item that is about to be taken.

        Raises Refused where a reason is one of whole requests.
        """
        for rule in rules:
            if not _of_exchange(rule, exchange, project):
                continue
            if rule.effect in _OF_CALLS:
                if _names_items(rule) and any(_of_draft(rule, draft) for draft in drafts):
                    self._strike_call(rule, exchange)
                continue
            for draft in drafts:
                if draft.refused is None and draft.rule is None and _of_draft(rule, draft) and self._strikes(rule):
                    _strike(rule, draft)

    def _strike_call(self, rule: Rule, exchange: Exchange) -> None:
        if exchange.dialect in _SPARED or not self._strikes(rule):
            return
        if rule.effect is not Effect.SLOW:
            raise Rehearsed(rule)
        exchange.slow_s += rule.after_s
        english = f"{rule.name}: the answer waits {rule.after_s:g} s"
        exchange.notes.append(("rule", english, f"{rule.name}：延迟 {rule.after_s:g} 秒应答"))

    def _strikes(self, rule: Rule) -> bool:
        if rule.share < _ALL and self._chance.random() * _ALL >= rule.share:
            return False
        if rule.times:
            key = rule.project, rule.name, rule.made_at
            struck = self._struck.get(key, 0)
            if struck >= rule.times:
                return False
            self._struck[key] = struck + 1
        return True


def _strike(rule: Rule, draft: Draft) -> None:
    draft.rule = rule
    if rule.effect is Effect.REFUSE:
        draft.refused = Refused(Reason(rule.reason), **rule.facts, rule=rule.name)
        if draft.refused.reason in _OF_REQUESTS:
            raise draft.refused


def fate_of(rule: Rule) -> str:
    """Return what a simulated carrier reads in a message's details: state, milliseconds, code."""
    return f"{State(rule.state)} {round(rule.after_s * 1000)} {rule.code}"


def _names_items(rule: Rule) -> bool:
    return bool(rule.to or rule.template or rule.text)


def _of_exchange(rule: Rule, exchange: Exchange, project: str) -> bool:
    return (
        (not rule.project or rule.project == project)
        and (not rule.dialect or rule.dialect == exchange.dialect)
        and (not rule.action or rule.action.lower() == exchange.action.lower())
    )


def _of_draft(rule: Rule, draft: Draft) -> bool:
    if rule.to:
        number = draft.to
        if not (fits(rule.to, number.digits) or fits(rule.to, number.digits.removeprefix(number.country_code))):
            return False
    if rule.template and rule.template != _template(draft):
        return False
    return not rule.text or rule.text in draft.content


def _template(draft: Draft) -> str | None:
    return draft.template.name if draft.template is not None else draft.item.template


def fits(pattern: str, digits: str) -> bool:
    """Return whether a number is the one of a pattern: digits, with * before or behind for anything."""
    bare = pattern.strip(ANY)
    if pattern.startswith(ANY):
        return bare in digits if pattern.endswith(ANY) else digits.endswith(bare)
    return digits.startswith(bare) if pattern.endswith(ANY) else digits == bare
