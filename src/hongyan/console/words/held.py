"""The page of held messages: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "hint": (
        (
            "Projects in mode capture or allow-list hold messages here: accepted, charged and shown to the caller as a "
            "success, but nothing leaves until somebody releases it. What nobody decides about expires, paid back."
        ),
        (
            "处于拦截或白名单模式的项目，其消息会留在这里：已受理、已扣费，调用方看到的是成功，但须人工放行才会发出；"
            "到期未处理的消息自动失效并退费。"
        ),
    ),
    "col_accepted_at": ("Since", "受理时间"),
    "col_expires_at": ("Expires", "到期时间"),
    "mark": ("Mark", "选择"),
    "mark_one": ("Mark message {}", "选择消息 {}"),
    "release": ("Release", "放行"),
    "reject": ("Reject", "拒绝"),
    "release_marked": ("Release marked", "放行所选"),
    "reject_marked": ("Reject marked", "拒绝所选"),
    "release_all": ("Release all of these", "放行全部"),
    "reject_all": ("Reject all of these", "拒绝全部"),
    "nothing_held": ("Nothing is held.", "没有被扣留的消息。"),
    "nothing_held_more": (
        "A project's mode is set on its page: capture holds everything, allow-list lets out its numbers.",
        "项目的模式在项目页面设置：拦截模式扣留全部消息，白名单模式只放行名单中的号码。",
    ),
    "nothing_fits": ("No held message fits.", "没有符合条件的消息。"),
    "held_in": ("held", "条被扣留"),
    "starts_with": ("Number, or its first digits", "号码或开头数字"),
    "sure_release": ("Release {} messages?", "确认放行 {} 条消息？"),
    "sure_reject": ("Reject {} messages?", "确认拒绝 {} 条消息？"),
    "sure_release_more": (
        "They go at once, with a validity as long as the one they had, wherever their routes lead.",
        "消息将立即按路由发出，并获得与原先等长的有效期。",
    ),
    "sure_reject_more": (
        "They end as rejected: their prices go back and their callers are told.",
        "消息将以“被拒绝”结束：退还费用，并通知调用方。",
    ),
    "sure_none": ("None of them is held any more.", "这些消息都已不在扣留中。"),
    "and_more": ("and {} more", "以及另外 {} 条"),
    "at_most": ("At most {} at a time.", "一次最多 {} 条。"),
    "why_reject": ("Why (shown in the timeline)", "原因（显示在经过中）"),
    "back_to_held": ("Back to the held messages", "返回扣留列表"),
    "done_released": ("Released: they are on their way.", "已放行，消息正在发送。"),
    "done_rejected": ("Rejected: their prices went back.", "已拒绝，费用已退还。"),
}
