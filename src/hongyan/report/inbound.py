"""What came in, as people and programs read it: parts with what was said of them, replies, stops. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from hongyan.model.cause import parse_cause
from hongyan.model.clock import iso
from hongyan.report.in_chinese import in_chinese
from hongyan.report.parked import spellings_of
from hongyan.report.timeline import STATES_ZH, Line, line
from hongyan.store.ops import Part, ReplyRow, StopRow, Unclaimed


def part_lines(parts: Sequence[Part], submitted_at: int | None) -> Iterator[Line]:
    """Yield the lines of the parts that a message went in: the id each got, and what became of it."""
    for part in parts:
        yield line(
            submitted_at,
            "send",
            f"part {part.number} of {part.total}: taken as {part.provider_id}",
            f"第 {part.number} 条（共 {part.total} 条）：运营商标识 {part.provider_id}",
            provider_id=part.provider_id,
        )
        if part.state is not None:
            cause = parse_cause(part.cause) if part.cause else None
            behind = f": {cause.code} {cause.text}, said by {cause.said_by}" if cause else ""
            behind_zh = f"：{cause.code} {in_chinese(cause.text)}，来自 {cause.said_by}" if cause else ""
            yield line(
                part.at,
                "report",
                f"part {part.number} of {part.total}: {part.state}{behind}",
                f"第 {part.number} 条（共 {part.total} 条）：{STATES_ZH[part.state]}{behind_zh}",
                provider_id=part.provider_id,
            )


def reply_lines(replies: Sequence[ReplyRow]) -> Iterator[Line]:
    """Yield the lines of the replies to a message."""
    for row in replies:
        gap = f" ({row.missing} of {row.parts} pieces never came)" if row.missing else ""
        gap_zh = f"（共 {row.parts} 段，缺 {row.missing} 段）" if row.missing else ""
        to, to_zh = (f" to {row.to}", f" 发往 {row.to} ") if row.to else ("", " ")
        stop, stop_zh = ("; no more marketing to this number", "；该号码已退订营销短信") if row.stops else ("", "")
        yield line(
            row.received_at,
            "report",
            f"reply from +{row.sender}{to}: {row.text}{gap}{stop}",
            f"收到 +{row.sender}{to_zh}的回复：{row.text}{gap_zh}{stop_zh}",
            reply=row.id,
            carrier=row.carrier,
        )


def reply_summary(row: ReplyRow) -> dict[str, Any]:
    """Return a reply as `/v1` and pushes in our own shape show it."""
    return {
        "id": str(row.id),
        "from": row.sender,
        "to": row.to,
        "text": row.text,
        "received_at": iso(row.received_at),
        "project": row.project or None,
        "dialect": row.dialect or None,
        "app": row.app,
        "message": None if row.message_id is None else str(row.message_id),
        "extend": row.extend,
        "carrier": row.carrier,
        "parts": row.parts,
        "missing": row.missing,
        "stops": row.stops,
    }


def stop_summary(row: StopRow) -> dict[str, Any]:
    """Return a stop as `/v1` shows it."""
    return {
        "project": row.project,
        "number": row.number,
        "marketing_only": row.marketing_only,
        "at": iso(row.at),
        "reply": None if row.reply_id is None else str(row.reply_id),
    }


def unclaimed_summary(row: Unclaimed, now_ms: int) -> dict[str, Any]:
    """Return a receipt that matched no message as `/v1` shows it."""
    return {
        "carrier": row.carrier,
        "provider_id": row.provider_id,
        "at": iso(row.at),
        "age_s": max(0, now_ms - row.at) // 1000,
        "state": str(row.state),
        "cause": row.cause,
        "received_at": iso(row.received_at),
        "number": row.number,
        "tried": [row.provider_id, *spellings_of(row)],
    }
