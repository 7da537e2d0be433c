"""One sentence for every reason, in both languages: what `/v1`, `show` and the pages say when we refuse.

Total over `Reason`. Vendors' own words are their dialects' business.
"""

from typing import Any, NamedTuple

from hongyan.model.reason import Reason


class Sentence(NamedTuple):
    """What a reason means to the caller."""

    status: int
    """HTTP status in `/v1`"""
    en: str
    zh: str


SENTENCES: dict[Reason, Sentence] = {
    Reason.BAD_REQUEST: Sentence(400, "The request cannot be read.", "请求无法解析。"),
    Reason.MISSING_FIELD: Sentence(400, "A required field is missing.", "缺少必填字段。"),
    Reason.BAD_FIELD: Sentence(400, "A field has a value that it cannot have.", "字段的值不合规定。"),
    Reason.TOO_LARGE: Sentence(413, "The request is larger than we read.", "请求过大，超出可读取的上限。"),
    Reason.UNKNOWN_PATH: Sentence(404, "Nothing answers at this path.", "此路径不存在。"),
    Reason.UNKNOWN_METHOD: Sentence(
        405, "This path does not answer to this HTTP method.", "此路径不支持该 HTTP 方法。"
    ),
    Reason.UNKNOWN_ACTION: Sentence(404, "There is no such action.", "没有这个操作。"),
    Reason.BAD_VERSION: Sentence(400, "There is no such version of the API.", "没有这个 API 版本。"),
    Reason.TOO_MANY_ITEMS: Sentence(400, "More items than one request may carry.", "一次请求的条数超过上限。"),
    Reason.TOO_MANY_NUMBERS: Sentence(
        400, "More numbers than a verification channel takes at once.", "验证码通道一次提交的号码过多。"
    ),
    Reason.NO_ITEMS: Sentence(400, "The request asks for nothing to be sent.", "请求中没有要发送的内容。"),
    Reason.MISSING_SEAL: Sentence(401, "Credentials are missing.", "缺少身份凭证。"),
    Reason.BAD_SEAL_FIELD: Sentence(401, "A credential field has an impossible value.", "身份凭证字段的值不正确。"),
    Reason.BAD_SEAL_METHOD: Sentence(401, "This way to identify is not accepted here.", "此处不接受这种鉴权方式。"),
    Reason.UNKNOWN_KEY: Sentence(401, "The key id is not known.", "密钥标识不存在。"),
    Reason.DISABLED_KEY: Sentence(403, "The key is switched off.", "密钥已停用。"),
    Reason.BAD_SEAL: Sentence(401, "The digest is not the one we computed.", "签名与我们计算的不一致。"),
    Reason.CLOCK_SKEW: Sentence(401, "The time in the request is too far from ours.", "请求时间与服务器时间相差过大。"),
    Reason.BAD_CLOCK: Sentence(401, "The time in the request is not written as expected.", "请求时间的格式不正确。"),
    Reason.NONCE_USED: Sentence(401, "The nonce was used before.", "随机串已被使用过。"),
    Reason.ADDRESS_REFUSED: Sentence(403, "The caller's address is not on the allow-list.", "调用方地址不在白名单中。"),
    Reason.PROJECT_CLOSED: Sentence(403, "The project does not exist or is closed.", "项目不存在或已关闭。"),
    Reason.UNKNOWN_APP: Sentence(404, "The application is not known, or is switched off.", "应用不存在或已停用。"),
    Reason.NOT_PERMITTED: Sentence(403, "The caller may not do this.", "调用方没有此权限。"),
    Reason.TOO_FAST: Sentence(429, "More requests a second than the key may make.", "每秒请求数超过密钥的上限。"),
    Reason.APP_TOO_FAST: Sentence(
        429, "More messages a second than the application may send.", "应用每秒发送量超过上限。"
    ),
    Reason.OVERLOADED: Sentence(503, "Too many messages are waiting; try again later.", "待发消息过多，请稍后再试。"),
    Reason.BAD_NUMBER: Sentence(400, "The phone number is not valid.", "手机号码不正确。"),
    Reason.REGION_REFUSED: Sentence(403, "Sending to this country is not permitted.", "不允许发送到该国家或地区。"),
    Reason.DUPLICATE_NUMBER: Sentence(400, "The number stands twice in the request.", "请求中号码重复。"),
    Reason.MIXED_REGIONS: Sentence(
        400, "Mainland and foreign numbers are mixed in one request.", "同一请求混有国内与国际号码。"
    ),
    Reason.UNKNOWN_TEMPLATE: Sentence(404, "The template is not known.", "模板不存在。"),
    Reason.TEMPLATE_NOT_APPROVED: Sentence(403, "The template is not approved.", "模板未通过审核。"),
    Reason.NO_TEMPLATE_MATCH: Sentence(400, "The text matches no approved template.", "短信内容与已审核模板不匹配。"),
    Reason.MISSING_VALUE: Sentence(400, "A place of the template has no value.", "模板变量缺少取值。"),
    Reason.BAD_VALUE: Sentence(400, "A value does not fit its place in the template.", "模板变量的取值不合规定。"),
    Reason.VALUE_TOO_LONG: Sentence(400, "A value is too long for its place in the template.", "模板变量的取值过长。"),
    Reason.VALUE_HAS_URL: Sentence(
        400, "A value holds a link, which templates do not permit.", "模板变量中不允许出现链接。"
    ),
    Reason.UNKNOWN_SIGNATURE: Sentence(404, "The signature is not known.", "短信签名不存在。"),
    Reason.SIGNATURE_NOT_APPROVED: Sentence(403, "The signature is not approved.", "短信签名未通过审核。"),
    Reason.SIGNATURE_SCENE: Sentence(
        400, "The signature is for captchas only and the template is not one.", "该签名仅限验证码，与模板类型不符。"
    ),
    Reason.BAD_SIGNATURE: Sentence(400, "The signature is not well formed.", "短信签名格式不正确。"),
    Reason.EMPTY_CONTENT: Sentence(400, "The text is empty.", "短信内容为空。"),
    Reason.CONTENT_TOO_LONG: Sentence(400, "The text is too long.", "短信内容过长。"),
    Reason.KEYWORD: Sentence(403, "The text holds a blocked word.", "短信内容含有违禁词。"),
    Reason.BAD_SENDER: Sentence(400, "The sender id is not well formed.", "发送方标识格式不正确。"),
    Reason.BAD_EXTEND: Sentence(400, "The extension code is not well formed.", "扩展码格式不正确。"),
    Reason.UNKNOWN_LINK: Sentence(404, "The link is not on the project's list.", "短链不在项目的列表中。"),
    Reason.BAD_CARD: Sentence(400, "The card template or its values are not valid.", "卡片模板或其变量不正确。"),
    Reason.CARD_UNSUPPORTED: Sentence(
        400, "The number cannot show cards and no fallback was asked for.", "该号码不支持卡片短信，且未指定回落方式。"
    ),
    Reason.OPTED_OUT: Sentence(403, "The number has opted out.", "该号码已退订。"),
    Reason.QUIET_HOURS: Sentence(403, "Marketing is not sent at this hour.", "当前时段不发送营销短信。"),
    Reason.NUMBER_LIMIT: Sentence(
        429, "The number has had as many messages as it may get now.", "该号码的发送次数已达上限。"
    ),
    Reason.REPEATED_CONTENT: Sentence(
        429, "The number has had this very text too often.", "向该号码重复发送了相同内容。"
    ),
    Reason.BAD_CLIENT_ID: Sentence(
        400, "The caller's own id is not well formed.", "调用方自定义的消息标识格式不正确。"
    ),
    Reason.CLIENT_ID_TAKEN: Sentence(
        409, "The caller's own id belongs to another message already.", "调用方自定义的消息标识已被其他消息使用。"
    ),
    Reason.NO_PRICE: Sentence(403, "No price is declared for this destination.", "未设置该目的地的价格。"),
    Reason.NO_BALANCE: Sentence(402, "The balance does not cover the price.", "余额不足。"),
    Reason.UNKNOWN_MESSAGE: Sentence(404, "No message or request has this id.", "没有此标识对应的消息或请求。"),
    Reason.BAD_DATE: Sentence(400, "The date is not valid, or too long ago.", "日期不正确或超出可查询的范围。"),
    Reason.UNAVAILABLE: Sentence(503, "The store cannot be reached now.", "存储暂时不可用。"),
    Reason.INTERNAL: Sentence(500, "Something of ours is broken; the log says more.", "系统内部错误，详见日志。"),
    Reason.REHEARSED: Sentence(
        500, "A fault rule of a rehearsal answered this call.", "本次调用由演练中的故障规则应答。"
    ),
}


_ZH = "_zh"
"""a fact with this behind its name is another one's Chinese"""


def refusal_text(reason: Reason, facts: dict[str, Any]) -> tuple[str, str]:
    """Return the sentence with its facts behind it, in English and Chinese."""
    said = SENTENCES[reason]
    shown = [name for name, value in facts.items() if value is not None and value != "" and not name.endswith(_ZH)]
    if not shown:
        return said.en, said.zh
    behind = "; ".join(f"{name}: {facts[name]}" for name in shown)
    behind_zh = "; ".join(f"{name}: {facts.get(name + _ZH, facts[name])}" for name in shown)
    return f"{said.en} ({behind})", f"{said.zh}（{behind_zh}）"
