"""Our own sentences inside a timeline's lines, in Chinese: events and causes are kept in English, as they were said.

Pure. A carrier's own words, and whatever has no place in this table, stay as they are.
"""

import re

from hongyan.model.said import Said
from hongyan.wire import stat
from hongyan.wire.cmpp import words as cmpp
from hongyan.wire.sgip import words as sgip
from hongyan.wire.smgp import words as smgp

_SENTENCES: tuple[tuple[str, str], ...] = (
    # what the sender decides
    (r"it is not handed over again after (\d+) tries", r"已提交 \1 次，不再提交"),
    (r"it is not handed over again", "不再提交"),
    (r"it is handed over again", "将再次提交"),
    (r"carrier (\S+) is next", r"改由通道 \1 发送"),
    (r"carrier (\S+) had no room for long", r"通道 \1 长时间已满"),
    (r"carrier (\S+) answered when it was no longer waited for", r"通道 \1 的应答迟到，已不再等待"),
    (r"it took it as (\S+)", r"对方已接收，标识 \1"),
    # why
    (r"it is not known whether the carrier has it", "不清楚运营商是否已收到"),
    (r"the carrier did not answer in time", "运营商未及时应答"),
    (r"no link of the carrier is open", "运营商没有可用连接"),
    (r"the connection was lost", "连接中断"),
    (r"the peer closed the connection", "对方关闭了连接"),
    (r"the answer cannot be read", "应答无法解析"),
    (r"no carrier of the route is open", "该路由没有打开的通道"),
    (r"no carrier of the route works at the moment", "该路由的通道目前都不可用"),
    (r"the carrier has more waiting than memory should hold; the message waits its turn in the store",
     "该通道在内存中排队已满，消息在存储中等待"),
    (r"waited in memory for long without a place; back to the store", "在内存中等待过久，放回存储"),
    (r"the validity ran out before it could be handed over", "有效期内未能提交"),
    (r"the validity ran out while it was held", "扣留期间有效期已过"),
    (r"mode capture: nothing of the project leaves by itself", "capture 模式：该项目的消息不会自行发出"),
    (r"mode allow-list: the number is not on the project's list", "allow-list 模式：号码不在项目的名单中"),
    (r"rejected by hand, by (\S+?)(?=[:\s]|$)", r"由 \1 人工拒绝"),
    (r"no route fits this message", "没有合适的路由"),
    (r"no receipt came in time", "未及时收到回执"),
    (r"the link was lost before the answer", "应答之前连接中断"),
    (r"the carrier's link is down", "运营商连接中断"),
    # calls to callers
    (r"answered (\d+) in (\d+) ms", r"应答 \1，用时 \2 毫秒"),
    (r"no answer within ([\d.]+) s", r"\1 秒内没有应答"),
    (r"given up after one call", "调用一次后放弃"),
    (r"given up after (\d+) calls", r"调用 \1 次后放弃"),
    (r"given up after (\d+) tries", r"尝试 \1 次后放弃"),
    (r"again in ([\d.]+) s", r"\1 秒后重试"),
    (r"door (\S+)(?=:)", r"账号 \1 的连接"),
    (r"reply (\d+)(?=:)", r"上行 \1"),
    # receipts
    (r"it came before the answer to the hand-over", "先于提交应答到达"),
    (r"the message had been closed as unknown, which stands", "消息此前已记为结果未知，维持不变"),
    (r"the message ended (\w+), which stands", r"消息此前已结束（\1），维持不变"),
    (r"as before", "与之前一致"),
    (r"\(part (\d+) of (\d+)\)", r"（第 \1 条，共 \2 条）"),
    (r"part (\d+) of (\d+)", r"第 \1 条（共 \2 条）"),
)  # fmt: skip
_COMPILED = tuple((re.compile(rf"(?<!\w){english}(?!\w)"), chinese) for english, chinese in _SENTENCES)
_TABLES: tuple[dict[str, Said] | dict[int, Said], ...] = (
    stat.STATS, stat.STAT_FAMILIES, cmpp.CONNECT_STATUSES, cmpp.RESULTS, sgip.RESULTS, sgip.STATES,
    smgp.STATUSES, smgp.ERRS,
)  # fmt: skip
_CODES = {said.en: said.zh for table in _TABLES for said in table.values()}
"""what the operators' codes mean: our words, from their documents"""
_CODE = re.compile("|".join(map(re.escape, sorted(_CODES, key=len, reverse=True))))


def in_chinese(text: str) -> str:
    """Return a text with the sentences that we know put into Chinese."""
    for english, chinese in _COMPILED:
        text = english.sub(chinese, text)
    return _CODE.sub(lambda found: _CODES[found.group()], text)
