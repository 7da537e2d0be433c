"""Every setting of the program, declared once: type, default, range, and the sentence its reference page is made of.

Read by `cli` and `assemble` alone; everything else receives values. Sources, the later wins: a TOML file
(`--config`, `HONGYAN_CONFIG` or `./hongyan.toml`), the environment (`HONGYAN_…`), the command's flags.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from hongyan.model.errors import Misconfigured
from hongyan.text.nearest import nearest

PREFIX = "HONGYAN_"
DEFAULT_FILE = Path("hongyan.toml")
NOT_SETTINGS = (
    "HONGYAN_CONFIG",
    "HONGYAN_LANG",
    "HONGYAN_SEND_SECRET",
    "HONGYAN_TOKEN",
    "HONGYAN_TRACE",
    "HONGYAN_URL",
)
"""environment names that commands read and that are no settings"""
_TEST_PREFIX = "HONGYAN_TEST_"

Texts = Annotated[tuple[str, ...], NoDecode]
Profile = Literal["healthy", "slow", "flaky", "throttling", "dead"]
CardSupport = Annotated[str, Field(pattern=r"^(odd|all|none|file:.+)$")]


def _said(default: Any, en: str, zh: str, *, ge: float | None = None, le: float | None = None) -> Any:
    return Field(default=default, description=en, json_schema_extra={"zh": zh}, ge=ge, le=le)


class Settings(BaseSettings):
    """What one process is told when it starts."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path = _said(
        Path(".hongyan"),
        "Directory of the embedded database and of the master key that is made when none is given.",
        "内置数据库所在目录；未给出主密钥时，自动生成的主密钥也放在这里。",
    )
    database_url: str = _said(
        "",
        "PostgreSQL address (postgresql://user:password@host/name); empty: SQLite in the data directory.",
        "PostgreSQL 地址（postgresql://用户:密码@主机/库名）；留空则使用数据目录中的 SQLite。",
    )
    master_key: str = _said(
        "",
        "What secrets are sealed under: a text of 32 characters or more, or file:PATH; "
        "empty: master.key in the data directory, made at the first start.",
        "用来加密保存各类密钥的主密钥：至少 32 个字符，或 file:路径；留空则首次启动时在数据目录中生成 master.key。",
    )
    node: int = _said(
        -1,
        "Number of this process among all that share one database, part of every id it makes; -1: the first free one.",
        "本进程在共用同一数据库的所有进程中的编号，写入其生成的每个 ID；-1 表示自动取第一个空闲编号。",
        ge=-1,
        le=1022,
    )

    api_host: str = _said("127.0.0.1", "Address that the API listens on.", "API 监听的地址。")
    api_port: int = _said(
        8050, "Port that the API listens on; 0 picks a free one.", "API 监听的端口；0 表示自动挑选。", ge=0, le=65535
    )
    console_host: str = _said("127.0.0.1", "Address that the console listens on.", "控制台监听的地址。")
    console_port: int = _said(
        8051,
        "Port that the console listens on; 0 picks a free one.",
        "控制台监听的端口；0 表示自动挑选。",
        ge=0,
        le=65535,
    )
    smpp_host: str = _said(
        "127.0.0.1", "Address that the SMPP server for customers listens on.", "面向客户的 SMPP 服务监听的地址。"
    )
    smpp_port: int = _said(
        -1,
        "Port at which customers bind over SMPP; 0 picks a free one; -1: none. `dev` begins with 2775, or a free one.",
        "客户以 SMPP 登录的端口；0 表示自动挑选；-1 表示不开放。dev 默认 2775，被占用时自动挑选。",
        ge=-1,
        le=65535,
    )
    smpp_tls_port: int = _said(
        -1,
        "Port at which customers bind over SMPP inside TLS, which needs smpp_tls_cert; -1: none.",
        "客户以 TLS 加密的 SMPP 登录的端口，需同时设置 smpp_tls_cert；-1 表示不开放。",
        ge=-1,
        le=65535,
    )
    smpp_tls_cert: str = _said(
        "", "Path of the certificate chain for SMPP inside TLS (PEM).", "SMPP over TLS 所用证书链的路径（PEM）。"
    )
    smpp_tls_key: str = _said(
        "",
        "Path of its private key; empty: it is in the certificate's file.",
        "证书私钥的路径；留空表示与证书在同一文件中。",
    )
    public_base_url: str = _said(
        "",
        "What short links and card links begin with; empty: http://127.0.0.1:<API port>.",
        "短链接与卡片链接的开头；留空则为 http://127.0.0.1:<API 端口>。",
    )
    allowed_hosts: Texts = _said(
        (),
        "Host names, beside loopback ones, under which the console and /v1 answer; comma-separated in the environment.",
        "除本机地址外，控制台与 /v1 允许使用的主机名；在环境变量中用逗号分隔。",
    )
    trusted_proxies: Texts = _said(
        (),
        "CIDR ranges of proxies whose X-Forwarded-For is believed; none by default.",
        "信任其 X-Forwarded-For 的代理地址段（CIDR）；默认一个也不信任。",
    )
    admin_token: str = _said(
        "",
        "Bearer token of the operator for /v1 and the console; empty: none is accepted.",
        "运维人员访问 /v1 与控制台所用的令牌；留空则不接受任何令牌。",
    )

    session_idle_s: int = _said(
        43_200,
        "Seconds after which somebody logged in to the console who asks for nothing must log in again.",
        "登录控制台后无任何操作，多少秒后须重新登录。",
        ge=60,
        le=2_592_000,
    )
    session_longest_s: int = _said(
        604_800,
        "Seconds after which everybody logged in to the console must log in again.",
        "登录控制台后最多多少秒必须重新登录。",
        ge=60,
        le=31_536_000,
    )

    request_limit_bytes: int = _said(
        8 << 20,
        "Largest body, and largest request line with its headers, that is read.",
        "可读取的请求体上限，也是请求行与请求头的上限（字节）。",
        ge=64 << 10,
        le=64 << 20,
    )
    header_deadline_s: float = _said(
        10,
        "Seconds in which a request must have arrived whole before its connection is closed.",
        "请求须在多少秒内完整到达，否则关闭连接。",
        ge=0.1,
        le=300,
    )
    keep_alive_s: float = _said(
        75, "Seconds that an idle connection is kept open.", "空闲连接保持的秒数。", ge=0, le=3600
    )
    below_asgi: bool = _said(
        True,
        "Answer the vendors' paths below ASGI, which costs less; switch it off to rule it out when something is odd.",
        "厂商接口在 ASGI 之下直接应答，开销更小；排查异常时可关闭。",
    )
    rehearsal: bool = _said(
        False,
        "A test system: fault rules, a clock that can be pushed, snapshots, resets and triggers are allowed. "
        "`dev` always is one. Never in production.",
        "测试系统：允许故障规则、可拨快的时钟、快照、重置与手动触发。`dev` 始终允许；生产环境切勿开启。",
    )
    fronts: int = _said(
        0,
        "Processes that take requests in place of the main one, which then writes and sends; 0: one process does all.",
        "接收请求的前置进程数，主进程只负责写入与发送；0 表示由一个进程完成全部工作。",
        ge=0,
        le=32,
    )
    max_connections: int = _said(
        12_000,
        "Connections open at once; more are closed at once.",
        "同时打开的连接数上限；超出的立即关闭。",
        ge=10,
        le=1_000_000,
    )
    backlog_cap: int = _said(
        1_000_000,
        "Messages that may wait to be handed over; above that sends are refused as overloaded.",
        "等待交给运营商的消息数上限；超过后以过载为由拒绝发送。",
        ge=1,
        le=1_000_000,
    )
    lease_ms: int = _said(
        60_000,
        "Milliseconds after which a hand-over without an answer counts as unsure.",
        "交给运营商后多少毫秒没有回答即视为结果不明。",
        ge=1_000,
        le=3_600_000,
    )
    receipt_grace_s: int = _said(
        3_600,
        "Seconds after a message's validity in which its receipt is waited for; then it ends as unknown.",
        "消息有效期过后还等待回执的秒数；之后以“未知”结束。",
        ge=1,
        le=604_800,
    )
    retention_days: int = _said(
        30, "Days that finished messages and refusals are kept.", "已结束的消息与被拒请求保留的天数。", ge=30, le=3650
    )
    keep_calls: Literal["failed", "all", "none"] = _said(
        "failed",
        "Which callbacks are kept with what was sent and answered: failed (taken ones only among the newest, in "
        "memory), all, none. Kept as long as messages; `dev` begins with all.",
        "保留哪些回调的请求与应答：failed（只保留失败的，成功的仅在内存中留最近若干条）、all（全部）或 none（不保留）；"
        "保留期与短信相同，dev 默认 all。",
    )

    card_support: CardSupport = _said(
        "none",
        "Which numbers can show card messages: odd (odd last digit), all, none, or file:PATH with a number a line; "
        "`dev` begins with odd.",
        "哪些号码支持卡片短信：odd（尾号为奇数）、all（全部）、none（无）或 file:路径（每行一个号码）；dev 默认 odd。",
    )
    receipt_delay_s: float = _said(
        1.0,
        "Seconds until the demo world's simulated carrier sends a receipt.",
        "演示环境的模拟运营商发出回执前等待的秒数。",
        ge=0,
        le=3600,
    )
    simulator_seed: int = _said(
        1,
        "Seed of the demo world's simulated carrier: the same seed, the same outcomes.",
        "演示模拟运营商的随机种子：种子相同则结果相同。",
        ge=0,
    )
    simulator_profile: Profile = _said(
        "healthy",
        "How the demo world's simulated carrier behaves.",
        "演示模拟运营商的表现：正常、缓慢、不稳定、限流或中断。",
    )

    log_level: Literal["debug", "info", "warning", "error"] = _said(
        "info", "Lowest level that is logged.", "记录日志的最低级别。"
    )
    log_format: Literal["json", "text"] = _said(
        "json", "Shape of a log line; `dev` begins with text.", "日志行的格式；dev 默认 text。"
    )
    metrics: bool = _said(True, "Whether /metrics is served.", "是否提供 /metrics。")

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _ranges(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("public_base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    def links_base(self, api_port: int) -> str:
        """Return what links begin with when the API listens on this port."""
        return self.public_base_url or f"http://127.0.0.1:{api_port}"


def load(
    flags: Mapping[str, Any] | None = None, *, config: Path | None = None, defaults: Mapping[str, Any] | None = None
) -> Settings:
    """Return the settings from all sources. Flags that are None were not given. Raises Misconfigured.

    `defaults` replace the declared ones: what a command (dev) begins with.
    """
    named = config or (Path(os.environ["HONGYAN_CONFIG"]) if os.environ.get("HONGYAN_CONFIG") else None)
    in_file = _from_file(named)
    in_environment = _known_in_environment()
    given = {name: value for name, value in (flags or {}).items() if value is not None}

    class Sourced(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's own signature
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's own signature
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            below = InitSettingsSource(settings_cls, init_kwargs=dict(defaults or {}) | in_file)
            return init_settings, env_settings, below

    try:
        return Sourced(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        where = "flags" if name in given else "environment" if name in in_environment else str(named or DEFAULT_FILE)
        why = str(first["msg"]).removeprefix("Value error, ")
        raise Misconfigured(where, f"{name}: {why}.", f"see docs/settings.md#{name} for its type and range.") from None


def master_key_of(settings: Settings) -> str:
    """Return the text that secrets are sealed under, making `master.key` when none was ever given.

    Raises Misconfigured, also for PostgreSQL without a stated key: several hosts must share it.
    """
    given = settings.master_key
    if given.startswith("file:"):
        return _key_from(Path(given.removeprefix("file:")))
    if given:
        return _long_enough(given, "master_key")
    if settings.database_url:
        raise Misconfigured("master_key", "a shared database needs a stated one.", "set HONGYAN_MASTER_KEY=file:/path.")
    path = settings.data_dir / "master.key"
    if not path.exists():
        try:
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise Misconfigured(
                str(path), f"cannot be made ({error.strerror}).", "choose another --data DIR."
            ) from None
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return _key_from(path)


def _key_from(path: Path) -> str:
    try:
        return _long_enough(path.read_text("utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            str(path), f"the master key cannot be read ({error}).", "check the path and its mode."
        ) from None


def _long_enough(text: str, where: str) -> str:
    if len(text) < 32:  # noqa: PLR2004 - stated in the setting's own sentence
        raise Misconfigured(where, "the master key is shorter than 32 characters.", "openssl rand -hex 32")
    return text


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None and not DEFAULT_FILE.exists():
        return {}
    path = path or DEFAULT_FILE
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(str(path), f"cannot be read ({error}).", "check --config or HONGYAN_CONFIG.") from None
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(str(path), f"is not TOML: {error}.") from None
    for name in found:
        if name not in Settings.model_fields:
            raise Misconfigured(str(path), f"unknown setting {name!r};", nearest(name, Settings.model_fields))
    return found


def _known_in_environment() -> set[str]:
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    found: set[str] = set()
    for name in os.environ:
        if not name.startswith(PREFIX) or name in NOT_SETTINGS or name.startswith(_TEST_PREFIX):
            continue
        if name not in known:
            raise Misconfigured("environment", f"unknown setting {name};", nearest(name, known))
        found.add(known[name])
    return found


def choices_of(name: str) -> tuple[str, ...]:
    """Return the texts a setting may have, () when it is no choice."""
    return tuple(str(one) for one in get_args(Settings.model_fields[name].annotation) if isinstance(one, str))
