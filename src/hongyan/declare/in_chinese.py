"""What is wrong with a declared thing, in Chinese: one line for each sentence of the checks, matched by its wording.

A test holds this against the checks: a sentence without a line here is a failure.
"""

import re

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"there is no (project|dialect|carrier|preset|country|operator|protocol|alphabet|day|zone) '(.*)'", "没有{0} {1}"),
    (r"project (.*) has no (signature|app) '(.*)'", "项目 {0} 没有{1} {2}"),
    (r"is missing", "缺失"),
    (r"is empty", "为空"),
    (r"must not be empty", "不能为空"),
    (r"is below zero", "小于零"),
    (r"must be more than zero", "必须大于零"),
    (r"must not be below zero", "不能小于零"),
    (r"not an amount of money: '(.*)'", "不是金额：{0}"),
    (r"an amount has at most six decimals: '(.*)'", "金额最多六位小数：{0}"),
    (r"'(.*)' is no CIDR range", "{0} 不是 CIDR 地址段"),
    (r"'(.*)' is no web address", "{0} 不是网址"),
    (r"'(.*)' is no ISO 3166 code", "{0} 不是 ISO 3166 国家或地区代码"),
    (r"'(.*)' is not digits, country code first", "{0} 应为数字，以国家码开头"),
    (r"'(.*)' is not digits with at most a \* behind", "{0} 应为数字，末尾可带一个 *"),
    (r"is a prefix of digits, country code first", "应为数字前缀，以国家码开头"),
    (r"is a number as digits, country code first", "应为数字号码，以国家码开头"),
    (r"has a wait below zero or above a week", "等待时间小于零或超过一周"),
    (r"must be two hours of one day, the first before the second", "应为同一天的两个整点，前者早于后者"),
    (r"nothing is posted for (.*): (.*)", "{0} 没有上行推送"),
    (r"'(.*)' is no way to identify", "{0} 不是可用的鉴权方式"),
    (r"only comms has a choice", "仅 comms 可选择鉴权方式"),
    (r"only alibaba has sub-users", "仅 alibaba 有子用户权限"),
    (r"a key needs its id", "密钥缺少标识"),
    (r"a native key's name has no dot", "native 密钥的名称不能含点号"),
    (r"must be a calling code", "应为国家码"),
    (r"'(.*)' is no data coding", "{0} 不是 data_coding 取值"),
    (r"is no system id", "不是合法的 system_id"),
    (r"is declared twice", "重复声明"),
    (r"(.*) is declared twice", "{0} 重复声明"),
    (r"(.*) has the name of (.*); callers could mean either", "{0} 与 {1} 同名，调用方无法区分"),
    (r"(.*) has demo credentials, which are published", "{0} 使用了公开的演示密钥"),
    (r"'(.*)' must be 2 to 12 Chinese characters, letters or digits, without brackets",
     "{0} 应为 2 至 12 个汉字、字母或数字，不带括号"),
    (r"has (\d+) characters, at most (\d+) are allowed", "共 {0} 字，最多 {1} 字"),
    (r"'(.*)' is no variable of the body", "{0} 不是模板中的变量"),
    (r"a variable is not written as \$\{name\}", "变量应写作 ${{name}}"),
    (r"the variables must be numbered from (\d+) without a gap; \{(\d+)\} is missing",
     "变量应从 {0} 起连续编号，缺少 {{{1}}}"),
    (r"a verification code template has exactly one variable, not (\d+)", "验证码模板有且只有一个变量，现有 {0} 个"),
    (r"a verification code template must contain one of (.*)", "验证码模板须包含以下词之一：{0}"),
    (r"a card template needs it", "卡片模板必须提供"),
    (r"[Uu]nknown (?:key|field) [`'](.*)[`'].*", "没有字段 {0}"),
    (r"[Ee]xpected `(.*)`, got `(.*)`", "应为 {0}，实际为 {1}"),
    (r"[Ii]nvalid enum value (.*)", "取值无效：{0}"),
    (r"[Oo]bject missing required field `(.*)`", "缺少字段 {0}"),
)  # fmt: skip
_KINDS = {
    "project": "项目",
    "dialect": "接口",
    "carrier": "通道",
    "preset": "预设",
    "country": "国家或地区",
    "operator": "运营商",
    "protocol": "协议",
    "alphabet": "字母表",
    "day": "星期",
    "zone": "时区",
    "signature": "签名",
    "app": "应用",
}
_TABLE = tuple((re.compile(pattern), words) for pattern, words in _SENTENCES)


def in_chinese(sentence: str) -> str | None:
    """Return a sentence of the checks in Chinese; None when it is not one of them."""
    bare = sentence.strip().rstrip(".;:")
    for pattern, words in _TABLE:
        found = pattern.fullmatch(bare)
        if found:
            return words.format(*(_KINDS.get(group, group) for group in found.groups())) + "。"
    return None
