"""The numbers that SMGP answers with and the Err of its reports, in one sentence each (SMGP 3.0, status codes).

What a number means for a message (try again, never, stop the carrier) is for `carriers/` to say.
"""

from hongyan.model.said import Said

STATUSES: dict[int, Said] = {
    0: Said("It succeeded.", "成功。"),
    1: Said("The gateway is busy; it may be tried again.", "系统忙，可稍后重试。"),
    2: Said("There are more connections than the account may have.", "超过最大连接数。"),
    10: Said("The structure of the message is wrong.", "消息结构错误。"),
    11: Said("The command is wrong.", "命令字错误。"),
    12: Said("The sequence number was used before.", "序列号重复。"),
    20: Said("The connection comes from an address that is not allowed.", "IP 地址错误。"),
    21: Said("The authentication failed.", "认证错误。"),
    22: Said("The version is higher than the gateway speaks.", "版本太高。"),
    30: Said("The type of the message (MsgType) is not valid.", "非法消息类型（MsgType）。"),
    31: Said("The priority is not valid.", "非法优先级（Priority）。"),
    32: Said("The fee type is not valid.", "非法资费类型（FeeType）。"),
    33: Said("The fee code is not valid.", "非法资费代码（FeeCode）。"),
    34: Said("The format of the text is not valid.", "非法短消息格式（MsgFormat）。"),
    35: Said("A time is not written as it must be.", "非法时间格式。"),
    36: Said("The length of the text is not valid.", "非法短消息长度（MsgLength）。"),
    37: Said("The message ran out of time.", "有效期已过。"),
    38: Said("The type of the query is not valid.", "非法查询类别（QueryType）。"),
    39: Said("The message cannot be routed.", "路由错误。"),
    40: Said("The monthly fee or its cap is not valid.", "非法包月费或封顶费（FixedFee）。"),
    43: Said("The service code is not valid.", "非法业务代码（ServiceID）。"),
    44: Said("The validity is not valid.", "非法有效期（ValidTime）。"),
    45: Said("The time of sending is not valid.", "非法定时发送时间（AtTime）。"),
    46: Said("The sender's number is not valid.", "非法发送用户号码（SrcTermID）。"),
    47: Said("The receiver's number is not valid.", "非法接收用户号码（DestTermID）。"),
    48: Said("The billed number is not valid.", "非法计费用户号码（ChargeTermID）。"),
    49: Said("The SP's code is not valid.", "非法 SP 服务代码（SPCode）。"),
    58: Said("There is no route to the receiver.", "没有到接收方的路由。"),
    73: Said("The service number (MServiceID) is not valid.", "非法业务标识（MServiceID）。"),
    74: Said("Sending is forbidden at this time of day.", "当前时段禁止发送。"),
    75: Said("The day's quota is used up.", "超过日发送量上限。"),
    76: Said("The account has expired.", "账号已过期。"),
}
"""of Login_Resp, Submit_Resp and Deliver_Resp; 128 to 255 are the gateway's own"""

ERRS: dict[str, Said] = {
    "000": Said("The message reached the phone.", "短信已送达手机。"),
    "001": Said("The phone could not be reached.", "用户不可及。"),
    "002": Said("The phone was busy.", "用户忙。"),
    "003": Said("The phone number does not exist.", "终端无此部件号。"),
    "004": Said("The user is not a legal one.", "非法用户。"),
    "005": Said("The user is on a blacklist.", "用户在黑名单内。"),
    "006": Said("The system had an error.", "系统错误。"),
    "007": Said("The memory of the phone is full.", "用户内存满。"),
    "999": Said("The error is not known.", "未知错误。"),
}
"""Err of a report; 001, 002 and 007 come with EXPIRED, the others with UNDELIV"""
