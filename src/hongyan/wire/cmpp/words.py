"""The numbers that CMPP answers with, in one sentence each (CMPP 3.0 §7.4.1.2, §7.4.3.2).

What a number means for a message (try again, never, stop the carrier) is for `carriers/` to say.
"""

from hongyan.model.said import Said

CONNECT_STATUSES: dict[int, Said] = {
    0: Said("The log-in succeeded.", "登录成功。"),
    1: Said("The structure of the message is wrong.", "消息结构错误。"),
    2: Said("The source address (the SP's code) is not valid.", "源地址（企业代码）非法。"),
    3: Said("The authentication failed.", "认证失败。"),
    4: Said("The version is higher than the gateway speaks.", "版本高于网关支持的版本。"),
    5: Said("The gateway refused the log-in for a reason of its own.", "网关因其他原因拒绝登录。"),
}
"""5 and above: other errors"""

RESULTS: dict[int, Said] = {
    0: Said("The message was accepted.", "提交成功。"),
    1: Said("The structure of the message is wrong.", "消息结构错误。"),
    2: Said("The command is wrong.", "命令字错误。"),
    3: Said("The sequence number was used before.", "消息序号重复。"),
    4: Said("The length of the message is wrong.", "消息长度错误。"),
    5: Said("The fee code is wrong.", "资费代码错误。"),
    6: Said("The text is longer than the gateway takes.", "超过最大信息长度。"),
    7: Said("The service code is wrong.", "业务代码错误。"),
    8: Said("The gateway's flow control refused the message; it may be tried again.", "流量控制错误，可稍后重试。"),
    9: Said("The gateway does not serve this billed number.", "本网关不负责服务此计费号码。"),
    10: Said("The sender's number (Src_Id) is wrong.", "Src_Id 错误。"),
    11: Said("The source of the message (Msg_src) is wrong.", "Msg_src 错误。"),
    12: Said("The billed number (Fee_terminal_Id) is wrong.", "Fee_terminal_Id 错误。"),
    13: Said("The receiver's number (Dest_terminal_Id) is wrong.", "Dest_terminal_Id 错误。"),
}
"""of SUBMIT_RESP and DELIVER_RESP; every other number is the gateway's own"""
