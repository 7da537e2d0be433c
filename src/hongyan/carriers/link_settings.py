"""The settings that every protocol with connections shares, and what the session engine makes of them."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers.declared import setting
from hongyan.model.errors import Misconfigured
from hongyan.session import Timers
from hongyan.session.dial import Again

LINK_SETTINGS = (
    setting("host", "", "Host name or address of the peer.", "对端主机名或地址。", required=True),
    setting(
        "port",
        0,
        "Port of the peer; 0: the protocol's usual one.",
        "对端端口；0 表示该协议的常用端口。",
        least=0,
        most=65535,
    ),
    setting(
        "hosts",
        (),
        "More addresses (host or host:port), tried in turn when one does not answer.",
        "备用地址（主机 或 主机:端口），连接失败时依次尝试。",
    ),
    setting("links", 1, "Connections kept up.", "保持的连接数。", least=1, most=100),
    setting(
        "window", 10, "Unanswered requests on one connection.", "单个连接上允许的未应答请求数。", least=1, most=10000
    ),
    setting(
        "link_pace",
        0.0,
        "Requests a second on one connection, smooth; 0: no limit.",
        "单个连接每秒发送的请求数（平滑）；0 表示不限。",
        least=0,
    ),
    setting("log_in_s", 15.0, "Seconds for the answer to the log-in.", "等待登录应答的秒数。", least=0.1, most=600),
    setting(
        "answer_s",
        60.0,
        "Seconds for the answer to a submit; after it nobody knows what became of it.",
        "等待提交应答的秒数；超时后结果未知。",
        least=0.1,
        most=600,
    ),
    setting(
        "idle_s",
        30.0,
        "Seconds of silence before a keep-alive; 0: none is sent.",
        "静默多少秒后发送心跳；0 表示不发送。",
        least=0,
        most=3600,
    ),
    setting("alive_s", 10.0, "Seconds for the answer to a keep-alive.", "等待心跳应答的秒数。", least=0.1, most=600),
    setting(
        "alive_tries",
        3,
        "Keep-alives without an answer before the link is dropped.",
        "心跳无应答多少次后断开。",
        least=1,
        most=100,
    ),
    setting(
        "drain_s",
        10.0,
        "Seconds for what is under way when a link closes.",
        "关闭连接前等待在途消息的秒数。",
        least=0,
        most=600,
    ),
    setting(
        "again_first_s",
        1.0,
        "First pause before dialling again; doubled each time.",
        "首次重连前的等待秒数，逐次加倍。",
        least=0.01,
        most=600,
    ),
    setting(
        "again_longest_s", 60.0, "Longest pause before dialling again.", "重连等待的最长秒数。", least=0.01, most=3600
    ),
    setting(
        "refused_s",
        60.0,
        "Least pause after a log-in that was refused for its credentials.",
        "登录凭据被拒后至少等待的秒数。",
        least=60,
        most=86400,
    ),
    setting("tls", False, "Speak TLS.", "使用 TLS 加密。"),
    setting("tls_ca", "", "File of authorities to trust in place of the system's.", "代替系统信任库的 CA 证书文件。"),
    setting(
        "tls_certificate",
        "",
        "File of our own certificate, if the peer asks for one.",
        "对端要求时出示的客户端证书文件。",
    ),
    setting("tls_key", "", "File of its key.", "客户端证书的私钥文件。"),
    setting("tls_name", "", "Name in the peer's certificate; empty: the host.", "对端证书中的名称；留空则为主机名。"),
    setting(
        "tls_trust_all",
        False,
        "Take any certificate: encrypted, but by nobody knows whom.",
        "接受任何证书：虽加密但不验证对方身份。",
    ),
)
"""Shown on each protocol's page."""


def timers(chosen: Mapping[str, Any]) -> Timers:
    """Return the timers that the settings ask for; a protocol without keep-alive has none for it."""
    return Timers(**{name: chosen[name] for name in Timers.__struct_fields__ if name in chosen})


def again(chosen: Mapping[str, Any]) -> Again:
    """Return how long to wait between dials."""
    return Again(
        first_s=chosen["again_first_s"],
        longest_s=max(chosen["again_first_s"], chosen["again_longest_s"]),
        refused_s=chosen["refused_s"],
    )


def hosts(where: str, chosen: Mapping[str, Any], usual_port: int) -> list[tuple[str, int]]:
    """Return the addresses to dial. Raises Misconfigured for one that is none."""
    port = chosen["port"] or usual_port
    out = [(chosen["host"].strip("[]"), port)]
    for text in chosen["hosts"]:
        host, colon, digits = text.rpartition(":")
        if not colon or (":" in host and not host.endswith("]")):
            host, digits = text, str(port)
        if not host or not digits.isdigit() or not 0 < int(digits) <= _LAST_PORT:
            raise Misconfigured(where, f"hosts: {text!r} is no host or host:port.")
        out.append((host.strip("[]"), int(digits)))
    return out


_LAST_PORT = 65535
