"""Fault rules: made, listed and taken away by hand; each is checked here so that the road need not doubt it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from hongyan.accept.faults import ANY
from hongyan.carriers.endings import USUAL, is_sayable
from hongyan.carriers.profiles import PROFILES
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.reason import Reason
from hongyan.model.submission import Meant
from hongyan.model.world import Effect, Rule, World, identity
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.operate.rehearsal import Rehearsal, wrong
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.text.characters import is_storable
from hongyan.text.nearest import nearest

Codes = Callable[[], Mapping[str, Mapping[str, Meant]]]
"""-> dialect -> the vendor's code -> what it is said for"""
MOST_RULES = 200
LONGEST_SLOW_S, LONGEST_WAIT_S = 300, 30 * 86_400
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"\*?\+?[0-9]{1,15}\*?")
_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
_FIRST_STATUS, _LAST_STATUS = 400, 599
_MADE_HERE = {"facts", "made_at", "made_by", "enabled"}
FIELDS: dict[Effect, frozenset[str]] = {
    Effect.END: frozenset({"state", "code", "after_s"}),
    Effect.REFUSE: frozenset({"reason", "code"}),
    Effect.ANSWER: frozenset({"status"}),
    Effect.SLOW: frozenset({"after_s"}),
    Effect.CUT: frozenset(),
}
"""what says how an effect is done; everything else says what it strikes"""
_HOW = frozenset().union(*FIELDS.values())


