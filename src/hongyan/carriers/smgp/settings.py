"""Every setting of an SMGP carrier, in one table: the reference page is made of it."""

from hongyan.carriers.china.settings import CHINA_SETTINGS, but
from hongyan.carriers.declared import Setting, setting
from hongyan.carriers.link_settings import LINK_SETTINGS
from hongyan.carriers.shaping import SHAPING_SETTINGS

PORT = 8890

MODES = {"send": 0, "receive": 1, "both": 2}

SETTINGS: tuple[Setting, ...] = (
    *but(LINK_SETTINGS, window=16, idle_s=180.0, alive_s=60.0),
    setting("client_id", "", "Our account (ClientID).", "登录账号（ClientID）。", required=True),
    setting(
        "login_mode",
        "both",
        "What the links are for: both, send or receive.",
        "连接用途：both 收发，send 只发，receive 只收。",
        words=("both", "send", "receive"),
    ),
    *but(SHAPING_SETTINGS, number_format="local"),
    *CHINA_SETTINGS,
    setting("service_id", "", "Business code of every message (ServiceID).", "业务代码（ServiceID）。"),
    setting("priority", 1, "Priority, 3 is the highest.", "优先级，3 最高。", least=0, most=3),
    setting("fee_type", "00", "Kind of fee; 00 is free (FeeType).", "资费类别，00 为免费（FeeType）。"),
    setting("fee_code", "0", "The fee of a message in fen (FeeCode).", "每条短信费，以分为单位（FeeCode）。"),
    setting("fixed_fee", "0", "The monthly fee in fen (FixedFee).", "包月费或封顶费，以分为单位（FixedFee）。"),
    setting("charge_term_id", "", "The billed number; empty: the receiver.", "计费号码；留空则为接收方。"),
    setting("msg_src", "", "Source of every message (MsgSrc).", "信息来源（MsgSrc）。"),
    setting("m_service_id", "", "Service of every message (MServiceID).", "业务标识（MServiceID）。"),
    setting("link_id", "", "LinkID of services that a user has asked for.", "点播业务的 LinkID。"),
)
