"""The form that sends: previewed, then really sent through the vendor's own API; and the programs that do the same."""

import html
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from console.console_visits import Browser
from hongyan.console.snippets import LANGUAGES, VENDORS, Values, snippets
from hongyan.console.snippets.beginning import beginning
from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Refused
from hongyan.operate.journal import AuditQuery
from hongyan.operate.sending import own_address, send_through
from hongyan.testing import Client
from local_vendor import LocalVendor

NASTY = "q\"'$HOME`id`\\n %s ${x}🎈~*!()&=+#? <b>\u202e"
"""what would end a literal, a word or a pattern somewhere"""
RUN = {
    "curl": ("sh", "sh"),
    "python": ("py", sys.executable),
    "node": ("mjs", "node"),
    "php": ("php", "php"),
    "java": ("java", "java"),
}
TOGETHER = [(vendor, language) for vendor in VENDORS for language in ("curl", "python")] + [
    ("alibaba", "node"),
    ("nxcloud", "php"),
    ("yundashi", "node"),
    ("comms", "php"),
    ("native", "node"),
    ("alibaba", "java"),
]


class Sending:
    """A system, and its form."""

    def __init__(self, vendor: LocalVendor) -> None:
        self.vendor, self.browser, self.client = vendor, Browser(vendor.console_url), Client(vendor.api_url)

    def begun(self, vendor: str) -> Values:
        found = beginning(vendor, self.vendor.system.current(), self.vendor.api_url, shows_secrets=True, dev=True)
        assert found
        return found

    def fields(self, query: str) -> dict[str, str]:
        """Return what the button of a previewed form sends."""
        told = self.browser.get(f"/send?lang=en&{query}")
        form = re.search(r'<form class="" action="/send[^>]*>.*?</form>', told, re.DOTALL)
        assert form, "there is nothing to send"
        named = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0])
        return {html.unescape(name): html.unescape(value) for name, value in named}


