"""A message's life, or a refusal's reason, as lines to read: plain dictionaries in both languages. Pure.

`look.py` fetches the rows; the command line, `/v1` and the console only lay the lines out. The stages are the
folders of the road: dialects, accept, route, send, report.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hongyan.model.cause import Cause, CauseKind, parse_cause
from hongyan.model.clock import iso
from hongyan.model.hold import HELD
from hongyan.model.ids import hex32
from hongyan.model.message import FINAL, Category, Leg, Message, State
from hongyan.model.money import amount
from hongyan.model.reason import Reason, docs_of
from hongyan.model.said import Said
from hongyan.model.sentences import refusal_text
from hongyan.model.world import Mode
from hongyan.report.in_chinese import in_chinese
from hongyan.store.ops import Event, RefusalRow, SubmissionRow

STATES_ZH: dict[State, str] = {
    State.ACCEPTED: "已受理，等待发送",
    State.SENDING: "正在交给运营商",
    State.SUBMITTED: "运营商已接收，等待回执",
    State.DELIVERED: "已送达",
    State.UNDELIVERED: "未送达",
    State.REJECTED: "被拒绝",
    State.EXPIRED: "已过期",
    State.UNKNOWN: "结果未知",
}
_EVENTS: dict[str, tuple[str, str, str]] = {
    # kind -> stage, English, Chinese
    "again": ("send", "put off: tried again later", "暂缓：稍后重试"),
    "unsure": ("send", "the hand-over's answer was lost", "交给运营商后没有得到回答"),
    "receipt-late": ("report", "a receipt came late", "回执迟到"),
    "receipt-twice": ("report", "a receipt came again", "回执重复"),
    "receipt-early": ("report", "the receipt came before the hand-over's answer", "回执先于提交应答到达"),
    "stop": ("report", "the number asked to be left alone", "用户回复退订"),
    "stop-lifted": ("report", "the number asked to hear from us again", "用户回复恢复接收"),
    "push": ("report", "pushed to the caller", "已推送给调用方"),
    "push-failed": ("report", "a push failed", "推送失败"),
    "rendered": ("report", "the card was shown", "卡片已展示"),
    "click": ("report", "the link was opened", "链接被打开"),
    "refund": ("report", "the price was given back", "已退费"),
    "withheld": ("send", "held: it waits to be released or rejected by hand", "已扣留：等待人工放行或拒绝"),
    "released": ("send", "released by hand", "已人工放行"),
}
_DETOURS: dict[str, Said] = {
    "closed": Said("is not open", "未打开"),
    "stopped": Said("takes nothing at the moment", "暂不接收"),
    "down": Said("failed just now", "刚刚出现故障"),
    "no-link": Said("has no link", "没有可用连接"),
    "full": Said("has no room", "已满"),
}
"""why a message did not go to its route's first choice"""
_STEPS_ZH = {
    "who": "身份",
    "seal": "签名校验",
    "clock": "时间",
    "pace": "频率",
    "number": "号码",
    "wording": "内容",
    "sign": "短信签名",
    "consent": "退订与时段",
    "limits": "号码频次",
    "price": "价格",
    "card": "卡片",
    "rule": "规则",
}

_NO_CARD = {
    "not-approved": ("its template is not approved", "模板未审核通过"),
    "not-shown": ("the number does not show cards", "该号码不支持卡片短信"),
}
_ROAD = ("dialects", "accept", "route", "send", "report")
"""stages in their order: what happened in one millisecond is told in it"""
_CAUSE = re.compile(rf"\b(?:{'|'.join(CauseKind)})\|([^|]*)\|([^|]*)\|")
"""a cause as the store keeps it, inside the text of an event"""
_OUR_OWN = re.compile(r"[a-z]+\|[^|]*\|hongyan\|")
_PLAIN = r"\2: \1 "

Line = dict[str, Any]


def line(at: int | None, stage: str, english: str, chinese: str, **facts: Any) -> Line:
    """Return one line of a timeline; facts that are None or empty are left out."""
    kept = {name: value for name, value in facts.items() if value is not None and value != ""}
    return {"at": iso(at), "stage": stage, "text_en": english, "text_zh": chinese, "facts": kept}


