"""The few words of our own on a public page, in both languages."""

WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "lang": "zh-CN",
        "open_link": "查看网页版",
        "image": "图片",
        "video": "视频",
        "copy_hint": "长按复制",
        "swipe": "左右滑动查看更多",
        "not_found": "链接不存在",
        "not_found_more": "请检查链接是否完整。它也可能已经过期。",
        "gone": "这张卡片无法显示",
        "gone_more": "它的模板已被移除，或缺少要填入的内容。这条卡片短信不会计费。",
        "unshown": "这张卡片现在无法显示",
        "unshown_more": "它的模板在发送之后改动过。",
        "away": "暂时无法打开",
        "away_more": "服务正忙，请稍后再试。",
    },
    "en": {
        "lang": "en",
        "open_link": "Open the web version",
        "image": "Image",
        "video": "Video",
        "copy_hint": "Press and hold to copy",
        "swipe": "Swipe for more",
        "not_found": "No such link",
        "not_found_more": "Check that the link is complete. It may also have run out.",
        "gone": "This card cannot be shown",
        "gone_more": "Its template is gone, or something to fill in is missing. This card message is not charged.",
        "unshown": "This card cannot be shown now",
        "unshown_more": "Its template changed after it was sent.",
        "away": "Cannot be opened right now",
        "away_more": "The service is busy. Try again in a moment.",
    },
}
"""Language -> word -> text; both have the same words."""
