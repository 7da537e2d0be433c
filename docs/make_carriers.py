"""Makes the page of carriers' settings from the carriers' own tables, with what answers and report codes mean.

Run it (`make docs`) after changing one of them; tests/docs/test_reference.py fails while the page is not current.
"""  # noqa: INP001 - a program beside the page it makes, not a package

import re
from collections.abc import Iterator, Mapping, Sequence

from writing import Pages, both, cell, made_by, page, words, write_all, written

from hongyan.carriers.china.stats import STATS, Meaning
from hongyan.carriers.cmpp import settings as cmpp
from hongyan.carriers.cmpp import wording as cmpp_wording
from hongyan.carriers.declared import Setting
from hongyan.carriers.link_settings import LINK_SETTINGS
from hongyan.carriers.rulings import Ruling
from hongyan.carriers.sgip import settings as sgip
from hongyan.carriers.sgip import wording as sgip_wording
from hongyan.carriers.shaping import SHAPING_SETTINGS
from hongyan.carriers.smgp import settings as smgp
from hongyan.carriers.smgp import wording as smgp_wording
from hongyan.carriers.smpp import settings as smpp
from hongyan.carriers.smpp.rulings import RULINGS as SMPP_RULINGS
from hongyan.model.said import Said
from hongyan.wire import cmpp as cmpp_wire
from hongyan.wire import sgip as sgip_wire
from hongyan.wire import smgp as smgp_wire
from hongyan.wire.smpp.statuses import STATUSES
from hongyan.wire.stat import explain_stat

MADE = made_by("make_carriers.py")

CARRIERS: dict[str, Sequence[Setting]] = {
    "smpp": smpp.SETTINGS,
    "cmpp": cmpp.SETTINGS,
    "smgp": smgp.SETTINGS,
    "sgip": sgip.SETTINGS,
}

WE_DO: dict[Ruling, Said] = {
    Ruling.THROTTLE: Said("slow down, again after a pause; the try does not count", "降速，稍候再发，不计重试次数"),
    Ruling.AGAIN: Said("another carrier, or later", "换通道，或稍后再发"),
    Ruling.ELSEWHERE: Said("not theirs to carry: another carrier, or later", "对方不承运：换通道，或稍后再发"),
    Ruling.LINK: Said("the account or session: another carrier, or later", "账号或会话问题：换通道，或稍后再发"),
    Ruling.UNSURE: Said(
        "nobody knows: again or not by `retry_unsure` of the project", "结果不明：按项目的 `retry_unsure` 决定是否重发"
    ),
    Ruling.NUMBER: Said("rejected: the number", "拒绝：号码问题"),
    Ruling.SENDER: Said("rejected: the sender", "拒绝：发送方问题"),
    Ruling.CONTENT: Said("rejected: the text", "拒绝：内容问题"),
    Ruling.NEVER: Said("rejected", "拒绝"),
    Ruling.OURS: Said("rejected: a setting, or we, said something that cannot be", "拒绝：设置有误，或我们的错误"),
}
"""Total: a ruling without words fails when the page is made."""

_KINDS_ZH = {
    "true or false": "true 或 false",
    "a whole number": "整数",
    "a number": "数字",
    "a text": "文本",
    "a list of texts": "文本列表",
    "a table": "表",
}

TEXT: Mapping[str, Mapping[str, str]] = words("carriers")
"""language -> the page's own sentences"""


def carriers_page(language: str) -> str:
    """Return the page."""
    text = TEXT[language]
    lines = [
        f"# {text['title']}\n",
        MADE,
        f"{text['begin']}\n",
        f"## {text['shared']}\n",
        *_settings((*LINK_SETTINGS, *SHAPING_SETTINGS), language),
    ]
    shared = {one.name: one for one in (*LINK_SETTINGS, *SHAPING_SETTINGS)}
    for name, table in CARRIERS.items():
        missing = [one for one in shared if one not in {own.name for own in table}]
        lines.append(f'## `protocol = "{name}"`\n')
        if missing:
            lines.append(text["without"].format(names=", ".join(f"`{one}`" for one in missing)) + "\n")
        lines += _settings([one for one in table if shared.get(one.name) != one], language)
    lines += [*_answers(language), *_reports(language)]
    return page(lines)


