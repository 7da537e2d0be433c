"""The how-to pages are walked through from their first command to their last, as somebody would who reads them."""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from docs.pages import PATIENCE_S, Terminal, blocks, commands, terminal
from foreign.kannel_boxes import CONFIGURATION, kannel
from simulators.rehearsal import until
from system.receipt_receiver import Receiver, receiving

CONVERTED = {
    "port = 2775": "port = 2775",
    "smsc-username = hongyan": 'system_id = "hongyan"',
    "throughput = 50": "pace = 50",
    "max-pending-submits = 20": "window = 20",
    "enquire-link-interval = 25": "idle_s = 25",
    "msg-id-type = 1": 'receipt_ids = "hex"',
    'denied-prefix = "+852;+853"': 'numbers = ["852", "853"]',
}


def heard(receiver: Receiver, path: str, kind: str, wanted: int = 1) -> list[dict[str, object]]:
    """Return what a program of ours was told, once there is so much of it."""
    over = time.monotonic() + PATIENCE_S
    while True:
        told = [one for body in receiver.came[path] for one in json.loads(body)[kind]]
        if len(told) >= wanted:
            return told
        assert time.monotonic() < over, f"{path} heard {told}"
        time.sleep(0.05)


def test_an_smpp_carrier_is_connected_as_the_page_says(tmp_path: Path) -> None:
    page = "docs/how-to/connect-smpp.md"
    rehearse, declare, look, send, call, daily = blocks(page, "sh")
    with receiving() as receiver, terminal(tmp_path, receiver.url) as shell:
        shell.type(rehearse)
        shell.write("world.toml", *blocks(page, "toml"))
        shell.type(declare)
        shell.until(look.splitlines()[0], "1/1")
        assert "open" in shell.type(look)
        said = shell.type(send)
        assert "delivered: DELIVRD" in said
        assert "> submit_sm" in said
        assert "< deliver_sm" in said
        assert "1234" not in said.rpartition("submit_sm_resp")[2]
        assert '"state"' in shell.type(call)
        assert {one["state"] for one in heard(receiver, "/receipts", "messages", 2)} == {"delivered"}
        stopped, let_go, slower, declared, anew = [shell.type(command) for command in commands(daily)]
        assert "suspended" in stopped
        assert "running" in let_go
        assert "50/s" in slower
        assert "declared" in declared
        assert "log in anew" in anew


def test_ids_in_another_base_are_found_by_the_setting_that_the_page_names(tmp_path: Path) -> None:
    page = "docs/how-to/connect-smpp.md"
    _, declare, look, send, *_ = blocks(page, "sh")
    for mode in ("hex", "learn"):
        folder = tmp_path / mode
        folder.mkdir()
        with terminal(folder) as shell:
            shell.type(next(one for one in blocks("docs/how-to/move-from-kannel.md", "sh") if "receipt-ids" in one))
            world = blocks(page, "toml")[0].replace("links = 1", f'links = 1\nreceipt_ids = "{mode}"')
            shell.write("world.toml", world)
            shell.type(declare)
            shell.until(look.splitlines()[0], "1/1")
            assert "delivered: DELIVRD" in shell.type(send)


def test_china_mobile_is_connected_as_the_page_says(tmp_path: Path) -> None:
    page = "docs/how-to/connect-china-mobile-cmpp.md"
    rehearse, declare, send, read, smgp, sgip = blocks(page, "sh")
    with receiving() as receiver, terminal(tmp_path, receiver.url) as shell:
        shell.type(rehearse)
        shell.write("world.toml", *blocks(page, "toml"))
        shell.type(smgp)
        shell.type(sgip)
        shell.type(declare)
        shell.until("hongyan carrier show mobile-gd", ": open ")
        shell.until("hongyan carrier show telecom-gd", ": open ")
        said = shell.type(send)
        assert "delivered: DELIVRD" in said
        assert '"category":"marketing"' in said
        (reply,) = heard(receiver, "/replies", "replies")
        assert (reply["text"], reply["extend"], reply["to"]) == ("退订", "88", "106901234588")
        replies, stops = [json.loads(shell.type(command)) for command in commands(read)]
        assert replies["replies"][0]["stops"]
        assert stops["stops"][0]["number"] == "8613800004203"
        assert "opted-out" in shell.type(send)
        sent = json.loads(shell.type("curl -s http://127.0.0.1:8055/messages"))
        assert (sent[1]["from"], sent[1]["text"]) == ("106901234588", "【云达】周末全场八折拒收请回复R")
        for carrier, to in (("telecom-gd", "13300133000"), ("unicom-gd", "13000130000")):
            assert "delivered: " in shell.type(f"hongyan carrier test {carrier} --to {to} --text 【云达】你好")
        assert "unicom-gd/in/" in shell.type("hongyan carrier show unicom-gd")


