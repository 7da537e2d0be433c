"""How `hongyan carrier` prints: tables and lines in English or Chinese."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from hongyan.cli.printing import console
from hongyan.model.said import Said

_STANDING: dict[str, tuple[Said, str]] = {
    "running": (Said("running", "运行中"), "green"),
    "suspended": (Said("suspended", "已暂停"), "yellow"),
    "draining": (Said("draining", "正在排空"), "yellow"),
    "drained": (Said("drained", "已排空"), "yellow"),
    "isolated": (Said("isolated", "已隔离"), "red"),
    "off": (Said("switched off", "已停用"), "red"),
}
_COLUMNS = (
    Said("carrier", "通道"),
    Said("protocol", "协议"),
    Said("standing", "状态"),
    Said("links", "连接"),
    Said("window", "窗口"),
    Said("pace/s", "速率/秒"),
    Said("waiting", "等待"),
    Said("oldest", "最久等待"),
    Said("p50/p99 ms", "应答 p50/p99 毫秒"),
    Said("handed", "已提交"),
    Said("not taken", "未接收"),
)

_GAP = 2
_SPARED_FIRST = (8, 1, 5, 7, 4, 10)
"""columns that a narrow terminal does without, in this order; `carrier show` tells all of it"""


def standing_of(look: Mapping[str, Any]) -> str:
    """Return where a carrier stands, as a key of the words."""
    if not look.get("enabled", True):
        return "off"
    return "drained" if look.get("drained") else str(look["standing"])


def standing_word(look: Mapping[str, Any], chinese: bool) -> str:
    """Return where a carrier stands, as a word."""
    return _word(_STANDING[standing_of(look)][0], chinese)


def print_carriers(looks: Sequence[Mapping[str, Any]], backlog: int, chinese: bool) -> None:
    """Print all carriers, a line each, why links are down, and what waits. A narrow terminal is spared some columns."""
    out = console()
    heads = [_word(column, chinese) for column in _COLUMNS]
    rows = _rows(looks, chinese)
    wide = [max(cell_len(str(row[place])) for row in (heads, *rows)) for place in range(len(heads))]
    shown = list(range(len(heads)))
    for place in _SPARED_FIRST:
        if sum(wide[one] + _GAP for one in shown) - _GAP > out.width:
            shown.remove(place)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for place in shown:
        table.add_column(heads[place], overflow="fold", no_wrap=True)
    for row in rows:
        table.add_row(*(row[place] for place in shown))
    out.print(table)
    for look in looks:
        for why in _why_down(look):
            out.print(Text(f"{look['name']}: {why}", "red"), soft_wrap=True)
    if backlog:
        waits = Said(f"{backlog} messages wait to be handed over", f"{backlog} 条消息等待提交")
        out.print(Text(_word(waits, chinese)), soft_wrap=True)


def _why_down(look: Mapping[str, Any]) -> list[str]:
    """Return why links of a carrier that should be up are not, each reason once."""
    if standing_of(look) != "running":
        return []
    down = [link["last_error"] for link in look["links"] if link["state"] != "open" and link["last_error"]]
    return list(dict.fromkeys(down))


def _rows(looks: Sequence[Mapping[str, Any]], chinese: bool) -> list[tuple[str | Text, ...]]:
    """Return a cell for each column, a row for each carrier."""
    return [
        (
            look["name"],
            look["protocol"],
            _standing(look, chinese),
            f"{look['links_open']}/{len(look['links'])}" if look["links"] else "-",
            f"{look['window']['used']}/{look['window']['limit']}",
            _rate(look["pace"]["now"]),
            str(look["waiting"]),
            _age(look["oldest_waiting_ms"]),
            _percentiles(look["answer_p50_ms"], look["answer_p99_ms"]),
            str(look["results"]["handed"]),
            str(sum(sum(codes.values()) for codes in _not_taken(look).values())),
        )
        for look in looks
    ]


def print_look(look: Mapping[str, Any], chinese: bool) -> None:
    """Print everything known of one carrier."""
    out = console()
    out.print(Text.assemble((look["name"], "bold"), "  ", _standing(look, chinese)), soft_wrap=True)
    for said, value in _facts(look):
        out.print(Text.assemble((f"{_word(said, chinese)}: ", "cyan"), value), soft_wrap=True)
    for link in look["links"]:
        out.print(Text(_link(link, chinese)), soft_wrap=True)


def print_pdus(lines: Sequence[Mapping[str, Any]]) -> None:
    """Print a transcript: what we sent with >, what came with <."""
    out = console()
    for line in lines:
        mark, style = (">", "cyan") if line["sent"] else ("<", "magenta")
        head = (f"{line['at'][11:23]} ", "dim")
        out.print(Text.assemble(head, f"{line['link']} ", (f"{mark} ", style), line["text"]), soft_wrap=True)


def _facts(look: Mapping[str, Any]) -> Iterator[tuple[Said, str]]:
    by = ", ".join(part for part in (look["set_by"], look["set_at"], look["why"]) if part)
    if by:
        yield Said("set by", "设置人"), by
    yield Said("protocol", "协议"), look["protocol"]
    yield Said("node", "节点"), str(look["node"])
    pace = look["pace"]
    limits = f"limit {_rate(pace['limit'])}, declared {_rate(pace['declared'])}, reached {pace['reached']:g}"
    yield Said("pace", "速率"), f"{_rate(pace['now'])}/s ({limits})"
    yield Said("window", "窗口"), f"{look['window']['used']}/{look['window']['limit']}"
    oldest = f" ({_age(look['oldest_waiting_ms'])})" if look["waiting"] else ""
    yield Said("waiting", "等待"), f"{look['waiting']}{oldest}"
    if look["down_until"]:
        yield Said("not tried before", "不早于此时重试"), look["down_until"]
    yield Said("answers p50/p99 ms", "应答 p50/p99 毫秒"), _percentiles(look["answer_p50_ms"], look["answer_p99_ms"])
    yield Said("handed", "已提交"), str(look["results"]["handed"])
    for result, codes in _not_taken(look).items():
        yield Said(result, _RESULTS_ZH.get(result, result)), _counts(codes)
    yield Said("receipts", "回执"), _counts(look["receipts"]) or "0"
    yield Said("unclaimed", "无主回执"), str(look["unclaimed"])
    yield Said("replies", "上行"), str(look["replies"])
    if look["transcript_until"]:
        yield Said("transcript until", "报文记录至"), look["transcript_until"]


_RESULTS_ZH = {"again": "稍后重试", "throttled": "被限速", "never": "被拒绝", "unsure": "结果不明"}


def _link(link: Mapping[str, Any], chinese: bool) -> str:
    word = _word(Said("link", "连接"), chinese)
    error = f", {link['last_error']}" if link["last_error"] else ""
    times = _percentiles(link["answer_p50_ms"], link["answer_p99_ms"])
    window = f"{link['unanswered']}/{link['window']}"
    counts = f"> {link['sent']} < {link['received']}"
    head = f"  {word} {link['name']} {link['peer']}: {link['state']} {link['since']}"
    return f"{head}, {window}, {counts}, {times} ms{error}"


def _not_taken(look: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    return {result: codes for result, codes in look["results"].items() if result != "handed"}


def _standing(look: Mapping[str, Any], chinese: bool) -> Text:
    said, style = _STANDING[standing_of(look)]
    return Text(_word(said, chinese), style=style)


def _word(said: Said, chinese: bool) -> str:
    return said.zh if chinese else said.en


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:g}"


def _age(ms: int | None) -> str:
    return "-" if ms is None else f"{ms / 1000:.1f} s"


def _percentiles(p50: float | None, p99: float | None) -> str:
    return "-" if p50 is None or p99 is None else f"{p50:g}/{p99:g}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or '-'} {times}" for name, times in counts.items())
