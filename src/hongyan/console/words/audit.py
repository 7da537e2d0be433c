"""The audit log: the words."""

from hongyan.console.words import Words

WORDS: Words = {
    "audit_hint": (
        "Every action of every person and program, kept as it was done. Texts, secrets and whole numbers stay out.",
        "记录所有人员与程序的每一次操作，不可修改；不含短信内容、密钥与完整号码。",
    ),
    "actor": ("Who", "操作人"),
    "action": ("Action", "操作"),
    "target": ("On what", "对象"),
    "since": ("Since", "起始时间"),
    "since_hint": ("2h, 3d, 2026-11-22", "2h、3d、2026-11-22"),
    "odd_since": ("This time cannot be read; all times are shown.", "无法识别该时间，已显示全部。"),
    "action_hint": ("account. for all on accounts", "account. 表示全部账户操作"),
    "col_actor": ("Who", "操作人"),
    "col_target": ("On what", "对象"),
    "col_said": ("Facts", "详情"),
    "col_via": ("Through", "途径"),
    "col_peer": ("Address", "地址"),
    "nobody": ("Nothing was done that fits.", "没有符合条件的操作。"),
}
