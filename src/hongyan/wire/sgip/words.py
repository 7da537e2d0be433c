"""The numbers that SGIP answers and reports with, in one sentence each (SGIP 1.2, error codes).

What a number means for a message (try again, never, stop the carrier) is for `carriers/` to say.
"""

from hongyan.model.said import Said

RESULTS: dict[int, Said] = {
    0: Said("It succeeded.", "无错误，命令正确接收。"),
    1: Said("The log-in is not valid: unknown name or wrong password.", "非法登录，如登录名、口令出错。"),
    2: Said("The link is logged in already.", "重复登录。"),
    3: Said("There are more connections than the account may have.", "连接过多。"),
    4: Said("The type of the log-in is wrong.", "登录类型错。"),
    5: Said("A field is not written as it must be.", "参数格式错。"),
    6: Said("The phone number is not valid.", "非法手机号码。"),
    7: Said("The command is wrong.", "消息 ID 错。"),
    8: Said("The length of the message is wrong.", "信息长度错。"),
    9: Said("The sequence number is wrong.", "非法序列号。"),
    10: Said("The routing system had an error.", "非法操作 GNS。"),
    11: Said("The node is busy; it may be tried again.", "节点忙，可稍后重试。"),
    21: Said("The destination cannot be reached.", "目的地址不可达。"),
    22: Said("The route is wrong.", "路由错。"),
    23: Said("There is no route.", "路由不存在。"),
    24: Said("The billed number is not valid.", "计费号码无效。"),
    25: Said("The user cannot be reached: switched off or without coverage.", "用户不能通信，如关机或不在服务区。"),
    26: Said("The memory of the phone is full.", "手机内存不足。"),
    27: Said("The phone does not support short messages.", "手机不支持短消息。"),
    28: Said("The phone had an error while receiving.", "手机接收短消息出现错误。"),
    29: Said("The user is not known.", "不知道的用户。"),
    30: Said("The function is not provided.", "不提供此功能。"),
    31: Said("The device is not a legal one.", "非法设备。"),
    32: Said("The system failed.", "系统失败。"),
    33: Said("The queue of the message centre is full.", "短信中心队列满。"),
    88: Said("Messages come faster than the gateway takes them.", "提交速度超过网关限制。"),
}
"""1 to 20 come in responses, 21 to 33 in reports; 88 is not in the document, yet gateways throttle with it"""

STATES: dict[int, Said] = {
    0: Said("The message was delivered.", "发送成功。"),
    1: Said("The message waits for delivery.", "等待发送。"),
    2: Said("The delivery failed.", "发送失败。"),
}
"""State of a Report"""
