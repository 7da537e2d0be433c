"""Makes docs/carriers.md from the carriers' own tables: settings, what answers mean, what report codes mean.

Run it (`make docs`) after changing one of them; tests/docs/test_reference.py fails while the page is not current.
"""  # noqa: INP001 - a program beside the page it makes, not a package

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

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

ROOT = Path(__file__).resolve().parent.parent
PAGE = "carriers.md"
MADE = "<!-- made by docs/make_carriers.py: change the code, then run `make docs` -->\n"

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

_UNKNOWN_STATUS = "Any other: rejected. The setting `statuses` puts your own row over any of these."
_UNKNOWN_STATUS_ZH = "其余一律拒绝；可用设置 `statuses` 逐项覆盖。"


def page() -> str:
    """Return the page."""
    lines = [
        "# Carriers' settings · 运营商通道设置\n",
        MADE,
        "What `settings = { … }` (or `[carriers.settings]`) of a `[[carriers]]` entry in the world file may hold,",
        "beside `password`, `pace` and the others of [world.md](world.md#carriers). An unknown name is refused with",
        "the nearest known one. Step by step: [SMPP](how-to/connect-smpp.md),",
        "[CMPP, SMGP, SGIP](how-to/connect-china-mobile-cmpp.md).\n",
        "世界文件中 `[[carriers]]` 的 `settings = { … }`（或 `[carriers.settings]`）可用的设置；",
        "写错的名称会被拒绝，并提示最接近的名称。分步说明：[SMPP](how-to/connect-smpp.zh-CN.md)、",
        "[CMPP、SMGP、SGIP](how-to/connect-china-mobile-cmpp.zh-CN.md)。\n",
        "## Every protocol with connections · 所有有连接的协议\n",
        *_settings((*LINK_SETTINGS, *SHAPING_SETTINGS)),
    ]
    shared = {one.name: one for one in (*LINK_SETTINGS, *SHAPING_SETTINGS)}
    for name, table in CARRIERS.items():
        missing = [one for one in shared if one not in {own.name for own in table}]
        lines.append(f'## `protocol = "{name}"`\n')
        if missing:
            lines.append(f"Without: {', '.join(f'`{one}`' for one in missing)}. 不含以上设置。\n")
        lines += _settings([one for one in table if shared.get(one.name) != one])
    lines += [*_answers(), *_reports()]
    return "\n".join(lines).rstrip() + "\n"


def _settings(table: Sequence[Setting]) -> Iterator[str]:
    yield "| name | type and range | default | what it is | 说明 |"
    yield "|---|---|---|---|---|"
    for one in table:
        default = "required" if one.required else _written(one.default)
        yield f"| `{one.name}` | {_cell(one.kind())} | {default} | {_cell(one.said.en)} | {_cell(one.said.zh)} |"
    yield ""


def _answers() -> Iterator[str]:
    """Yield what each status of an answer to a submit comes down to."""
    yield '<a id="answers"></a>\n'
    yield "## What answers mean · 应答码含义\n"
    yield f"{_UNKNOWN_STATUS} {_UNKNOWN_STATUS_ZH}\n"
    yield "| word of `statuses` | we do | 处理 |"
    yield "|---|---|---|"
    for ruling, said in WE_DO.items():
        yield f"| `{ruling}` | {said.en} | {said.zh} |"
    yield from ("", "### SMPP `command_status`\n", "| status | name | what it says | is |", "|---|---|---|---|")
    for status, ruling in SMPP_RULINGS.items():
        _, name, sentence = STATUSES[status]
        yield f"| `0x{status:02X}` | {name} | {sentence} | {_is(ruling)} |"
    yield ""
    for title, rulings, words in (
        ("CMPP `Result`", cmpp_wording.RULINGS, cmpp_wire.RESULTS),
        ("SMGP `Status`", smgp_wording.RULINGS, smgp_wire.STATUSES),
        ("SGIP `Result`", sgip_wording.RULINGS, sgip_wire.RESULTS),
    ):
        yield from (f"### {title}\n", "| number | what it says | 含义 | is |", "|---|---|---|---|")
        for number, said in words.items():
            if number:
                yield f"| `{number}` | {said.en} | {said.zh} | {_is(rulings.get(number, Ruling.NEVER))} |"
        yield ""


def _is(ruling: Ruling) -> str:
    return f"`{ruling}`"


def _reports() -> Iterator[str]:
    """Yield what each code of a status report ends a message with."""
    yield '<a id="report-codes"></a>\n'
    yield "## Report codes · 状态报告码\n"
    yield "CMPP and SMGP: a whole code first, else its letters before the colon, as `MK` of `MK:0001`; any other code"
    yield "is undelivered. The code stays in the message's cause. The setting `stats` puts your own row over any.\n"
    yield "CMPP 与 SMGP：先按整个码，再按冒号前的字母（如 `MK:0001` 的 `MK`）；其余记为未送达，原码保留在结果成因里。"
    yield "可用设置 `stats` 覆盖。\n"
    yield from ("| code | ends as · 状态 | cause · 成因 | what it says | 含义 |", "|---|---|---|---|---|")
    for code, meaning in (*STATS.items(), *smgp_wording.ERR_MEANINGS.items()):
        said = explain_stat(code.partition(":")[0]) if code else Said("The report is empty.", "报告为空。")
        err = smgp_wire.ERRS.get(code.partition(":")[2])
        yield _report(code or " ", meaning, err or said)
    yield from ("", "SGIP: `State`, and with 2 its `ErrorCode` · SGIP：`State`，为 2 时附 `ErrorCode`：\n")
    yield from ("| code | ends as · 状态 | cause · 成因 | what it says | 含义 |", "|---|---|---|---|---|")
    for code, meaning in sgip_wording.STATES.items():
        state, _, error = code.partition(":")
        words = sgip_wire.RESULTS.get(int(error)) if error else sgip_wire.STATES.get(int(state))
        yield _report(code, meaning, words)
    yield ""
    yield "SMPP: `DELIVRD`, `EXPIRED`, `DELETED`, `UNDELIV`, `UNKNOWN`, `REJECTD` as they say;"
    yield "`ENROUTE` and `ACCEPTD` are no end; any other word is unknown, unless `receipt_words` has it.\n"


def _report(code: str, meaning: Meaning, said: Said | None) -> str:
    state = str(meaning.state) if meaning.state is not None else "(on its way · 在途)"
    words = f"{said.en} | {said.zh}" if said is not None else "not in the documents | 文档未载"
    return f"| `{code}` | {state} | {meaning.kind} | {words} |"


def _written(value: object) -> str:
    if value in ("", (), {}, []):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{msgspec.json.encode(value).decode()}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


PAGES: Mapping[str, Callable[[], str]] = {PAGE: page}

if __name__ == "__main__":
    (ROOT / "docs" / PAGE).write_text(page(), "utf-8")