def summary(message: Message) -> dict[str, Any]:
    """Return a message as `/v1` and the lists show it."""
    cause = parse_cause(message.cause) if message.cause else None
    return {
        "id": str(message.id),
        "external_id": hex32(message.id),
        "submission": str(message.submission),
        "project": message.project,
        "dialect": message.dialect,
        "app": message.app,
        "client_id": message.client_id,
        "to": message.to,
        "country": message.country,
        "operator": message.operator,
        "leg": str(message.leg),
        "category": str(message.category),
        "template": message.template,
        "signature": message.signature,
        "text": message.content,
        "alphabet": message.alphabet,
        "parts": message.parts,
        "price": amount(message.price),
        "currency": message.currency,
        "session": message.session,
        "state": str(message.state),
        "final": message.state in FINAL,
        "cause": None if cause is None else _cause(cause),
        "carrier": message.carrier,
        "provider_id": message.provider_id,
        "attempts": message.attempts,
        "accepted_at": iso(message.accepted_at),
        "submitted_at": iso(message.submitted_at),
        "done_at": iso(message.done_at),
        "received_at": iso(message.received_at),
        "rendered_at": iso(message.rendered_at),
        "refunded": message.refund is not None,
    }


def _cause(cause: Cause) -> dict[str, str]:
    return {"kind": str(cause.kind), "code": cause.code, "text": cause.text, "said_by": cause.said_by}


def of_message(
    message: Message,
    submission: SubmissionRow | None,
    events: Sequence[Event],
    considered: Sequence[Said],
    came_in: Sequence[Line] = (),
    on_air: int = 0,
) -> dict[str, Any]:
    """Return the whole life of a message.

    `considered`: what the router has to say about it; `came_in`: the lines of its parts and of the replies to it;
    `on_air`: how many parts it went in, as far as its carrier gave each an id.
    """
    lines: list[Line] = []
    if submission is not None:
        lines += _request(submission, submission.received_at)
        lines += _notes(submission.notes, submission.received_at)
    lines += _accepted(message)
    lines += [line(None, "route", said.en, said.zh) for said in considered]
    happened = [_event(one) for one in events]
    before = [one for one in happened if one["stage"] != "report"]
    after = [one for one in happened if one["stage"] == "report"]
    later = [*before, *_sent(message, events, on_air), *came_in, *_ended(message), *after]
    lines += sorted(later, key=lambda one: (one["at"] or "", _ROAD.index(one["stage"])))
    return {
        "kind": "message",
        "id": str(message.id),
        "request_id": submission.request_id if submission else None,
        "title": f"{message.dialect} {message.leg} to {message.to}",
        "state": str(message.state),
        "state_zh": STATES_ZH[message.state],
        "message": summary(message),
        "lines": lines,
    }


def of_refusals(rows: Sequence[RefusalRow]) -> dict[str, Any]:
    """Return why a request, or some of its items, were refused."""
    first = rows[0]
    lines: list[Line] = []
    for row in rows:
        if row.position is None:
            lines += _request(row, row.at)
            lines += _notes(row.notes, row.at)
        lines.append(refusal_line(row))
    return {
        "kind": "refusal",
        "id": first.request_id,
        "request_id": first.request_id,
        "title": f"{first.dialect} {first.action or 'request'} from {first.peer}",
        "title_zh": f"{first.dialect} {first.action or '请求'}，来自 {first.peer}",
        "state": "refused",
        "state_zh": "已拒绝",
        "reasons": [str(row.reason) for row in rows],
        "lines": lines,
    }


def refusal_line(row: RefusalRow) -> Line:
    """Return the line that says why; for a bad seal with both digests and our string to sign in its facts."""
    facts: dict[str, Any] = _json(row.facts, dict)
    told = {} if row.reason is Reason.BAD_SEAL else facts
    english, chinese = refusal_text(row.reason, told)
    where = "" if row.position is None else f"item {row.position}: "
    rule = facts.get("rule")
    by, by_zh = (f" by rule {rule}", f"（规则 {rule}）") if rule else ("", "")
    said = line(
        row.at,
        "accept",
        f"refused{by}: {where}{english}",
        f"已拒绝{by_zh}：{where}{chinese}",
        reason=str(row.reason),
        **facts,
    )
    return said | {"docs": docs_of(row.reason)}


