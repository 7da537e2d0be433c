"""The programs that the benchmarks start: each in its own processes, ended by whoever started it, its CPU counted."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
START_S = 60


class Program:
    """One or more processes that make up one program."""

    def __init__(self) -> None:
        self.children: list[subprocess.Popen[bytes]] = []

    def start(self, *command: object, environment: dict[str, str] | None = None, log: Path | None = None) -> None:
        """Start one of its processes; what it says goes to the log."""
        with (log or Path(os.devnull)).open("ab") as said:
            child = subprocess.Popen(
                [str(one) for one in command], env=os.environ | (environment or {}), stdout=said, stderr=said
            )
        self.children.append(child)

    def cpu_s(self) -> float:
        """Return CPU seconds used so far, children included."""
        found = 0.0
        for child in self.children:
            process = psutil.Process(child.pid)
            for one in (process, *process.children(recursive=True)):
                times = one.cpu_times()
                found += times.user + times.system
        return found

    def stop(self) -> None:
        """End what was started, the last first."""
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait(10)

    def ready(self, path: Path) -> dict[str, Any]:
        """Wait for a ready file; return what it says."""
        until = time.monotonic() + START_S
        while not path.exists():
            if time.monotonic() > until or any(child.poll() is not None for child in self.children):
                raise SystemExit(f"{type(self).__name__} did not start")
            time.sleep(0.02)
        found: dict[str, Any] = json.loads(path.read_text())
        return found


class Sink(Program):
    """`hongyan simulate smpp`: takes everything, gives receipts at once."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        ready = folder / f"{name}.sink.json"
        options = ("--account", "bench", "--password", "bench", "--receipt-delay-ms", 0, "--http-port", 0, "--json")
        simulate = (sys.executable, "-m", "hongyan", "simulate", "smpp", "--port", 0, *options, "--ready-file", ready)
        self.start(*simulate)
        said = self.ready(ready)
        self.port, self._control = said["smpp"], said["http"]

    def accepted(self) -> int:
        """Return how many messages it took."""
        return int(json.loads(fetch(f"http://127.0.0.1:{self._control}/"))["smpp"]["accepted"])


class Receiver(Program):
    """Counts callbacks."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.start(sys.executable, HERE / "receiver.py", "--ready-file", folder / "receiver.json")
        self.url = f"http://127.0.0.1:{self.ready(folder / 'receiver.json')['port']}/"

    def count(self) -> int:
        """Return how many receipts came."""
        return int(fetch(self.url + "count"))


class Hongyan(Program):
    """`hongyan serve`, everything durable, receipts stored, callbacks on."""

    def __init__(self, folder: Path, sink: Sink, receiver: Receiver, window: int, fronts: int) -> None:
        super().__init__()
        folder.mkdir()
        world = folder / "world.toml"
        smpp = f"""host = "127.0.0.1", port = {sink.port}, system_id = "bench\""""
        world.write_text(
            (HERE / "world.toml")
            .read_text()
            .replace(
                'paid_in = "100000000"',
                f'paid_in = "100000000"\ncallbacks = {{ native = "{receiver.url}" }}\nallow_inside = true',
            )
            .replace('protocol = "simulator"', 'protocol = "smpp"\npassword = "bench"')
            .replace(
                'settings = { profile = "healthy", seed = 1, receipt_delay_ms = 0 }',
                f"settings = {{ {smpp}, window = {window} }}",
            )
        )
        environment = {
            "HONGYAN_DATA_DIR": str(folder),
            "HONGYAN_LOG_LEVEL": "error",
            "HONGYAN_FRONTS": str(fronts),
        }
        hongyan = (sys.executable, "-m", "hongyan")
        subprocess.run(
            [*hongyan, "apply", str(world), "--yes"],
            env=os.environ | environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        ready = folder / "ready.json"
        ports = ("--api-port", 0, "--console-port", 0)
        self.start(*hongyan, "serve", *ports, "--ready-file", ready, environment=environment, log=folder / "log")
        self.url = str(self.ready(ready)["api"])


class Kannel(Program):
    """Bearerbox and smsbox. `durable`: file spool, receipts kept in Redis when it is here, callbacks."""

    def __init__(self, folder: Path, sink: Sink, receiver: Receiver, window: int, *, durable: bool) -> None:
        super().__init__()
        folder.mkdir()
        admin, box, self.port = (free_port() for _ in range(3))
        core = f"group = core\nadmin-port = {admin}\nadmin-password = bench\nsmsbox-port = {box}\nlog-level = 4\n"
        redis = ""
        self.more = ""
        if durable:
            (folder / "spool").mkdir()
            core += f"store-type = spool\nstore-location = {folder / 'spool'}\n"
            if shutil.which("redis-server"):
                port = free_port()
                self.start("redis-server", "--port", port, "--save", "", "--appendonly", "no", "--dir", folder)
                core += "dlr-storage = redis\n"
                redis = f"""
group = redis-connection
id = dlrs
host = 127.0.0.1
port = {port}
max-connections = 2

group = dlr-db
id = dlrs
table = dlr
field-smsc = smsc
field-timestamp = ts
field-source = source
field-destination = destination
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc
"""
            self.more = f"&dlr-mask=3&dlr-url={receiver.url.replace(':', '%3A').replace('/', '%2F')}dlr%3Fs%3D%25d"
        (folder / "kannel.conf").write_text(
            f"""{core}
group = smsc
smsc = smpp
smsc-id = sink
host = 127.0.0.1
port = {sink.port}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = {window}
{redis}
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {self.port}
log-level = 4

group = sendsms-user
username = bench
password = bench

group = sms-service
keyword = default
text = "none"
"""
        )
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        for name in ("bearerbox", "smsbox"):
            self.start(
                shutil.which(name, path=path) or name, "-v", 4, folder / "kannel.conf", log=folder / f"{name}.log"
            )
            answering(f"http://127.0.0.1:{admin if name == 'bearerbox' else self.port}/")
        status = f"http://127.0.0.1:{admin}/status.txt?password=bench"
        until = time.monotonic() + START_S
        while "online" not in fetch(status):
            if time.monotonic() > until:
                raise SystemExit("Kannel did not bind")
            time.sleep(0.1)
        self.url = f"http://127.0.0.1:{self.port}"


def answering(url: str) -> None:
    """Wait until something answers there, whatever it says."""
    until = time.monotonic() + START_S
    while True:
        try:
            fetch(url)
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit(f"nothing answers at {url}") from None
            time.sleep(0.1)
        else:
            return


def fetch(url: str) -> str:
    """Return what a GET answers."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
