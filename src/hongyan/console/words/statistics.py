"""The page of statistics: its words."""

from hongyan.console.words import Words

WORDS: Words = {
    "hint": (
        "By the hour of acceptance. Latency is from acceptance to the end, as the upper bound of a band.",
        "按受理时间统计。时延为受理到结束的时间，取区间上限。",
    ),
    "missing": ("hours are still being counted; load the page again in a moment.", "个小时仍在统计，请稍后刷新。"),
    "span": ("Period", "时间范围"),
    "span_1d": ("24 hours", "24 小时"),
    "span_7d": ("7 days", "7 天"),
    "span_30d": ("30 days", "30 天"),
    "by": ("By", "按"),
    "by_carrier": ("carrier", "通道"),
    "by_dialect": ("vendor API", "厂商接口"),
    "by_country": ("country", "国家/地区"),
    "by_project": ("project", "项目"),
    "by_leg": ("kind", "类型"),
    "by_category": ("category", "类别"),
    "by_state": ("state", "状态"),
    "show": ("Show", "查看"),
    "chart": ("Messages over time", "消息量走势"),
    "as_table": ("The drawing as a table", "以表格查看"),
    "rows": ("Messages by", "消息统计："),
    "col_messages": ("Messages", "消息"),
    "col_delivered": ("Delivered", "已送达"),
    "col_failed": ("Failed", "失败"),
    "col_unknown": ("Unknown", "未知"),
    "col_moving": ("Moving", "进行中"),
    "col_delivery_rate": ("Delivery %", "送达率 %"),
    "col_p50_s": ("p50 s", "p50 秒"),
    "col_p95_s": ("p95 s", "p95 秒"),
    "col_charged": ("Charged", "扣费"),
}