def _request(row: SubmissionRow | RefusalRow, at: int) -> list[Line]:
    english = f"{row.dialect} {row.action or 'request'} from {row.peer}, request {row.request_id}"
    chinese = f"{row.dialect} {row.action or '请求'}，来自 {row.peer}，请求号 {row.request_id}"
    key = row.key_id if isinstance(row, SubmissionRow) else None
    return [line(at, "dialects", english, chinese, request=row.request, key=key)]


def _notes(notes: str, at: int) -> Iterable[Line]:
    for step, english, chinese in _json(notes, list):
        yield line(at, "accept", f"{step}: {english}", f"{_STEPS_ZH.get(step, step)}：{chinese}")


def _json(text: str, kind: type) -> Any:
    try:
        found = msgspec.json.decode(text) if text else kind()
    except msgspec.DecodeError:
        return kind()
    return found if isinstance(found, kind) else kind()


def _accepted(message: Message) -> list[Line]:
    at, price = message.accepted_at, f"{amount(message.price)} {message.currency}"
    whose = ", ".join(part for part in (message.country, message.operator) if part) or "country unknown"
    lines = [line(at, "accept", f"number: +{message.to} ({whose})", f"号码：+{message.to}（{whose}）")]
    lines += _rule(message)
    lines += _card(message)
    if message.template:
        lines.append(line(at, "accept", f"wording: template {message.template}", f"内容：模板 {message.template}"))
    if message.signature:
        lines.append(line(at, "accept", f"sign: signature {message.signature}", f"短信签名：{message.signature}"))
    length, marketing = len(message.content), message.category is Category.MARKETING
    hours_en, hours_zh = (", an hour for marketing", "，营销时段内") if marketing else ("", "")
    lines.append(line(at, "accept", f"content: {length} characters, no blocked word", f"内容：{length} 字，无敏感词"))
    lines.append(line(at, "accept", f"consent: not on the stop list{hours_en}", f"退订与时段：未退订{hours_zh}"))
    lines.append(line(at, "accept", "limits: none is reached", "号码频次：未超限"))
    lines.append(
        line(
            at,
            "accept",
            f"price: {message.alphabet}, {message.parts} part(s), {price}",
            f"价格：{message.alphabet}，{message.parts} 条，{price}",
            text=message.content,
        )
    )
    lines.append(
        line(
            at,
            "accept",
            f"accepted as {message.leg} ({message.category}), charged {price}",
            f"已受理：{message.leg}（{message.category}），扣费 {price}",
            ledger=message.charge,
            client_id=message.client_id,
            session=message.session,
        )
    )
    return [*lines, *_held(message)]


def _held(message: Message) -> Iterable[Line]:
    """Yield that it was held when it was accepted, and why."""
    if mode := message.noted().get("held"):
        why = parse_cause(HELD[Mode(mode)]).text
        english = f"held: {why}; it waits to be released or rejected by hand"
        chinese = f"已扣留：{in_chinese(why)}；等待人工放行或拒绝"
        yield line(message.accepted_at, "accept", english, chinese, mode=mode)


def _rule(message: Message) -> Iterable[Line]:
    """Yield what a rule of a rehearsal has in store for it."""
    noted = message.noted()
    if "rule" not in noted:
        return
    state, after_ms, code = noted["fate"].split(" ", 2)
    name, seconds, word = noted["rule"], f"{int(after_ms) / 1000:g}", f" {code}" if code else ""
    if state == State.UNKNOWN:
        english, chinese = "a simulated carrier never reports on it", "仿真通道不给出回执"
    elif after_ms == "0":
        english = f"a simulated carrier ends it {state}{word}"
        chinese = f"仿真通道将以“{STATES_ZH[State(state)]}”{word} 结束"
    else:
        english = f"a simulated carrier ends it {state}{word} after {seconds} s"
        chinese = f"仿真通道将在 {seconds} 秒后以“{STATES_ZH[State(state)]}”{word} 结束"
    yield line(message.accepted_at, "accept", f"rule {name}: {english}", f"规则 {name}：{chinese}", rule=name)


