"""Makes the page of magic numbers from the simulators' own tables. Run it (`make docs`) after changing one."""  # noqa: INP001 - a program beside the page it makes, not a package

from writing import Pages, both, made_by, page, said, words, write_all

from hongyan.carriers.magic import MAGIC, MEANING
from hongyan.simulators.faults import ACCOUNT_PREFIX, FAULTS, REFUSE_PREFIX, REPLIES

MADE = made_by("make_magic.py")
_SHORT = 10


def magic_page(language: str) -> str:
    """Return the page of magic numbers."""
    zh = language == "zh"
    text = words("magic")["text"][language]
    lines = [f"# {text['title']}\n", MADE, f"{text['begin']}\n"]
    lines += ["| 末四位 | 示例 | 最终状态 | 经过 |" if zh else "| number ends in | try | ends as | what happens |"]
    lines += ["|---|---|---|---|"]
    for outcome, (state, english, chinese) in MEANING.items():
        endings = [digits for digits, known in MAGIC.items() if known is outcome]
        shown = ", ".join(f'<a id="{digits}"></a>`{digits}`' for digits in endings)
        ends = f"[{state}](states{'.zh-CN' if zh else ''}.md#{state})"
        lines.append(f"| {shown} | `1380000{endings[0]}` | {ends} | {chinese if zh else english} |")
    lines += ["", f"## {text['gateways']}\n", f"{text['gateways_begin']}\n"]
    lines += [
        "| 末四位 | `--fault` | 经过 |" if zh else "| number ends in | `--fault` | what happens |",
        "|---|---|---|",
    ]
    for fault, misdeed in FAULTS.items():
        ending = f'<a id="{misdeed.ending}"></a>`{misdeed.ending}`' if misdeed.ending else text["link_fault"]
        lines.append(f"| {ending} | `{fault}` | {misdeed.said.zh if zh else misdeed.said.en} |")
    span = f"`{REFUSE_PREFIX}01` – `{REFUSE_PREFIX}99`"
    lines += [f"| {span} | `--refuse-with` | {text['refusals']} |", "", text["accounts"].format(prefix=ACCOUNT_PREFIX)]
    lines += ["", f"## {text['replies']}\n", f"{text['replies_begin']}\n"]
    lines += ["| 末四位 | 回复 | 说明 |" if zh else "| number ends in | reply | what it is |", "|---|---|---|"]
    for ending, (reply, meaning) in REPLIES.items():
        shown = reply if len(reply) < _SHORT else f"{reply[:9].strip()}… ({len(reply)})"
        lines.append(f'| <a id="{ending}"></a>`{ending}` | {shown} | {meaning.zh if zh else meaning.en} |')
    lines += ["", f"## {text['control']}\n", f"{text['control_begin']}\n", "```sh"]
    lines += [f"{command}  # {said('magic', comment, language)}" for command, comment in _CONTROL.items()]
    return page([*lines, "```"])


_CONTROL = {
    "curl localhost:8055/": "counts",
    "curl localhost:8055/messages": "the last 200, headers and parts understood",
    """curl localhost:8055/reply -d '{"from": "13800138000", "to": "10690001", "text": "TD"}'""": "a reply",
    """curl localhost:8055/fault -d '{"name": "queue-full", "percent": 20}'""": "0 switches it off",
    "curl -X POST localhost:8055/log-out": "every link says goodbye",
    "curl -X POST localhost:8055/reset": "every link is reset",
}

PAGES: Pages = both("magic-numbers", magic_page)

if __name__ == "__main__":
    write_all(PAGES)
