"""Makes the page of reasons: everything that can be refused, what to do about it, and every vendor's words for it.

Run it (`make docs`) after changing a reason or a dialect's words.
"""  # noqa: INP001 - a program beside the page it makes, not a package

import random
import re
from typing import Any, NamedTuple

import msgspec
from writing import ENDINGS, Pages, both, cell, made_by, opening, page, words, write_all

from hongyan.dialects.alibaba import Alibaba
from hongyan.dialects.comms import Comms
from hongyan.dialects.nxcloud import Nxcloud
from hongyan.dialects.smpp.reasons import STATUSES
from hongyan.dialects.yundashi import Yundashi
from hongyan.links.capability import source
from hongyan.model.clock import FakeClock
from hongyan.model.reason import Reason
from hongyan.model.sentences import SENTENCES
from hongyan.model.submission import Exchange
from hongyan.model.world import World
from hongyan.wire.smpp.statuses import STATUSES as SMPP_NAMES

MADE = made_by("make_reasons.py")
_FINE = 200


class Words(NamedTuple):
    """What a dialect says."""

    status: int
    code: str
    text: str


def reasons_page(language: str) -> str:
    """Return the page of reasons."""
    zh = language == "zh"
    dialects = _dialects()
    lines = opening("reasons", language, MADE)
    lines.append(f"| {'原因' if zh else 'reason'} | /v1 | {' | '.join(dialects)} | SMPP |")
    lines.append("|---|---|" + "---|" * (len(dialects) + 1))
    said = {(name, reason): _asked(dialect, reason) for name, dialect in dialects.items() for reason in Reason}
    for reason in Reason:
        codes = " | ".join(_code(said[name, reason]) for name in dialects)
        status = SENTENCES[reason].status
        lines.append(f"| [`{reason}`](#{reason}) | {status} | {codes} | `0x{STATUSES[reason]:02X}` |")
    lines.append("")
    for reason in Reason:
        lines += _section(reason, {name: said[name, reason] for name in dialects}, language)
    return page(lines)


def _section(reason: Reason, said: dict[str, Words], language: str) -> list[str]:
    zh = language == "zh"
    sentence = SENTENCES[reason]
    lines = [f"## `{reason}`\n", f"{sentence.zh if zh else sentence.en}\n"]
    advice = words("reasons").get(str(reason))  # a test fails where there is none
    if advice is not None:
        linked = re.sub(r"\(@([\w-]+)", rf"(\1{ENDINGS[language]}", advice[language])
        lines.append(f"{'**怎么办：**' if zh else '**What to do:** '}{linked}\n")
    lines += ["| 接口 | 应答 | 说法 |" if zh else "| API | answer | its words |", "|---|---|---|"]
    lines.append(f"| /v1 | `{reason}` ({sentence.status}) | {cell(sentence.zh if zh else sentence.en)} |")
    lines += [f"| {name} | {_code(one)} | {cell(one.text)} |" for name, one in said.items()]
    status = STATUSES[reason]
    lines += [f"| SMPP | `0x{status:02X}` | {SMPP_NAMES[status][1]} |", ""]
    return lines


def _dialects() -> dict[str, Any]:
    """Return the dialects with nobody behind them: only their words are asked for."""
    nobody: Any = None
    world = World()
    four = (nobody, nobody, FakeClock(), lambda: world, random.Random(1))  # noqa: S311 - nothing is secret here
    return {
        "comms": Comms(*four),
        "NXCloud": Nxcloud(*four),
        "Alibaba": Alibaba(*four, source("none")),
        "Yundashi": Yundashi(*four),
    }


def _asked(dialect: Any, reason: Reason) -> Words:
    exchange = Exchange(
        request_id="r",
        dialect=dialect.name,
        method="POST",
        path=next(iter(dialect.endpoints)),
        query=b"",
        headers={},
        body=b"",
        peer="",
        received_at=0,
    )
    answer = dialect.refusal(exchange, reason, {})
    body = msgspec.json.decode(answer.body)
    code = next(body[name] for name in ("code", "Code", "result") if name in body)
    text = next((str(body[name]) for name in ("msg", "message", "Message", "info", "errmsg") if name in body), "")
    return Words(answer.status, str(code), text)


def _code(said: Words) -> str:
    return f"`{said.code}`" + ("" if said.status == _FINE else f" ({said.status})")


PAGES: Pages = both("reasons", reasons_page)

if __name__ == "__main__":
    write_all(PAGES)