def _settings(table: Sequence[Setting], language: str) -> Iterator[str]:
    yield TEXT[language]["head"]
    yield "|---|---|---|---|"
    for one in table:
        default = TEXT[language]["required"] if one.required else written(one.default)
        yield f"| `{one.name}` | {cell(_kind(one, language))} | {default} | {cell(_in(one.said, language))} |"
    yield ""


def _kind(one: Setting, language: str) -> str:
    if one.words or language == "en":
        return one.kind()
    kind, _, span = one.kind().partition(",")
    kind, _, least = kind.partition(" from ")
    kind = _KINDS_ZH[kind] + re.sub(r" (\S+) to (\S+)", r"，\1 到 \2", span)
    return f"{kind}，不小于 {least}" if least else kind


def _in(said: Said, language: str) -> str:
    return said.zh if language == "zh" else said.en


def _answers(language: str) -> Iterator[str]:
    """Yield what each status of an answer to a submit comes down to."""
    text = TEXT[language]
    yield '<a id="answers"></a>\n'
    yield f"## {text['answers']}\n"
    yield f"{text['other']}\n"
    yield from (text["rulings"], "|---|---|")
    for ruling, said in WE_DO.items():
        yield f"| `{ruling}` | {_in(said, language)} |"
    yield from ("", "### SMPP `command_status`\n", text["smpp"], "|---|---|---|---|")
    for status, ruling in SMPP_RULINGS.items():
        _, name, sentence = STATUSES[status]
        yield f"| `0x{status:02X}` | {name} | {sentence} | `{ruling}` |"
    yield ""
    for title, rulings, results in (
        ("CMPP `Result`", cmpp_wording.RULINGS, cmpp_wire.RESULTS),
        ("SMGP `Status`", smgp_wording.RULINGS, smgp_wire.STATUSES),
        ("SGIP `Result`", sgip_wording.RULINGS, sgip_wire.RESULTS),
    ):
        yield from (f"### {title}\n", text["numbers"], "|---|---|---|")
        for number, said in results.items():
            if number:
                yield f"| `{number}` | {_in(said, language)} | `{rulings.get(number, Ruling.NEVER)}` |"
        yield ""


def _reports(language: str) -> Iterator[str]:
    """Yield what each code of a status report ends a message with."""
    text = TEXT[language]
    yield '<a id="report-codes"></a>\n'
    yield f"## {text['reports']}\n"
    yield f"{text['reports_begin']}\n"
    yield from (text["codes"], "|---|---|---|---|")
    for code, meaning in (*STATS.items(), *smgp_wording.ERR_MEANINGS.items()):
        said = explain_stat(code.partition(":")[0]) if code else Said("The report is empty.", "报告为空。")
        err = smgp_wire.ERRS.get(code.partition(":")[2])
        yield _report(code or " ", meaning, err or said, language)
    yield from ("", f"{text['sgip']}\n", text["codes"], "|---|---|---|---|")
    for code, meaning in sgip_wording.STATES.items():
        state, _, error = code.partition(":")
        said = sgip_wire.RESULTS.get(int(error)) if error else sgip_wire.STATES.get(int(state))
        yield _report(code, meaning, said, language)
    yield from ("", f"{text['receipts']}\n")


def _report(code: str, meaning: Meaning, said: Said | None, language: str) -> str:
    text = TEXT[language]
    state = str(meaning.state) if meaning.state is not None else text["on_its_way"]
    return (
        f"| `{code}` | {state} | {meaning.kind} | {_in(said, language) if said is not None else text['undocumented']} |"
    )


PAGES: Pages = both("carriers", carriers_page)

if __name__ == "__main__":
    write_all(PAGES)