def test_a_converted_kannel_sends_what_sendsms_sent(tmp_path: Path) -> None:
    page = "docs/how-to/move-from-kannel.md"
    old, _ = blocks(page, "ini")
    (world,) = blocks(page, "toml")
    for was, becomes in CONVERTED.items():
        assert was in old
        assert becomes in world
    rehearse, declare, send = blocks(page, "sh")
    with receiving() as receiver, terminal(tmp_path, receiver.url) as shell:
        shell.type(rehearse)
        shell.write("world.toml", world)
        shell.type(declare)
        first, again = json.loads(shell.type(send)), json.loads(shell.type(send))
        assert first["messages"][0]["id"] == again["messages"][0]["id"]
        (told,) = heard(receiver, "/receipts", "messages")
        assert (told["state"], told["client_id"], told["carrier"]) == ("delivered", "order-4711", "acme")
        sent = json.loads(shell.type("hongyan send --project shop --to +85251234567 --text Hello --json"))
        story = shell.until(f"hongyan show {sent['messages'][0]['id']}", "delivered: ")
        assert "carrier another took it" in story


async def test_kannel_binds_to_us_with_the_group_on_the_page(tmp_path: Path) -> None:
    customers = "docs/how-to/let-customers-bind-over-smpp.md"
    group = blocks("docs/how-to/move-from-kannel.md", "ini")[1]
    with terminal(tmp_path) as shell:
        world = blocks(customers, "toml")[0].replace('name = "acme"                     #', 'name = "kannel" #')
        shell.write("world.toml", world)
        await asyncio.to_thread(shell.type, blocks(customers, "sh")[0])
        own = re.sub(r"group = smsc\n.*?\n\n", lambda _: shell.here(group) + "\n", CONFIGURATION, flags=re.DOTALL)
        async with kannel(tmp_path, shell.ports["2780"], text=own) as boxes:
            assert "Accepted" in await boxes.send("8613800138000", text="Hello")
            await until(lambda: any(one["type"] == "1" for one in boxes.receipts))
        assert "smpp" in await asyncio.to_thread(shell.type, "hongyan messages")


def test_a_customer_binds_as_the_page_says(tmp_path: Path) -> None:
    page = "docs/how-to/let-customers-bind-over-smpp.md"
    declare, look = blocks(page, "sh")
    with terminal(tmp_path) as shell:
        shell.write("world.toml", *blocks(page, "toml"))
        shell.type(declare)
        shell.write("customer.py", *blocks(page, "python"))
        said = shell.type(f"{sys.executable} customer.py")
        assert "taken as" in said
        assert "stat:DELIVRD" in said
        found = shell.type(look)
        assert "smpp" in found
        assert "hongyan_smpp_sessions" in found


def test_a_carrier_is_rehearsed_as_the_page_says(tmp_path: Path) -> None:
    page = "docs/how-to/rehearse-a-carrier.md"
    begin, serve, rehearse, others = blocks(page, "sh")
    with terminal(tmp_path) as shell:
        shell.type(begin)
        shell.write("world.toml", *blocks(page, "toml"))
        shell.type(serve)
        shell.until("hongyan carrier list", "1/1")
        queue_full, fault_on, throttled, fault_off, reply, reset, _, counts = [
            shell.type(command) for command in commands(rehearse)
        ]
        assert "ESME_RMSGQFUL" in queue_full
        assert "delivered: DELIVRD" in queue_full
        assert json.loads(fault_on) == {"throttled": 50}
        assert "delivered: DELIVRD" in throttled
        assert json.loads(fault_off) == {}
        assert json.loads(reply) == {"pieces": 1}
        assert json.loads(reset)["links"] >= 1
        assert json.loads(counts)["smpp"]
        shell.until("hongyan carrier list", "1/1")
        for command in commands(others):
            if "--tls" not in command:
                shell.type(command)


def test_the_ten_lines_of_the_readme_send(tmp_path: Path) -> None:
    world = blocks("README.md", "toml")[1]
    steps = next(one for one in blocks("README.md", "sh") if "hongyan simulate" in one)
    with terminal(tmp_path) as shell:
        shell.write("carrier.toml", world)
        shell.write("world.toml", blocks("README.md", "toml")[0])
        shell.type("export SHOP_SECRET=a-long-random-text\nhongyan apply world.toml --yes")
        assert "delivered: DELIVRD" in walked(shell, steps.replace(".venv/bin/hongyan", "hongyan"))


def walked(shell: Terminal, steps: str) -> str:
    """Type the steps; the last one again until the carrier is there."""
    *before, last = commands(steps)
    for command in before:
        shell.type(command)
    return shell.until(last, "delivered: DELIVRD")
