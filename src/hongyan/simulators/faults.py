"""What a listening gateway can do wrong on purpose, and the numbers that make it do so. Tables only.

`carriers/magic.py` has what becomes of a message; here is what happens to the PDUs about it.
"""

from enum import StrEnum
from typing import NamedTuple

from hongyan.model.said import Said


class Fault(StrEnum):
    """A misbehaviour on the wire."""

    QUEUE_FULL = "queue-full"
    ANSWER_LATE = "answer-late"
    ANSWER_OVERTAKEN = "answer-overtaken"
    ANSWER_TWICE = "answer-twice"
    ANSWER_MISSING = "answer-missing"
    RECEIPT_ELSEWHERE = "receipt-elsewhere"
    RECEIPT_ON_THE_WAY = "receipt-on-the-way"
    RECEIPT_OF_NOTHING = "receipt-of-nothing"
    RECEIPT_SHORT = "receipt-short"
    PDU_CUT = "pdu-cut"
    GARBAGE = "garbage"
    ABSURD_LENGTH = "absurd-length"
    RESET = "reset"
    GOODBYE = "goodbye"
    REFUSED = "refused"
    THROTTLED = "throttled"
    ANSWERS_REVERSED = "answers-reversed"
    MUTE = "mute"
    BAD_AUTHENTICATOR = "bad-authenticator"


class Misdeed(NamedTuple):
    """How a fault is asked for, and what it does."""

    ending: str
    """the last four digits of the number that asks for it; "": of a whole link, by --fault only"""
    said: Said


LATE_ANSWER_MS, OVERTAKEN_MS = 10_000, 300

FAULTS: dict[Fault, Misdeed] = {
    Fault.QUEUE_FULL: Misdeed(
        "4301",
        Said("the first hand-over is refused: queue full; the second is taken", "首次提交返回队列已满，再次提交成功"),
    ),
    Fault.ANSWER_LATE: Misdeed("4302", Said("the answer comes after ten seconds", "提交应答十秒后才到")),
    Fault.ANSWER_OVERTAKEN: Misdeed(
        "4303", Said("the answer comes after later ones: 300 ms late", "应答乱序：晚到 300 毫秒，被后面的应答超过")
    ),
    Fault.ANSWER_TWICE: Misdeed("4304", Said("the answer comes twice", "应答重复")),
    Fault.ANSWER_MISSING: Misdeed(
        "4305",
        Said(
            "taken and delivered, but never answered: its receipts have an id nobody knows",
            "已提交并送达，但始终没有应答",
        ),
    ),
    Fault.RECEIPT_ELSEWHERE: Misdeed(
        "4306", Said("the receipt comes over another link of the account", "状态报告从该账号的另一条连接返回")
    ),
    Fault.RECEIPT_ON_THE_WAY: Misdeed(
        "4307",
        Said("a receipt that says it is on the way comes before the final one", "先来一条中间状态报告，再来最终报告"),
    ),
    Fault.RECEIPT_OF_NOTHING: Misdeed(
        "4308", Said("the receipt has an id that was never given", "状态报告带有从未分配过的编号")
    ),
    Fault.RECEIPT_SHORT: Misdeed(
        "4309", Said("CMPP 3.0: the report block of 2.0, 60 octets", "CMPP 3.0 连接上返回 2.0 的 60 字节报告")
    ),
    Fault.PDU_CUT: Misdeed("4310", Said("the answer breaks off halfway, with the link", "应答只发一半，连接随即关闭")),
    Fault.GARBAGE: Misdeed("4311", Said("octets that mean nothing come in place of the answer", "以乱码代替应答")),
    Fault.ABSURD_LENGTH: Misdeed(
        "4312", Said("a PDU of four thousand million octets is announced in place of the answer", "应答的长度字段荒谬")
    ),
    Fault.RESET: Misdeed("4313", Said("the link is reset before the answer", "应答之前连接被重置")),
    Fault.GOODBYE: Misdeed("4314", Said("after the answer the gateway logs the link out", "应答之后网关主动注销连接")),
    Fault.REFUSED: Misdeed(
        "4315",
        Said(
            "refused: with the status of --refuse-with, or as a bad number",
            "按 --refuse-with 的状态码拒绝，默认号码无效",
        ),
    ),
    Fault.THROTTLED: Misdeed(
        "4316", Said("throttled at the first hand-over, taken at the second", "首次提交被限速，再次提交成功")
    ),
    Fault.ANSWERS_REVERSED: Misdeed(
        "", Said("the answers to what came at once go out in reverse", "同一批提交的应答倒序返回")
    ),
    Fault.MUTE: Misdeed("", Said("keep-alives are never answered", "从不应答链路检测")),
    Fault.BAD_AUTHENTICATOR: Misdeed(
        "", Said("CMPP, SMGP: the gateway's authenticator proves nothing", "CMPP、SMGP：网关的认证码不正确")
    ),
}

MAGIC_FAULTS: dict[str, Fault] = {misdeed.ending: fault for fault, misdeed in FAULTS.items() if misdeed.ending}
"""Last four digits -> fault."""

REFUSE_PREFIX = "45"
"""a number that ends in 45 and two digits is refused with those as the status, in decimal (4500 is ordinary)"""
MAGIC_REFUSALS: dict[str, int] = {f"{REFUSE_PREFIX}{status:02}": status for status in range(1, 100)}

LINK_FAULTS = frozenset(fault for fault, misdeed in FAULTS.items() if not misdeed.ending)

REPLIES: dict[str, tuple[str, Said]] = {
    "4201": ("TD", Said("a stop word", "退订")),
    "4202": ("T", Said("a stop word", "退订")),
    "4203": ("退订", Said("a stop word in Chinese", "中文退订")),
    "4204": ("STOP", Said("a stop word", "退订")),
    "4205": ("Y", Said("a yes", "确认")),
    "4206": ("1", Said("a digit", "数字")),
    "4207": ("收到。" * 40, Said("a long one in Chinese, in pieces", "中文长短信，分段上行")),
    "4208": ("It is {all} right. " * 12, Said("a long one in the GSM alphabet, in pieces", "GSM 字符长短信，分段上行")),
    "4209": ("好的👌", Said("one with an emoji", "带表情")),
    "4210": ("TD", Said("a stop word, twice", "退订，重复两次")),
}
"""Last four digits -> what the handset answers after its receipt."""
REPEATED = "4210"
"""the one that answers twice"""

ACCOUNT_PREFIX = "refuse-"
"""an account of this name and a number is refused with that status at log-in"""
