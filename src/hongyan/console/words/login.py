"""Logging in and one's own account: the words."""

from hongyan.console.words import Words

WORDS: Words = {
    "log_in_title": ("Log in to Hongyan", "登录鸿雁"),
    "name": ("Name", "账户名"),
    "password": ("Password", "密码"),
    "admin_token": ("Admin token", "管理令牌"),
    "with_token": ("Log in with the admin token", "使用管理令牌登录"),
    "with_token_hint": (
        "For emergencies: the setting admin_token of this server. What you do is written down as “operator”.",
        "应急方式：本服务的 admin_token 设置。操作将以 operator 的名义记入审计。",
    ),
    "no_match": ("Name and password do not match.", "账户名或密码不正确。"),
    "no_token_match": ("This is not the admin token.", "管理令牌不正确。"),
    "too_many": ("Too many tries. The next may come in", "尝试次数过多，请稍候再试，剩余"),
    "seconds": ("s.", "秒。"),
    "nobody_yet": ("Nobody can log in yet", "尚无可登录的账户"),
    "nobody_yet_more": (
        "There is neither an account nor an admin token. Make the first account on the machine that runs Hongyan:",
        "尚未创建账户，也没有设置管理令牌。请在运行鸿雁的机器上创建第一个账户：",
    ),
    "forgotten": (
        "Forgotten? An admin can give you a new password; on the machine, hongyan account password NAME does.",
        "忘记密码？管理员可为你重设；也可在服务器上执行 hongyan account password 账户名。",
    ),
    "done_logged_out": ("You are logged out.", "已退出登录。"),
    "my_account": ("Your account", "我的账户"),
    "on_this_machine": (
        "You are on the machine that runs hongyan dev: nobody logs in here, and everything may be done.",
        "你正在运行 hongyan dev 的机器上：无需登录，拥有全部权限。",
    ),
    "role": ("Role", "角色"),
    "change_password": ("Change the password", "修改密码"),
    "password_hint": (
        "Long beats complicated: a few words are fine. All your other sessions end.",
        "长度比复杂度更重要，几个词组合即可。修改后其他会话全部失效。",
    ),
    "old_password": ("Password now", "当前密码"),
    "new_password": ("New password", "新密码"),
    "again": ("New password again", "再次输入新密码"),
    "at_least": ("characters at least", "个字符以上"),
    "not_same": ("The two new passwords differ.", "两次输入的新密码不一致。"),
    "not_old": ("The password now is another one.", "当前密码不正确。"),
    "too_easy": ("This password cannot be taken:", "该密码不可用："),
    "by_token_hint": (
        "You came in by the admin token. It is a setting of the server, not an account.",
        "你通过管理令牌登录。令牌是服务器的设置，不是账户。",
    ),
    "sessions": ("Where you are logged in", "登录会话"),
    "this_one": ("this one", "当前会话"),
    "end": ("End", "结束"),
    "end_others": ("End all others", "结束其他全部会话"),
    "done_password": ("The password is changed; all other sessions are over.", "密码已修改，其他会话均已失效。"),
    "done_ended": ("Ended.", "已结束。"),
    "col_peer": ("Address", "地址"),
    "col_agent": ("Browser", "浏览器"),
    "col_created_at": ("Logged in", "登录时间"),
    "col_seen_at": ("Last seen", "最近活动"),
}
