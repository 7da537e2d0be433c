"""The health page: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "all_ok": ("Everything is as it should be.", "一切正常。"),
    "all_waiting": ("It works; some things want somebody's attention.", "运行正常，但有事项需要关注。"),
    "all_fail": ("Something is broken.", "存在故障。"),
    "hint": (
        (
            "What was looked at just now. Machines ask /livez, /readyz and /metrics of the API; "
            "hongyan doctor looks at the machine."
        ),
        "以下为刚刚的检查结果。机器可查询 API 的 /livez、/readyz 与 /metrics；hongyan doctor 检查本机环境。",
    ),
    "version": ("Version", "版本"),
    "col_what": ("Subject", "对象"),
    "col_says": ("How it is", "情况"),
}
