"""Every setting of an SGIP carrier, in one table: the reference page is made of it."""

from hongyan.carriers.china.settings import CHINA_SETTINGS, but
from hongyan.carriers.declared import Setting, setting
from hongyan.carriers.link_settings import LINK_SETTINGS
from hongyan.carriers.sgip.listening import LISTENING_SETTINGS
from hongyan.carriers.shaping import SHAPING_SETTINGS

PORT = 8801

_NO_KEEP_ALIVE = {"idle_s", "alive_s", "alive_tries"}

SETTINGS: tuple[Setting, ...] = (
    *(one for one in but(LINK_SETTINGS, window=32, answer_s=30.0) if one.name not in _NO_KEEP_ALIVE),
    setting(
        "quiet_s",
        30.0,
        "Seconds without traffic after which we log out; the next message dials again. 0: never.",
        "无业务多少秒后主动断开，有新消息时再连接；0 表示不断开。",
        least=0,
        most=3600,
    ),
    setting("login_name", "", "Our account (LoginName).", "登录账号（LoginName）。", required=True),
    setting(
        "node",
        0,
        "Our node number: 3, four digits of the area, five of the company, as 3025000001.",
        "节点编号：3 + 四位区号 + 五位企业代码，如 3025000001。",
        least=1,
        most=0xFFFFFFFF,
        required=True,
    ),
    *LISTENING_SETTINGS,
    *SHAPING_SETTINGS,
    *CHINA_SETTINGS,
    setting("corp_id", "", "Company of every message (CorpId).", "企业代码（CorpId）。"),
    setting("service_type", "", "Business code of every message (ServiceType).", "业务代码（ServiceType）。"),
    setting(
        "charge_number",
        "0" * 21,
        "The billed number (ChargeNumber); 21 zeros: we pay.",
        "计费号码（ChargeNumber）；21 个 0 表示由 SP 付费。",
    ),
    setting("fee_type", 1, "Kind of fee (FeeType); 1 is free.", "计费类型（FeeType），1 为免费。", least=0, most=255),
    setting("fee_value", "0", "The fee in fen (FeeValue).", "收费值，以分为单位（FeeValue）。"),
    setting("given_value", "0", "Given to the user, in fen (GivenValue).", "赠送话费，以分为单位（GivenValue）。"),
    setting(
        "agent_flag", 0, "Whether fees are collected: 0, 1 (AgentFlag).", "代收费标志（AgentFlag）。", least=0, most=1
    ),
    setting(
        "morelateto_mt_flag",
        2,
        "Why messages are sent: 2 is not for an MO (MorelatetoMTFlag).",
        "引起 MT 的原因，2 为非 MO 引起（MorelatetoMTFlag）。",
        least=0,
        most=255,
    ),
    setting("priority", 0, "Priority, 9 is the highest.", "优先级，9 最高。", least=0, most=9),
    setting("tp_pid", 0, "TP_pid of every message.", "每条消息的 TP_pid。", least=0, most=255),
)
