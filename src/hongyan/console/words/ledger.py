"""The pages of the ledger and of prices: their words."""

from hongyan.console.words import Words

WORDS: Words = {
    "tab_ledger": ("Ledger", "账本"),
    "tab_prices": ("Prices", "价格"),
    "hint": (
        (
            "Every charge is taken with its message in one transaction, and given back once if it never left. "
            "The sum of a project's entries is its balance, always."
        ),
        "扣费与受理在同一事务中完成，未发出的只退一次。项目的账目之和恒等于其余额。",
    ),
    "prices_hint": (
        (
            "A part's price: the longest prefix that fits wins, a project's own before the general. "
            "Without any price, sending is free."
        ),
        "每条的价格：匹配最长号段者优先，项目自有价格优先于通用价格。未声明任何价格时发送免费。",
    ),
    "balances": ("Balances", "余额"),
    "entries": ("Entries", "账目"),
    "prices": ("Prices", "价格"),
    "col_kind": ("Kind", "类型"),
    "col_amount": ("Amount", "金额"),
    "col_balance": ("Balance", "余额"),
    "col_currency": ("Currency", "币种"),
    "col_credit_line": ("Credit line", "信用额度"),
    "col_paid_in": ("Declared as paid in", "声明的入账"),
    "col_prefix": ("Prefix", "号段"),
    "col_leg": ("Kind", "类型"),
    "col_each": ("A part", "每条"),
    "kind_charge": ("charge", "扣费"),
    "kind_refund": ("refund", "退费"),
    "kind_paid-in": ("paid in", "入账"),
    "kind_deposit": ("by hand", "手工"),
    "kind": ("Kind", "类型"),
    "since": ("Since", "起始日期"),
    "deposit": ("Add money by hand", "手工入账"),
    "deposit_hint": (
        "A minus takes some. Entries cannot be changed, only answered by another one.",
        "负数为扣减。账目不可修改，只能用新的一笔冲正。",
    ),
    "amount": ("Amount", "金额"),
    "why": ("Why", "原因"),
    "add": ("Add", "入账"),
    "done_deposit": ("The money is in the ledger.", "已入账。"),
    "every_project": ("every project", "全部项目"),
    "prefix": ("First digits (86, 8613, empty: everywhere)", "号码开头（86、8613，留空为全部）"),
    "each": ("Price of a part", "每条价格"),
    "set_price": ("Set a price", "设置价格"),
    "drop_price": ("Take a price back", "撤销价格"),
    "drop": ("Take back", "撤销"),
    "done_price": ("The price holds for messages from now on.", "价格已生效，适用于此后的消息。"),
    "done_dropped": ("The price is gone.", "价格已撤销。"),
}
