"""Every setting of a CMPP carrier, in one table: the reference page is made of it."""

from hongyan.carriers.china.settings import CHINA_SETTINGS, but
from hongyan.carriers.declared import Setting, setting
from hongyan.carriers.link_settings import LINK_SETTINGS
from hongyan.carriers.shaping import SHAPING_SETTINGS
from hongyan.wire import cmpp

PORT = 7890

VERSIONS = {"2.0": cmpp.V20, "2.1": cmpp.V21, "3.0": cmpp.V30}

SETTINGS: tuple[Setting, ...] = (
    *but(LINK_SETTINGS, window=16, idle_s=180.0, alive_s=60.0),
    setting("version", "3.0", "The protocol's version.", "协议版本。", words=tuple(VERSIONS)),
    setting("sp_id", "", "Our enterprise code (Source_Addr).", "企业代码（Source_Addr）。", required=True),
    *but(SHAPING_SETTINGS, number_format="local"),
    *CHINA_SETTINGS,
    setting("service_id", "", "Business code of every message (Service_Id).", "业务代码（Service_Id）。"),
    setting("msg_src", "", "Source of every message (Msg_src); empty: sp_id.", "信息来源（Msg_src）；留空则为 sp_id。"),
    setting(
        "fee_user_type",
        2,
        "Who pays: 0 the receiver, 1 the sender, 2 the SP, 3 fee_terminal_id.",
        "计费对象：0 接收方，1 发送方，2 SP，3 为 fee_terminal_id。",
        least=0,
        most=3,
    ),
    setting("fee_terminal_id", "", "The billed number (Fee_terminal_Id).", "被计费号码（Fee_terminal_Id）。"),
    setting(
        "fee_terminal_type",
        0,
        "3.0: the billed number is 0 real, 1 a pseudo code.",
        "3.0：被计费号码为 0 真实号码，1 伪码。",
        least=0,
        most=1,
    ),
    setting("fee_type", "01", "Fee: 01 none, 02 a message, 03 monthly.", "资费类别：01 免费，02 按条，03 包月。"),
    setting("fee_code", "0", "The fee in fen (FeeCode).", "资费代码，以分为单位（FeeCode）。"),
    setting("msg_level", 0, "Priority, 9 is the highest.", "信息级别，9 最高。", least=0, most=9),
    setting("tp_pid", 0, "TP_pId of every message.", "每条消息的 TP_pId。", least=0, most=255),
    setting(
        "dest_terminal_type",
        0,
        "3.0: the receiver's number is 0 real, 1 a pseudo code.",
        "3.0：接收号码为 0 真实号码，1 伪码。",
        least=0,
        most=1,
    ),
    setting("link_id", "", "LinkID of services that a user has asked for.", "点播业务的 LinkID。"),
)