def rule_unplayed(message: Message) -> list[Line]:
    """Return the line of a message that a rule wanted to end, and that went to a carrier with a mind of its own."""
    name = message.noted().get("rule")
    if name is None:
        return []
    english = f"rule {name}: carrier {message.carrier} is no simulated one and ends it as it will"
    chinese = f"规则 {name}：通道 {message.carrier} 不是仿真通道，结果以其回执为准"
    return [line(message.submitted_at, "send", english, chinese, rule=name)]


def _card(message: Message) -> Iterable[Line]:
    """Yield why a number got a card, or the fallback in its place."""
    noted = message.noted()
    if "card" in noted:
        card, (why, why_zh) = noted["card"], _NO_CARD[noted["card_why"]]
        english = f"card: {card} was not sent: {why}; the fallback is"
        yield line(message.accepted_at, "accept", english, f"卡片：未发送 {card}：{why_zh}；改发回落内容")
    elif message.leg is Leg.CARD:
        yield line(message.accepted_at, "accept", "card: the number shows cards", "卡片：该号码支持卡片短信")
        if lacks := noted.get("lacks"):
            english = f"card: it cannot be drawn, as {lacks} has no value"
            yield line(message.accepted_at, "accept", english, f"卡片：变量 {lacks} 没有值，无法渲染")


def _sent(message: Message, events: Sequence[Event], on_air: int) -> list[Line]:
    if message.submitted_at is None:
        return []
    put_off = sum(one.kind == "again" and not _OUR_OWN.match(one.text) for one in events)
    attempt = max(message.attempts, put_off + 1)
    tries = f"attempt {attempt}" if attempt > 1 else "first attempt"
    english = chinese = ""
    if on_air and on_air != message.parts:
        english = f", in {on_air} parts as it words texts; charged were {message.parts}"
        chinese = f"，按该通道的写法共 {on_air} 条；计费 {message.parts} 条"
    return [
        line(
            message.submitted_at,
            "send",
            f"carrier {message.carrier} took it ({tries}){english}",
            f"运营商 {message.carrier} 已接收（第 {attempt} 次）{chinese}",
            provider_id=message.provider_id,
        )
    ]


def _ended(message: Message) -> list[Line]:
    lines: list[Line] = []
    cause = parse_cause(message.cause) if message.cause else None
    said = {} if cause is None else {"code": cause.code, "text": cause.text, "said_by": cause.said_by}
    if message.received_at is not None:
        lines.append(
            line(
                message.received_at, "report", "receipt: the carrier's own time of it", "回执：运营商给出的时间", **said
            )
        )
    if message.done_at is not None:
        english = str(message.state) + (f": {cause.code} {cause.text}, said by {cause.said_by}" if cause else "")
        words = f"：{cause.code} {in_chinese(cause.text)}，来自 {cause.said_by}" if cause else ""
        chinese = STATES_ZH[message.state] + words
        lines.append(line(message.done_at, "report", english, chinese, **said))
    if message.refund is not None:
        price = f"{amount(message.price)} {message.currency}"
        lines.append(line(message.done_at, "report", f"refunded {price}", f"已退费 {price}", ledger=message.refund))
    return lines


def _detour(event: Event) -> Line:
    """Return the line of a message that went to another carrier than its route's first choice."""
    first, why, taken = event.text.split("|")
    said = _DETOURS[why]
    english = f"carrier {first}: {said.en}; carrier {taken}: chosen in its place"
    return line(event.at, "route", english, f"通道 {first}：{said.zh}；改由通道 {taken} 发送", kind=event.kind)


def _event(event: Event) -> Line:
    if event.kind == "routed":
        return _detour(event)
    stage, english, chinese = _EVENTS.get(event.kind, ("report", event.kind, event.kind))
    said = _CAUSE.sub(_PLAIN, event.text)
    behind, behind_zh = (f": {said}", f"：{in_chinese(said)}") if said else ("", "")
    state, colon, rest = behind_zh[1:].partition(": ")
    if event.kind.startswith("receipt-") and colon and state in STATES_ZH:
        behind_zh = f"：{STATES_ZH[State(state)]}：{rest}"
    return line(event.at, stage, english + behind, chinese + behind_zh, kind=event.kind)
