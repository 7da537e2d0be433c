import json
from pathlib import Path
from typing import Any

from hongyan.testing import Client
from local_vendor import LocalVendor
from operate.dev_process import inside

NUMBER, OTHER, LATE = "13800138001", "13800138003", "13800134051"


def test_a_number_is_told_and_erased_while_the_server_runs(tmp_path: Path, on_either: dict[str, Any]) -> None:
    env = {f"HONGYAN_{name.upper()}": value for name, value in on_either.items()}
    data = tmp_path / "data"

    def typed(*words: str) -> Any:
        return inside(*words, "--data", str(data), **env)

    with LocalVendor(data, **on_either) as vendor:
        client = Client(vendor.api_url)
        for to in (NUMBER, OTHER):
            client.send(to, f"the secret of {to}", project="demo")
            client.wait_for(to, until="final")
        wrong = Client(vendor.api_url, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "wrong")})
        refused = wrong.send_alibaba(NUMBER)
        assert refused.status == 400
        vendor.eventually(lambda: json.loads(typed("export", "--number", NUMBER).stdout)["refusals"])
        out = tmp_path / "told.json"
        assert typed("export", "--number", f"+86 {NUMBER}", "--out", str(out)).returncode == 0
        assert out.stat().st_mode & 0o777 == 0o600
        told = json.loads(out.read_text("utf-8"))
        assert [one["content"] for one in told["messages"]] == [f"the secret of {NUMBER}"]
        assert OTHER not in out.read_text("utf-8")
        message = told["messages"][0]["id"]

        dry = typed("erase", "--number", NUMBER, "--dry-run")
        assert "~ 1 messages" in dry.stdout
        assert "nothing was changed" in dry.stdout
        assert "nobody is there to be asked. Try: --yes" in typed("erase", "--number", NUMBER).stderr
        client.send(LATE, "on its way", project="demo")
        waits = typed("erase", "--number", LATE, "--yes")
        assert (waits.returncode, "1 messages to it are under way" in waits.stderr) == (2, True)
        assert "is no number" in typed("erase", "--number", "abc", "--yes").stderr

        before = vendor.get_json("/v1/messages?limit=100")["messages"]
        assert typed("erase", "--number", NUMBER, "--yes").returncode == 0
        assert typed("export", "--number", NUMBER).returncode == 1
        after = vendor.get_json("/v1/messages?limit=100")["messages"]
        assert [one["id"] for one in after] == [one["id"] for one in before]
        assert (after[-1]["to"], after[-1]["text"], after[-1]["state"]) == ("erased", "", "delivered")
        assert after[-1]["price"] == before[-1]["price"]
        story = client.show(message)
        assert story.status == 200
        assert NUMBER not in story.body.decode()
        audit = json.loads(inside("backup", str(tmp_path / "b.gz"), "--json", "--data", str(data), **env).stdout)
        assert audit["rows"]["audit"] >= 3
    if not on_either:
        kept = b"".join(path.read_bytes() for path in data.iterdir() if path.name.startswith("hongyan.db"))
        assert OTHER.encode() in kept
        assert NUMBER.encode() not in kept