class Rules:
    """Asked by `/v1`, the command line and the console."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        store: Store,
        current: CurrentWorld,
        clock: Clock,
        core: Core,
        journal: Journal,
        codes: Codes,
    ) -> None:
        self._rehearsal, self._store, self._current, self._clock = rehearsal, store, current, clock
        self._core, self._journal, self._codes = core, journal, codes

    def list(self, actor: Actor) -> Sequence[Rule]:
        """Return the rules that somebody may see, in the order they are tried."""
        every: list[Rule] = self._current().all(Rule)
        return [one for one in every if actor.project in {None, one.project}]

    def codes(self, dialect: str) -> Sequence[str]:
        """Return the vendor's codes that a rule may refuse with."""
        return sorted(self._codes().get(dialect, ()))

    def code_for(self, dialect: str, reason: str, facts: Mapping[str, Any]) -> str:
        """Return the vendor's code that a refusal was told with, as far as its reason and facts say; "" for none."""
        fits = [
            (len(meant.facts), code)
            for code, meant in self._codes().get(dialect, {}).items()
            if meant.reason == reason and all(facts.get(name) == value for name, value in meant.facts.items())
        ]
        return max(fits, key=lambda one: one[0])[1] if fits else ""

    async def add(self, actor: Actor, asked: Mapping[str, Any]) -> Rule:
        """Make a rule of a Rule's fields as plain values; one of the same name is replaced. Raises Refused."""
        project = str(asked.get("project") or actor.project or "")
        self._rehearsal.need(actor, Role.OPERATOR, project or None)
        world = await self._store.world()
        every: list[Rule] = world.all(Rule)
        rule = self._checked(_read({**asked, "project": project}, every), world)
        if len(every) >= MOST_RULES and all(identity(one) != identity(rule) for one in every):
            raise wrong("name", f"there are {MOST_RULES} rules already", f"规则已达上限 {MOST_RULES} 条")
        now = self._clock.now_ms()
        rule = replace(rule, made_at=now, made_by=actor.name)
        await self._store.declare([rule], (), now)
        await self._follow()
        said = {name: value for name in ("dialect", "share", *sorted(_HOW)) if (value := getattr(rule, name))}
        await self._journal.note(actor, "rule.make", rule.name, project, effect=str(rule.effect), **said)
        return rule

    async def remove(self, actor: Actor, name: str, project: str = "") -> None:
        """Take a rule away. Raises Refused(BAD_FIELD) when there is none of that name."""
        project = project or actor.project or ""
        self._rehearsal.need(actor, Role.OPERATOR, project or None)
        every: list[Rule] = (await self._store.world()).all(Rule)
        found = [one for one in every if one.name == name and project in {"", one.project}]
        if not found:
            known = ", ".join(one.name for one in self.list(actor)) or "-"
            raise wrong("name", f"no rule {name[:64]!r}; there is {known}", f"没有规则 {name[:64]!r}；现有：{known}")
        await self._drop(actor, found)

    async def clear(self, actor: Actor) -> int:
        """Take away every rule that somebody may see; return how many."""
        self._rehearsal.need(actor, Role.OPERATOR, actor.project)
        every: list[Rule] = (await self._store.world()).all(Rule)
        found = [one for one in every if actor.project in {None, one.project}]
        await self._drop(actor, found)
        return len(found)

    async def profile(self, actor: Actor, carrier: str, profile: str) -> str:
        """Have a simulated carrier behave by another profile from now on. Raises Refused."""
        self._rehearsal.need(actor, Role.ADMIN)
        config = (await self._store.world()).carriers.get(carrier)
        if config is None or config.protocol != "simulator":
            raise wrong("carrier", "no simulated carrier of that name", "没有这个名称的仿真通道")
        if profile not in PROFILES:
            hint = nearest(profile, PROFILES)
            raise wrong("profile", f"no profile {profile[:64]!r}: {hint}", f"没有档位 {profile[:64]!r}：{hint}")
        changed = replace(config, settings={**config.settings, "profile": profile})
        await self._store.declare([changed], (), self._clock.now_ms())
        await self._follow()
        await self._journal.note(actor, "carrier.profile", carrier, profile=profile)
        return profile

    async def _drop(self, actor: Actor, rules: Iterable[Rule]) -> None:
        rules = list(rules)
        if rules:
            await self._store.declare((), [identity(one) for one in rules], self._clock.now_ms())
            await self._follow()
        for one in rules:
            await self._journal.note(actor, "rule.remove", one.name, one.project)

    async def _follow(self) -> None:
        """Have this process and the one that sends obey at once; others do within half a second."""
        await self._core.follow()
        await self._current.refresh()

    def _checked(self, rule: Rule, world: World) -> Rule:
        for field in sorted(_HOW - FIELDS[rule.effect]):
            if getattr(rule, field):
                effects = ", ".join(effect for effect, fields in FIELDS.items() if field in fields)
                raise wrong(
                    field, f"belongs to {effects}, not to {rule.effect}", f"仅用于 {effects}，不用于 {rule.effect}"
                )
        _check_matching(rule, world, self._codes())
        if rule.effect is Effect.REFUSE:
            return self._refusing(rule)
        _check_doing(rule)
        return rule

    def _refusing(self, rule: Rule) -> Rule:
        """Return the rule with its reason found."""
        if rule.reason:
            if rule.code:
                raise wrong("code", "either a reason or a vendor's code", "reason 与 code 只能二选一")
            if rule.reason not in set(Reason):
                hint = nearest(rule.reason, map(str, Reason))
                raise wrong("reason", f"no reason {rule.reason!r}: {hint}", f"没有原因 {rule.reason!r}：{hint}")
            facts = next(
                (dict(m.facts) for known in self._codes().values() for m in known.values() if m.reason == rule.reason),
                {},
            )
            return replace(rule, facts=facts)
        if not rule.code:
            raise wrong(
                "reason", "a refusal needs a reason, or a vendor's code", "拒绝需要指定 reason 或厂商错误码 code"
            )
        every = self._codes()
        dialects = [rule.dialect] if rule.dialect else [name for name, codes in every.items() if rule.code in codes]
        if len(dialects) > 1:
            said = ", ".join(dialects)
            raise wrong(
                "dialect", f"{rule.code} is a code of {said}: say whose", f"{rule.code} 同属 {said}，请指定 dialect"
            )
        known = every.get(dialects[0], {}) if dialects else {}
        meant = known.get(rule.code)
        if meant is None:
            hint = nearest(rule.code, known or {code for codes in every.values() for code in codes})
            raise wrong("code", f"no code {rule.code!r}: {hint}", f"没有错误码 {rule.code!r}：{hint}")
        return replace(rule, dialect=dialects[0], reason=str(meant.reason), facts=dict(meant.facts))


def told(rule: Rule) -> dict[str, Any]:
    """Return a rule as `/v1` tells of it: only what was said, and by whom."""
    plain: dict[str, Any] = msgspec.to_builtins(rule)
    plain.pop("facts", None)
    return {"name": rule.name, "effect": str(rule.effect), **plain, "made_at": iso(rule.made_at)}


