"""The settings that CMPP, SMGP and SGIP share, beside those of every link and of every shaping."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hongyan.carriers.china.contents import CODINGS
from hongyan.carriers.china.stats import checked_stats
from hongyan.carriers.declared import Setting, chosen, setting

CHINA_SETTINGS = (
    setting(
        "text_coding",
        "ucs2",
        "ucs2: every text; gbk: every text, two octets a character; ascii: texts of ASCII alone, UCS-2 for all others.",
        "ucs2：所有正文用 UCS-2；gbk：所有正文用 GBK；ascii：纯 ASCII 正文用 ASCII，其余用 UCS-2。",
        words=CODINGS,
    ),
    setting(
        "udh",
        6,
        "Octets of the header of a long message's parts: 6 (reference of 8 bits) or 7 (16 bits).",
        "长短信每段头部的字节数：6（8 位参考号）或 7（16 位参考号）。",
        least=6,
        most=7,
    ),
    setting("receipts", True, "Ask for status reports.", "要求返回状态报告。"),
    setting(
        "validity",
        False,
        "Tell the gateway until when a message is worth delivering.",
        "向网关传递短信的有效期。",
    ),
    setting(
        "throttle_pause_ms",
        1_000,
        "Pause after an answer that says too fast.",
        "网关返回流量控制后的暂停毫秒数。",
        least=10,
        most=600_000,
    ),
    setting(
        "statuses",
        {},
        'What results of answers mean where it is not the usual: {"100" = "throttle"}; throttle, again, elsewhere, '
        "link, unsure, number, sender, content, never.",
        '提交应答码的特殊含义，如 {"100" = "throttle"}；可用 throttle、again、elsewhere、link、'
        "unsure、number、sender、content、never。",
    ),
    setting(
        "stats",
        {},
        'What codes of status reports mean where it is not the usual: {"MB:1042" = "delivered", "MX:*" = "unknown"}; '
        "delivered, undelivered, rejected, expired, unknown, ignored. A trailing * stands for anything.",
        '状态报告码的特殊含义，如 {"MB:1042" = "delivered", "MX:*" = "unknown"}；可用 delivered、undelivered、'
        "rejected、expired、unknown、ignored，末尾的 * 代表任意内容。",
    ),
)


def but(table: Sequence[Setting], **defaults: Any) -> tuple[Setting, ...]:
    """Return rows, some with another default."""
    return tuple(
        msgspec.structs.replace(one, default=defaults[one.name]) if one.name in defaults else one for one in table
    )


def checked(where: str, protocol: str, table: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting of a protocol's table. Raises Misconfigured for the first that is wrong."""
    out = chosen(where, protocol, table, given)
    checked_stats(where, out["stats"])
    return out