@pytest.fixture(scope="module")
def sending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sending]:
    with LocalVendor(tmp_path_factory.mktemp("send") / "vendor", card_support="odd") as vendor:
        yield Sending(vendor)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])))


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_previewed_is_sent_through_the_vendors_own_api(sending: Sending, vendor: str) -> None:
    number = f"861370000{list(VENDORS).index(vendor):04}"
    fields = sending.fields(f"vendor={vendor}&to={number}")
    fields.pop("csrf")
    told = sending.browser.post("/send?lang=en", **fields)
    assert "What the vendor's API answered" in text_of(told)
    found = sending.client.messages(to=number).json()["messages"]
    assert [one["dialect"] for one in found] == [vendor]
    assert f"/messages/{found[0]['id']}" in told
    request = sending.client.show(found[0]["id"]).json()["request"]
    assert request["method"] == "POST"
    noted = sending.vendor.run(sending.vendor.system.road.reception.office.journal.entries(AuditQuery(limit=1)))
    assert (noted[0]["action"], noted[0]["target"], noted[0]["facts"]["status"] // 100) == ("message.send", vendor, 2)
    assert number not in json.dumps(noted[0])


def test_a_refusal_leads_to_its_reason(sending: Sending) -> None:
    fields = sending.fields(urllib.parse.urlencode({"vendor": "alibaba", "to": "13700000021", "signature": "别人"}))
    fields.pop("csrf")
    told = sending.browser.post("/send?lang=en", **fields)
    assert "isv.SMS_SIGNATURE_ILLEGAL" in told
    assert "Refused: The signature is not known." in text_of(told)
    fields = sending.fields(urllib.parse.urlencode({"vendor": "yundashi", "to": "13700000022", "text": "no template"}))
    fields.pop("csrf")
    assert "Refused: The text matches no approved template." in text_of(sending.browser.post("/send?lang=en", **fields))


def test_the_preview_counts_prices_and_routes(sending: Sending) -> None:
    asked = urllib.parse.urlencode(
        {"vendor": "native", "to": "+447911123456", "text": "It’s " + "x" * 70, "lang": "en"}
    )
    told = text_of(sending.browser.get(f"/send?{asked}"))
    assert "UCS2 · 75 · 2 parts · ’ U+2019 → '" in told
    assert "0.7 CNY each number" in told
    assert "everything → simulator" in told
    card = sending.browser.get("/send?vendor=alibaba&template=CARD_SMS_70&v.param1=%E7%8E%8B")
    assert "王，您有一个包裹到了" in card
    assert "下面" not in card
    zh = sending.browser.get("/send?lang=zh&vendor=comms")
    assert "等价的程序" in zh


def test_a_copy_of_a_message_fills_the_form(sending: Sending) -> None:
    sent = sending.client.send_alibaba("13700000031", {"code": "7788"}, template="SMS_480680002").json()
    story = sending.browser.get(f"/messages/{sent['RequestId']}?lang=en")
    link = re.search(r'<a class="button plain" href="(/send[^"]+)">', story)
    assert link
    told = sending.browser.get(html.unescape(link[1]))
    assert 'name="v.code" value="7788"' in told
    assert '<option value="SMS_480680002" selected>' in told
    assert 'name="to" value="8613700000031"' in told
    client = sending.client
    for id_ in (
        client.send_comms("+8613700000032", values=("9911",)).json()["requestId"],
        client.send_nxcloud("8613700000033", "code 9911").json()["data"][0]["messageid"],
        client.send_yundashi("13700000034", "你的验证码是9911").json()["sid"],
        client.send("13700000035", "code 9911").json()["messages"][0]["id"],
    ):
        story = sending.browser.get(f"/messages/{id_}?lang=en")
        link = re.search(r'<a class="button plain" href="(/send[^"]+)">', story)
        assert link
        assert "9911" in sending.browser.get(html.unescape(link[1]))


def test_whatever_stands_in_the_address_a_form_comes_of_it(sending: Sending) -> None:
    attack = '"><script>alert(1)</script>'
    for vendor in (*VENDORS, "nobody"):
        names = ("key", "template", "text", "to", "signature", "app", "code", "v.code", "project")
        for lang in ("en", "zh"):
            asked = urllib.parse.urlencode({"vendor": vendor, "lang": lang} | dict.fromkeys(names, attack))
            told = sending.browser.get(f"/send?{asked}")
            assert re.findall(r"<script[^>]*>", told) == re.findall(r'<script src="/static/console[^>]*>', told)
    assert sending.browser.status("GET", "/send?text=%00&to=%00&v.code=%00") == 200
    assert sending.browser.status("POST", "/send", {"vendor": "comms"}) == 403
    assert sending.browser.status("POST", "/send", {"csrf": sending.browser.token(), "to": "nobody"}) == 400
    assert sending.browser.status("GET", "/send/1-0") == 404


async def test_only_operators_send() -> None:
    viewer = Actor(name="v", role=Role.VIEWER, via="console")
    with pytest.raises(Refused, match="not-permitted"):
        await send_through(
            None, viewer, project="p", dialect="comms", action="a", url="http://x", headers={}, body=b""  # type: ignore[arg-type] # never asked
        )  # fmt: skip
    assert own_address("http://0.0.0.0:80") == "http://127.0.0.1:80"


def test_programs_do_what_they_show_whatever_they_are_filled_with(sending: Sending, tmp_path: Path) -> None:
    running = []
    for place, (vendor, language) in enumerate(TOGETHER):
        ending, command = RUN[language]
        if shutil.which(command.split()[0]) is None:
            continue
        begun = sending.begun(vendor)
        if vendor in {"alibaba", "comms"}:
            values = replace(begun, values=dict.fromkeys(begun.values, NASTY[:34]))
        else:
            values = replace(begun, text=f"你的验证码是{NASTY[:16]}" if vendor == "yundashi" else NASTY)
        values = replace(values, to=(f"8613600000{place:03}",))
        folder = tmp_path / f"{vendor}-{language}"
        folder.mkdir()
        file = folder / f"Send.{ending}"
        file.write_text(snippets(vendor, language, values), "utf-8")
        started = subprocess.Popen(
            [*command.split(), str(file)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append((vendor, language, values, started))
    assert len(running) >= 10  # what is not installed is left out, but never all of it
    for vendor, language, values, started in running:
        said, _ = started.communicate(timeout=100)
        found = sending.client.messages(to=values.to[0]).json()["messages"]
        assert len(found) == 1, (vendor, language, said)
        wanted = next(iter(values.values.values())) if vendor in {"alibaba", "comms"} else values.text
        assert wanted in found[0]["text"], (vendor, language)


def test_programs_in_go_can_be_read(sending: Sending, tmp_path: Path) -> None:
    gofmt = shutil.which("gofmt")
    for vendor in VENDORS if gofmt else ():
        begun = replace(sending.begun(vendor), text=NASTY, signature=NASTY)
        file = tmp_path / f"{vendor}.go"
        file.write_text(snippets(vendor, "go", replace(begun, values=dict.fromkeys(begun.values, NASTY))), "utf-8")
        done = subprocess.run([str(gofmt), "-d", "-e", str(file)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), vendor


def test_programs_hide_what_is_not_theirs_to_show(sending: Sending) -> None:
    world = sending.vendor.system.current()
    for vendor in VENDORS:
        found = beginning(vendor, world, "https://sms.example", shows_secrets=False, dev=True)
        assert found
        for language in LANGUAGES:
            program = snippets(vendor, language, found)
            assert "ExampleSecret" not in program
            assert "s3cret" not in program
            assert "kdemo0123456789" not in program
            assert "sms.example" in program
            assert "\u202e" not in snippets(vendor, language, replace(found, text="a\u202eb", signature="\u202e")) or (
                language == "curl" and vendor != "native"
            )
