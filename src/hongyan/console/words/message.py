"""A message's page: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "timeline": ("What happened", "经过"),
    "facts": ("Details", "详情"),
    "others": ("With it", "同一批"),
    "stage_dialects": ("request", "请求"),
    "stage_accept": ("accept", "受理"),
    "stage_route": ("route", "选路"),
    "stage_send": ("send", "发送"),
    "stage_carriers": ("carrier", "通道"),
    "stage_report": ("report", "回报"),
}
