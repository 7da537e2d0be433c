"""What `hongyan simulate` prints at the start: where it listens, who may log in, and how to connect to it."""

from collections.abc import Sequence

from hongyan.simulators.gateway import Gateway

SETTINGS: dict[str, str] = {
    "smpp": 'settings = {{ host = "{host}", port = {port}, system_id = "{account}" }}',
    "cmpp": 'settings = {{ host = "{host}", port = {port}, sp_id = "{account}", source = "1069000001" }}',
    "smgp": 'settings = {{ host = "{host}", port = {port}, client_id = "{account}", source = "10690001" }}',
    "sgip": (
        'settings = {{ host = "{host}", port = {port}, login_name = "{account}", node = 3025000001, '
        'source = "10655001", {listens} }}'
    ),
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


def world_snippet(gateway: Gateway) -> str:
    """Return the table of a world file that connects Hongyan to a gateway."""
    protocol, to = gateway.spoken.name, gateway.orders.report_to
    listens = 'listen_host = ""' if to is None else f'listen_host = "{to[0]}", listen_port = {to[1]}'
    facts = _facts(gateway)
    return "\n".join(
        [
            "[[carriers]]",
            f'name = "simulated-{protocol}"',
            f'protocol = "{protocol}"',
            f'password = "{facts["password"]}"',
            SETTINGS[protocol].format(**facts, listens=listens),
        ]
    )


def card(gateways: Sequence[Gateway], http_port: int | None) -> str:
    """Return the text."""
    lines: list[str] = []
    for gateway in gateways:
        facts = _facts(gateway)
        lines += [
            "{title} gateway at {host}:{port}; account {account}, password {password}".format(
                title=gateway.spoken.title, **facts
            ),
            "",
            "# Hongyan, world file (hongyan apply world.toml):",
            world_snippet(gateway),
        ]
        if gateway.spoken.name == "smpp":
            lines.append(_KANNEL.format(**facts))
        lines.append("")
    if http_port is not None:
        lines += [
            f"control: curl http://127.0.0.1:{http_port}/ and /messages, POST /reply, /fault, /log-out, /reset",
            "",
        ]
    lines.append("numbers that do special things: docs/magic-numbers.md (for load: --no-magic). Ctrl-C ends it.")
    return "\n".join(lines)


def _facts(gateway: Gateway) -> dict[str, str | int]:
    account = next(iter(gateway.accounts.values()))
    return {
        "host": gateway.orders.host,
        "port": gateway.port,
        "account": account.name,
        "password": account.password,
    }
