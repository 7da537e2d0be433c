"""The page of short links: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "hint": (
        (
            "Each message gets short links of its own, so a click tells which number opened it. "
            "Robots that look ahead are not counted."
        ),
        "每条消息都有自己的短链接，因此点击可以对应到号码。预取与爬虫不计入。",
    ),
    "made": ("Short links", "短链接"),
    "targets": ("What texts may carry shortened", "可缩短的目标地址"),
    "targets_hint": (
        "Callers name it in shortLink and write #1# in the text; we put a short link there (NXCloud).",
        "调用方在 shortLink 中填写名称、在内容中写 #1#，系统替换为短链接（牛信云）。",
    ),
    "col_created_at": ("Made", "创建时间"),
    "col_kind": ("Kind", "类型"),
    "col_code": ("Code", "短码"),
    "col_target": ("Leads to", "目标"),
    "col_clicks": ("Clicks", "点击"),
    "col_first_click_at": ("First click", "首次点击"),
    "col_message_id": ("Message", "消息"),
    "kind_card": ("card", "卡片"),
    "kind_url": ("address", "网址"),
    "kind": ("Kind", "类型"),
    "clicked": ("Opened", "是否点击"),
    "put": ("Declare a target", "声明目标"),
    "name": ("Name in shortLink", "shortLink 名称"),
    "target": ("Leads to", "目标地址"),
    "drop": ("Take back", "撤销"),
    "done_put": ("Texts may carry it now.", "已可在内容中使用。"),
    "done_drop": ("It is gone; short links that were made of it stay good.", "已撤销；已生成的短链接仍然有效。"),
}
