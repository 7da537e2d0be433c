"""The phone: its words."""

from hongyan.console.words import Words
from hongyan.console.words.faces import WORDS as FACES

WORDS: Words = FACES | {
    "phones": ("Phones", "手机"),
    "phones_hint": (
        "A handset shows all that a number was sent and what it sent back, as its owner sees it.",
        "手机页按机主所见展示一个号码收到与发出的全部短信。",
    ),
    "which_number": ("Number", "号码"),
    "which_hint": ("with country code, or a mainland mobile number", "带国家码，或大陆手机号"),
    "open": ("Open", "打开"),
    "no_such_number": ("This is no phone number.", "这不是有效的号码。"),
    "recent": ("Written to last", "最近收信的号码"),
    "no_numbers": ("Nobody was written to yet.", "还没有发送过短信。"),
    "conversation": ("Conversation", "会话"),
    "nothing_said": ("Nothing was sent to this number yet.", "尚未向该号码发送短信。"),
    "older_ones": ("Older", "更早"),
    "newest_ones": ("Newest", "最新"),
    "sent_by": ("from", "来自"),
    "you_replied": ("Reply", "回复"),
    "sent_to": ("to", "发往"),
    "opted_out": ("opted out", "已退订"),
    "pieces_missing": ("pieces never came", "段缺失"),
    "the_story": ("What happened", "经过"),
    "reply": ("Reply", "回复"),
    "reply_hint": (
        "The reply goes the way of a real one: it finds its conversation, its project and its callback.",
        "与真实上行走同样的流程：匹配会话、归属项目并回调。",
    ),
    "reply_text": ("Text", "内容"),
    "reply_to": ("To the port", "发往接入号"),
    "reply_to_hint": ("empty: where the last message came from", "留空：最近一条短信的来源"),
    "send_it": ("Send", "发送"),
    "stop_words": ("Words that opt out when they stand alone:", "单独回复即退订的词："),
    "no_reply_here": (
        "Replies come from real handsets here. In hongyan dev, or with rehearsal = true, you can write them here.",
        "此系统的回复来自真实手机。在 hongyan dev 中，或设置 rehearsal = true 后，可在本页撰写回复。",
    ),
    "no_reply_role": ("Writing a reply needs the role operator.", "撰写回复需要运维角色。"),
    "done_replied": ("The reply was sent.", "回复已发出。"),
    "tick_accepted": ("waits", "等待"),
    "tick_sending": ("waits", "等待"),
    "tick_submitted": ("sent", "已发送"),
    "tick_delivered": ("delivered", "已送达"),
    "tick_undelivered": ("not delivered", "未送达"),
    "tick_rejected": ("rejected", "被拒绝"),
    "tick_expired": ("expired", "已过期"),
    "tick_unknown": ("unknown", "未知"),
    "not_seen": ("The phone does not show it:", "手机上看不到："),
}
