"""What the seven letters of a status report's Stat mean, for CMPP and SMGP (CMPP 3.0 §7.4.3.3, SMGP 3.0).

Words for people only. Which `Cause` a Stat becomes is for `carriers/` to say, and only DELIVRD is ever a success.
"""

from hongyan.model.said import Said

STATS: dict[str, Said] = {
    "DELIVRD": Said("The message reached the phone.", "短信已送达手机。"),
    "EXPIRED": Said("The message ran out of time before it could be delivered.", "短信在有效期内未能送达。"),
    "DELETED": Said("The message was deleted by the message centre.", "短信已被短信中心删除。"),
    "UNDELIV": Said("The message cannot be delivered to this phone.", "短信无法送达该手机。"),
    "ACCEPTD": Said("The message was accepted and is on its way.", "短信已被接收，尚在途中。"),
    "UNKNOWN": Said("The message centre does not know what became of the message.", "短信中心不清楚该短信的状态。"),
    "REJECTD": Said("The message was rejected.", "短信被拒绝。"),
}

STAT_FAMILIES: dict[str, Said] = {
    "MA": Said("The message centre gave no answer.", "短信中心没有应答。"),
    "MB": Said("The message centre answered with an error.", "短信中心返回错误应答。"),
    "MC": Said("No report came from the message centre.", "没有收到短信中心的状态报告。"),
    "CA": Said("The prepaid billing system gave no answer.", "预付费计费系统没有应答。"),
    "CB": Said("The prepaid billing system answered with an error.", "预付费计费系统返回错误应答。"),
    "DA": Said("The service management platform gave no answer.", "业务管理平台没有应答。"),
    "DB": Said("The service management platform refused the message.", "业务管理平台拒绝了该短信。"),
    "SA": Said("The service provider gave no answer.", "服务提供商没有应答。"),
    "SB": Said("The service provider answered with an error.", "服务提供商返回错误应答。"),
    "IA": Said("The next gateway gave no answer.", "下一级网关没有应答。"),
    "IB": Said("The next gateway answered with an error.", "下一级网关返回错误应答。"),
    "IC": Said("No report came from the next gateway.", "没有收到下一级网关的状态报告。"),
}
"""by the letters before the colon; after it stand four digits of whoever made the error"""


def explain_stat(stat: str) -> Said | None:
    """Return what a Stat means by the document; None for the many that carriers add."""
    return STATS.get(stat) or STAT_FAMILIES.get(stat.partition(":")[0])
