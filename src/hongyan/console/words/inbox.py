"""The inbox's words."""

from hongyan.console.words import Words

WORDS: Words = {
    "live_off": ("Pause refreshing", "暂停刷新"),
    "live_on": ("Refresh every 5 s", "每 5 秒刷新"),
    "none_match": ("No message matches.", "没有符合条件的消息。"),
    "empty": ("No messages yet", "还没有消息"),
    "empty_more": ("Send one; it appears here by itself.", "发送一条，它会自动出现在这里。"),
}
