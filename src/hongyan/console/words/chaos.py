"""The page of rehearsals: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "title_chaos": ("Chaos: rehearse what goes wrong", "故障演练"),
    "off": (
        "This system is not for rehearsals. The setting rehearsal = true makes it one; hongyan dev always is.",
        "本系统未开启演练。设置 rehearsal = true 后可用；hongyan dev 默认开启。",
    ),
    "rules": ("Fault rules", "故障规则"),
    "rules_hint": (
        (
            "A rule strikes messages or calls and says what becomes of them. The first that strikes decides. "
            "Whatever one touches says so in its timeline. /v1 and these pages are never struck."
        ),
        "规则命中短信或调用并决定其结果，先命中者生效；受影响的短信会在时间线中注明。/v1 与本页面不受影响。",
    ),
    "col_name": ("Name", "名称"),
    "col_effect": ("Effect", "效果"),
    "col_does": ("How", "方式"),
    "col_strikes": ("Strikes", "命中"),
    "col_share": ("Share %", "比例 %"),
    "col_times": ("Times", "次数"),
    "col_made_by": ("By", "创建人"),
    "col_made_at": ("Since", "创建时间"),
    "effect_end": ("ends the message", "决定短信结果"),
    "effect_refuse": ("refuses", "拒绝受理"),
    "effect_answer": ("answers with a status", "返回指定状态码"),
    "effect_slow": ("answers slowly", "延迟应答"),
    "effect_cut": ("closes the connection", "断开连接"),
    "everything": ("everything", "全部"),
    "every_time": ("always", "每次"),
    "remove": ("Remove", "移除"),
    "remove_all": ("Remove all rules", "移除全部规则"),
    "add_end": ("End messages", "决定短信结果"),
    "add_end_hint": ("A simulated carrier says this of what the rule strikes.", "仿真通道对命中的短信给出该结果。"),
    "add_refuse": ("Refuse messages", "拒绝受理"),
    "add_refuse_hint": (
        "In the vendor's own words: by its code, or by one of our reasons.",
        "以厂商自己的错误码应答：填写错误码，或选择原因。",
    ),
    "add_call": ("Fail calls", "接口调用故障"),
    "add_call_hint": (
        (
            "429, 500 and 503 are said in the vendor's words, others as plain HTTP. "
            "A slow call is accepted and answered late."
        ),
        "429、500、503 以厂商格式应答，其余为普通 HTTP。延迟的调用会照常受理，仅应答推迟。",
    ),
    "add": ("Make the rule", "创建规则"),
    "rule_name": ("Name (empty: chosen)", "名称（留空自动命名）"),
    "number_pattern": ("Number (*0042, 138*)", "号码（*0042、138*）"),
    "ends_as": ("Ends as", "结果"),
    "carriers_word": ("Carrier's word (UNDELIV)", "运营商状态（UNDELIV）"),
    "after": ("After seconds (empty: as usual)", "秒数（留空为常规）"),
    "vendors_code": ("Vendor's code", "厂商错误码"),
    "reason": ("or our reason", "或原因"),
    "action": ("Endpoint (SendSms)", "接口名（SendSms）"),
    "status": ("HTTP status", "HTTP 状态码"),
    "wait": ("Seconds to wait", "延迟秒数"),
    "share": ("Share, %", "比例 %"),
    "times": ("Times (empty: all)", "次数（留空不限）"),
    "effect": ("Effect", "效果"),
    "every_project": ("every project", "全部项目"),
    "done_rule": ("The rule is in force.", "规则已生效。"),
    "done_removed": ("Taken away.", "已移除。"),
    "profiles": ("Simulated carriers", "仿真通道"),
    "profiles_hint": ("What becomes of messages whose number is not magic.", "非魔法号码的短信按档位处理。"),
    "profile_healthy": ("healthy: everything is delivered", "healthy：全部送达"),
    "profile_slow": ("slow: answers and receipts take long", "slow：应答与回执较慢"),
    "profile_flaky": ("flaky: a bit of everything goes wrong", "flaky：各种故障少量出现"),
    "profile_throttling": ("throttling: takes 100 a second", "throttling：每秒只收 100 条"),
    "profile_dead": ("dead: its link is down", "dead：连接中断"),
    "set_profile": ("Set", "设置"),
    "done_profile": ("The carrier behaves so from now on.", "通道已按新档位运行。"),
    "clock": ("Clock", "时钟"),
    "clock_hint": (
        "Push it: expiry, limits, retries and quiet hours happen at once. It never goes back, not even by a reset.",
        "拨快后，过期、频次、重试与免打扰时段立即生效。时钟不会倒退，重置也不会改变。",
    ),
    "now": ("Time here", "当前时间"),
    "real": ("Real time", "真实时间"),
    "ahead": ("Ahead, hours", "提前（小时）"),
    "push": ("Push", "拨快"),
    "push_by": ("By (72h, 1d12h) or up to (2026-11-25T09:00)", "时长（72h、1d12h）或目标时间（2026-11-25T09:00）"),
    "done_push": ("The clock was pushed; what waited by time has happened.", "时钟已拨快，到期事项已处理。"),
    "snapshots": ("Snapshots and reset", "快照与重置"),
    "snapshots_hint": (
        (
            "A snapshot holds what is declared, money, stops and counts. Going back deletes newer messages; "
            "older ones stay as they have become."
        ),
        "快照保存声明、余额、退订与计数。恢复时删除之后的短信，之前的短信保持现状。",
    ),
    "snapshot_name": ("Name", "名称"),
    "keep_snapshot": ("Keep as it is now", "保存快照"),
    "go_back": ("Go back", "恢复"),
    "drop": ("Delete", "删除"),
    "reset": ("Reset to the start", "重置到初始状态"),
    "reset_hint": ("No messages, rules, counts or clicks.", "清除全部短信、规则、计数与点击。"),
    "done_snapshot": ("Kept.", "快照已保存。"),
    "done_dropped": ("Deleted.", "快照已删除。"),
    "done_reset": ("Everything is back.", "已恢复。"),
}