def _read(asked: Mapping[str, Any], every: Sequence[Rule]) -> Rule:
    """Return the rule that plain values make. Raises Refused(BAD_FIELD)."""
    given = {name: value for name, value in asked.items() if value is not None and value != ""}
    for field in given:
        if field not in Rule.__struct_fields__ or field in _MADE_HERE:
            hint = nearest(field, [one for one in Rule.__struct_fields__ if one not in _MADE_HERE])
            raise wrong(field, f"a rule has no such field; {hint}", f"规则没有该字段；{hint}")
    if given.get("effect") not in set(Effect):
        known = ", ".join(Effect)
        raise wrong("effect", f"one of: {known}", f"只能是：{known}")
    if "name" not in given:
        taken = {one.name for one in every}
        given["name"] = next(name for n in range(1, MOST_RULES + 2) if (name := f"{given['effect']}-{n}") not in taken)
    try:
        rule = msgspec.convert(given, Rule, strict=False)
    except msgspec.ValidationError as error:
        sentence, _, place = str(error).partition(" - at `$.")
        raise wrong(place.rstrip("`") or "rule", sentence, "取值类型不正确") from None
    return replace(rule, to=normal_number(rule.to))


def _check_matching(rule: Rule, world: World, codes: Mapping[str, Any]) -> None:
    if not _NAME.fullmatch(rule.name):
        raise wrong(
            "name", "letters, digits, dots and dashes, 64 at most", "只能是字母、数字、点与横线，最多 64 个字符"
        )
    if rule.project and rule.project not in world.projects:
        hint = nearest(rule.project, world.projects)
        raise wrong("project", f"no project {rule.project!r}: {hint}", f"没有项目 {rule.project!r}：{hint}")
    dialects = {*codes, "native", "smpp"}
    if rule.dialect and rule.dialect not in dialects:
        hint = nearest(rule.dialect, dialects)
        raise wrong("dialect", f"no dialect {rule.dialect!r}: {hint}", f"没有方言 {rule.dialect!r}：{hint}")
    if rule.to and not _NUMBER.fullmatch(rule.to):
        raise wrong("to", f"digits, with {ANY} before or behind (*0042)", f"只能是数字，可在前后加 {ANY}（如 *0042）")
    if not 0 < rule.share <= 100:  # noqa: PLR2004 - percent
        raise wrong("share", "percent: more than 0, 100 at most", "百分比：大于 0，最大 100")
    if rule.times < 0:
        raise wrong("times", "0 or more", "不能小于 0")
    for field in ("action", "template", "text"):
        value = getattr(rule, field)
        if len(value) > 200 or not is_storable(value):  # noqa: PLR2004 - as long as names in /v1
            raise wrong(field, "200 characters at most", "最多 200 个字符")
    if rule.effect in {Effect.ANSWER, Effect.SLOW, Effect.CUT} and rule.dialect in {"native", "smpp"}:
        raise wrong("dialect", f"calls to {rule.dialect} are never struck", f"{rule.dialect} 的调用不受故障规则影响")


def _check_doing(rule: Rule) -> None:
    if rule.effect is Effect.END:
        if rule.state not in USUAL:
            known = ", ".join(USUAL)
            raise wrong("state", f"a rule ends a message with one of: {known}", f"终态只能是：{known}")
        if not is_sayable(rule.code):
            raise wrong(
                "code",
                "up to 32 visible ASCII characters without | or blanks",
                "最多 32 个可见 ASCII 字符，不含 | 与空格",
            )
        if not 0 <= rule.after_s <= LONGEST_WAIT_S:
            raise wrong("after_s", f"0 to {LONGEST_WAIT_S}", f"取值 0 到 {LONGEST_WAIT_S}")
    if rule.effect is Effect.ANSWER and not _FIRST_STATUS <= rule.status <= _LAST_STATUS:
        raise wrong("status", "an HTTP status from 400 to 599", "400 到 599 之间的 HTTP 状态码")
    if rule.effect is Effect.SLOW and not 0 < rule.after_s <= LONGEST_SLOW_S:
        raise wrong(
            "after_s",
            f"seconds to wait: more than 0, {LONGEST_SLOW_S} at most",
            f"延迟秒数：大于 0，最大 {LONGEST_SLOW_S}",
        )


def normal_number(pattern: str) -> str:
    """Return a number's pattern as it is compared: a bare mainland number gets its 86, a + goes."""
    digits = pattern.replace("+", "")
    return f"86{digits}" if _MAINLAND.fullmatch(digits) else digits
