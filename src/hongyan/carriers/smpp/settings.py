"""Every setting of an SMPP carrier, in one table: the reference page is made of it."""

from hongyan.carriers.declared import Setting, setting
from hongyan.carriers.link_settings import LINK_SETTINGS
from hongyan.carriers.shaping import SHAPING_SETTINGS

PORT, TLS_PORT = 2775, 3550

SETTINGS: tuple[Setting, ...] = (
    *LINK_SETTINGS,
    setting("system_id", "", "Our account at the SMSC.", "在短信中心的账号（system_id）。", required=True),
    setting("system_type", "", "The account's system type, if the SMSC wants one.", "短信中心要求时的 system_type。"),
    setting(
        "bind",
        "transceiver",
        "transceiver: every link does both; both: `links` transmitters and `receiver_links` receivers; "
        "transmitter or receiver: only one of the two.",
        "transceiver：每个连接收发兼用；both：links 个发送连接加 receiver_links 个接收连接；"
        "transmitter 或 receiver：只发或只收。",
        words=("transceiver", "both", "transmitter", "receiver"),
    ),
    setting("receiver_links", 1, "Receiving links of bind = both.", "bind = both 时的接收连接数。", least=1, most=100),
    setting("address_range", "", "Numbers whose messages a receiver wants.", "接收连接登记的号码范围。"),
    setting("interface_version", 0x34, "Version told at the bind.", "登录时声明的协议版本。", least=0, most=255),
    setting(
        "password_octets",
        9,
        "Octets that a password may have with its closing NUL; more than 9 is against the specification.",
        "密码（含结尾 NUL）最多字节数；超过 9 不符合规范，但有些短信中心接受。",
        least=1,
        most=255,
    ),
    setting(
        "system_id_octets",
        16,
        "Octets that system_id may have with its closing NUL.",
        "system_id（含结尾 NUL）最多字节数。",
        least=1,
        most=255,
    ),
    *SHAPING_SETTINGS,
    setting(
        "default_alphabet",
        "gsm7",
        "What the SMSC takes data_coding 0 for.",
        "短信中心对 data_coding 0 的理解。",
        words=("gsm7", "latin1", "ascii"),
    ),
    setting(
        "packed",
        False,
        "Septets are packed, eight in seven octets.",
        "GSM 7 位字符按压缩方式打包（八个字符占七个字节）。",
    ),
    setting(
        "text_coding",
        0,
        "data_coding of texts in the default alphabet; some SMSCs want 1.",
        "默认字母表文本的 data_coding；有些短信中心要求 1。",
        least=0,
        most=255,
    ),
    setting("ucs2_coding", 8, "data_coding of UCS-2.", "UCS-2 的 data_coding。", least=0, most=255),
    setting(
        "latin1_coding",
        False,
        "Send texts that are not in the default alphabet but in Latin-1 with data_coding 3, not as UCS-2.",
        "不在默认字母表但属于 Latin-1 的文本用 data_coding 3 发送，而不是 UCS-2。",
    ),
    setting(
        "ucs2_always",
        False,
        "Send every text as UCS-2, as mainland carriers want it.",
        "所有文本都用 UCS-2 发送（内地运营商的习惯）。",
    ),
    setting(
        "long",
        "udh8",
        "How long messages travel: udh8, udh16 (headers in the text), sar (TLVs) or payload (message_payload, whole).",
        "长短信的传法：udh8、udh16（正文内的消息头）、sar（TLV）或 payload（message_payload 整条）。",
        words=("udh8", "udh16", "sar", "payload"),
    ),
    setting(
        "source_ton",
        -1,
        "Type of number of the sender; -1: 1 for a number, 5 for a name, 3 for a short code.",
        "发送方的 TON；-1：号码为 1，名称为 5，短号为 3。",
        least=-1,
        most=255,
    ),
    setting(
        "source_npi",
        -1,
        "Numbering plan of the sender; -1: 1 for a number, 0 for others.",
        "发送方的 NPI；-1：号码为 1，其他为 0。",
        least=-1,
        most=255,
    ),
    setting(
        "short_code_digits",
        6,
        "A sender of so many digits or fewer is a short code.",
        "不超过这么多位数字的发送方视为短号。",
        least=0,
        most=20,
    ),
    setting("dest_ton", 1, "Type of number of the receiver.", "接收方的 TON。", least=0, most=255),
    setting("dest_npi", 1, "Numbering plan of the receiver.", "接收方的 NPI。", least=0, most=255),
    setting("service_type", "", "service_type of every message.", "每条消息的 service_type。"),
    setting("protocol_id", 0, "protocol_id of every message.", "每条消息的 protocol_id。", least=0, most=255),
    setting("priority", 0, "priority_flag of every message.", "每条消息的 priority_flag。", least=0, most=255),
    setting(
        "registered_delivery",
        1,
        "Which receipts are asked for: 1 all final ones, 2 failures, 0 none.",
        "要求哪些状态报告：1 全部最终状态，2 仅失败，0 不要。",
        least=0,
        most=255,
    ),
    setting(
        "validity",
        "relative",
        "How the SMSC is told until when a message counts: relative, absolute (UTC) or none.",
        "如何告知消息有效期：relative（相对）、absolute（UTC 绝对时间）或 none（不告知）。",
        words=("relative", "absolute", "none"),
    ),
    setting(
        "tlvs",
        {},
        'More TLVs of every message: tag to octets in hexadecimal, {"0x1400" = "0a0b"}.',
        '每条消息附加的 TLV：标签对应十六进制字节，如 {"0x1400" = "0a0b"}。',
    ),
    setting(
        "receipt_ids",
        "learn",
        "How ids in receipts relate to those in answers: learn; as-is (letter for letter); plain (but for case and "
        "leading zeros); hex (answers hexadecimal, receipts decimal); decimal (the other way round).",
        "状态报告中的 ID 与应答中 ID 的关系：learn（自动学习）；as-is（逐字相同）；plain（忽略大小写与前导零）；"
        "hex（应答十六进制、报告十进制）；decimal（相反）。",
        words=("learn", "as-is", "plain", "hex", "decimal"),
    ),
    setting(
        "unmarked_receipts",
        True,
        "Take a deliver_sm that only looks like a receipt for one, whatever its esm_class says.",
        "正文像状态报告的 deliver_sm 一律视为状态报告，即使 esm_class 未标明。",
    ),
    setting(
        "receipt_words",
        {},
        'What words of receipts mean where it is not the usual: {"ACCEPTD" = "delivered"}. Also "ignored".',
        '状态报告用词的特殊含义：如 {"ACCEPTD" = "delivered"}；也可写 "ignored"。',
    ),
    setting(
        "statuses",
        {},
        'What command statuses mean where it is not the usual: {"0x45" = "throttle"}; throttle, again, elsewhere, '
        "link, unsure, number, sender, content, never.",
        '命令状态的特殊含义，如 {"0x45" = "throttle"}；可用 throttle、again、elsewhere、link、'
        "unsure、number、sender、content、never。",
    ),
    setting(
        "throttle_pause_ms",
        1000,
        "Milliseconds that a throttled message waits.",
        "被限速的消息等待的毫秒数。",
        least=1,
        most=600000,
    ),
    setting("repeatable", False, "The SMSC drops a message handed over twice.", "短信中心会丢弃重复提交的消息。"),
)
