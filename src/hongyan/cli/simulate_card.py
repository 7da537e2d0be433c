"""What `hongyan simulate` prints at the start: where it listens, who may log in, and how to connect to it."""

from collections.abc import Sequence

from hongyan.simulators.gateway import Gateway

SETTINGS: dict[str, str] = {
    "smpp": 'settings = {{ host = "{host}", port = {port}, system_id = "{account}" }}',
    "cmpp": 'settings = {{ host = "{host}", port = {port}, sp_id = "{account}", src_id = "1069000001" }}',
    "smgp": 'settings = {{ host = "{host}", port = {port}, client_id = "{account}", src_id = "10690001" }}',
    "sgip": 'settings = {{ host = "{host}", port = {port}, login_name = "{account}", sp_number = "10655001" }}',
}
_KANNEL = """
# Kannel, kannel.conf:
group = smsc
smsc = smpp
host = {host}
port = {port}
transceiver-mode = true
smsc-username = {account}
smsc-password = {password}
system-type = ""
msg-id-type = 0"""


def card(gateways: Sequence[Gateway], http_port: int | None) -> str:
    """Return the text."""
    lines: list[str] = []
    for gateway in gateways:
        name, secret = next((one.name, one.password) for one in gateway.accounts.values())
        facts = {"host": gateway.orders.host, "port": gateway.port, "account": name, "password": secret}
        protocol = gateway.spoken.name
        lines += [
            f"{gateway.spoken.title} gateway at {gateway.orders.host}:{gateway.port}",
            f"account {name}, password {secret}",
            "",
            "# Hongyan, world file (hongyan apply world.toml):",
            "[[carriers]]",
            f'name = "simulated-{protocol}"',
            f'protocol = "{protocol}"',
            f'password = "{secret}"',
            SETTINGS[protocol].format(**facts),
        ]
        if protocol == "smpp":
            lines += _KANNEL.format(**facts).splitlines()
        lines.append("")
    if http_port is not None:
        lines += [
            f"control: curl http://127.0.0.1:{http_port}/ and /messages, POST /reply, /fault, /log-out, /reset",
            "",
        ]
    return "\n".join([*lines, "numbers that do special things: docs/magic-numbers.md. Ctrl-C ends it."])
