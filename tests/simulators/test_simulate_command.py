import asyncio
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from hongyan.wire import smpp
from operate.dev_process import environment, inside
from session.test_link_tls import Authority
from simulators.rehearsal import Client, esme, submit


@contextmanager
def simulating(folder: Path, *arguments: str) -> Iterator[dict[str, int]]:
    """Run `hongyan simulate` on free ports; give its ports; end it and see that it counts to the end."""
    ready, said = folder / "ready.json", folder / "said.txt"
    command = [sys.executable, "-m", "hongyan", "simulate", *arguments, "--port", "0", "--http-port", "0", "--json"]
    command += ["--ready-file", str(ready), "--receipt-delay-ms", "20"]
    with said.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment())
        try:
            until = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < until
                time.sleep(0.02)
            yield json.loads(ready.read_text())
            process.terminate()
            assert process.wait(30) == 0, said.read_text()
            assert "ended" in json.loads(said.read_text().splitlines()[-1])
            assert not ready.exists()
        finally:
            process.kill()
            process.wait()


def asked(port: int, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", data=data), timeout=20) as answer:
        return json.load(answer)


async def test_the_control_port_counts_shows_replies_and_breaks(tmp_path: Path) -> None:
    with simulating(tmp_path, "smpp") as ports:
        http = ports["http"]
        async with esme(ports["smpp"]) as link:
            link.send(
                submit(
                    2,
                    "8613800138000",
                    bytes.fromhex("050003070201") + "你好".encode("utf-16-be"),
                    esm_class=64,
                    data_coding=8,
                )
            )
            await link.pdu(smpp.SubmitSmResp)
            await link.pdu(smpp.DeliverSm)
            assert asked(http, "/")["smpp"]["accepted"] == 1
            (shown,) = asked(http, "/messages")
            assert (shown["text"], shown["piece"]) == ("你好", {"reference": 7, "total": 2, "number": 1})
            assert asked(http, "/reply", {"from": "8613900000000", "to": "1069", "text": "{TD}"}) == {"pieces": 1}
            reply = await link.pdu(smpp.DeliverSm)
            assert (reply.source_addr, reply.short_message) == ("8613900000000", b"\x1b\x28TD\x1b\x29")
            assert asked(http, "/fault", {"name": "queue-full"}) == {"queue-full": 100}
            link.send(submit(3, "8613800138001"))
            assert (await link.pdu(smpp.SubmitSmResp)).status == 0x14
            with pytest.raises(HTTPError):
                asked(http, "/fault", {"name": "no-such-fault"})
            assert asked(http, "/log-out", {}) == {"links": 1}
            await link.pdu(smpp.Unbind)
            assert asked(http, "/reset", {}) == {"links": 1}
            assert await link.octets() in {b"", b"<reset>"}


async def test_it_listens_with_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("localhost")
    with simulating(tmp_path, "smpp", "--tls-cert", certificate, "--tls-key", key) as ports:
        context = ssl.create_default_context(cafile=authority.file)
        streams = await asyncio.open_connection("127.0.0.1", ports["smpp"], ssl=context, server_hostname="localhost")
        link = Client(*streams, smpp.decode, smpp.HEADER)
        link.send(smpp.encode(smpp.BindTransmitter(1, "hongyan", "secret")))
        assert (await link.pdu(smpp.BindTransmitterResp)).status == 0
        link.send(submit(2, "8613800004313"))
        assert await link.octets() in {b"", b"<reset>"}
        link.close()


def test_all_protocols_run_in_one_process(tmp_path: Path) -> None:
    with simulating(tmp_path, "all") as ports:
        assert set(ports) == {"smpp", "cmpp", "smgp", "sgip", "http"}
        assert set(asked(ports["http"], "/")) == {"smpp", "cmpp", "smgp", "sgip"}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("smp",), "smpp"),
        (("smpp", "--profile", "helthy"), "healthy"),
        (("smpp", "--fault", "garbge"), "garbage"),
        (("smpp", "--fault", "garbage=0"), "no percentage"),
        (("smpp", "--receipt-ids", "octal"), "decimal"),
        (("sgip", "--report-to", "nowhere"), "127.0.0.1:8801"),
        (("smpp", "--tls-cert", "missing.pem"), "--tls-cert"),
        (("cmpp", "--refuse-with", "256"), "at most 255"),
        (("all", "--refuse-login", "300"), "at most 255"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_possible(arguments: tuple[str, ...], hint: str) -> None:
    done = inside("simulate", *arguments)
    assert done.returncode == 2
    assert hint in done.stderr
