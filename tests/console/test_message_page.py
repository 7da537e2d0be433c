"""Every message explains itself: the answer first, then each thing in detail, in both languages, whoever wrote what."""

import html
import json
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from console.console_visits import Browser
from hongyan.model.world import CarrierConfig, Choice, RouteConfig
from hongyan.testing import Client
from local_vendor import LocalVendor

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
WIRED = (
    CarrierConfig(
        name="mobile", protocol="cmpp", password="s3cret!", settings={"host": "127.0.0.1", "port": 9, "sp_id": "900001"}
    ),
    RouteConfig(name="wired", order=1, numbers=("8615",), choices=(Choice(carrier="mobile"),)),
)
ALIBABA = ("LTAI5tEXAMPLEonly00001", "wrong")


class Seen:
    """A system with messages of every kind."""

    def __init__(self, vendor: LocalVendor) -> None:
        self.vendor, self.browser = vendor, Browser(vendor.console_url)
        self.client = Client(vendor.api_url)

    def send(self, to: str, text: str, **fields: Any) -> str:
        return str(self.client.send(to, text, **fields).json()["messages"][0]["id"])

    def finished(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = self.vendor.eventually(lambda: self._final(id_))
        return found

    def _final(self, id_: str) -> dict[str, Any] | None:
        story = self.client.show(id_).json()
        return story if story["message"]["final"] else None

    def page(self, id_: str, lang: str = "en", **fields: str) -> str:
        asked = urllib.parse.urlencode({"lang": lang} | fields)
        return self.browser.get(f"/messages/{id_}?{asked}")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with LocalVendor(tmp_path_factory.mktemp("message") / "vendor", world=WIRED, card_support="odd") as vendor:
        yield Seen(vendor)


def text_of(page: str) -> str:
    """Return what a reader sees."""
    inside = re.search(r"<main.*</main>", page, re.DOTALL)
    assert inside
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", inside[0])))


def test_the_answer_stands_first(seen: Seen) -> None:
    good, bad = seen.send("13800138000", "【鸿雁】你好"), seen.send("13800134041", "hello")
    seen.finished(good)
    seen.finished(bad)
    assert re.search(r"Delivered after [\d.]+ m?s by simulator\.", text_of(seen.page(good)))
    assert "后经 simulator 送达。" in text_of(seen.page(good, "zh"))
    told = text_of(seen.page(bad))
    assert re.search(r"Not delivered after .*: .* \(\w+\), said by simulator", told)
    assert "未送达" in text_of(seen.page(bad, "zh"))
    assert told.index("Not delivered after") < told.index("What happened") < told.index("Parts and alphabet")


def test_the_story_is_whole_as_data(seen: Seen) -> None:
    id_ = seen.send("13800138000", "It’s 5 o’clock", project="demo")
    seen.finished(id_)
    story = json.loads(seen.browser.get(f"/messages/{id_}.json"))
    assert story["request"]["method"] == "POST"
    assert story["request"]["path"] == "/v1/messages"
    assert json.loads(story["request"]["body"])["to"] == "13800138000"
    assert story["wording"]["forced_ucs2"][0]["instead"] == "'"
    paid = story["charging"]
    assert (paid["prefix"], paid["each"], paid["times"], paid["price"]) == ("86", "0.045", 1, "0.045")
    assert story["routing"][0]["text_en"].startswith("route wired: numbers that begin with 8615")
    assert [line["after_ms"] for line in story["lines"] if line["at"]] == sorted(
        line["after_ms"] for line in story["lines"] if line["at"]
    )
    assert {line["tone"] for line in story["lines"]} == {"", "good"}


def test_costly_characters_are_marked_with_what_to_write(seen: Seen) -> None:
    id_ = seen.send("447911123456", "It’s your code: 123456. " * 4)
    told = seen.page(id_)
    assert '<mark title="RIGHT SINGLE QUOTATION MARK U+2019">’</mark>' in told
    assert re.search(r"Without them: GSM7, 1 part, 0\.35 CNY \(in place of 2, 0\.7 CNY\)", text_of(told))
    assert "U+2019" in seen.page(id_, "zh")


def test_the_request_can_be_made_again(seen: Seen) -> None:
    sent = seen.client.send_nxcloud("8613800138002", "Your code is 4711", sysMessageId="again-0001").json()
    told = text_of(seen.page(sent["data"][0]["messageid"]))
    assert "curl -s http://127.0.0.1:" in told
    assert "/v1/sms/multi/mt" in told
    assert "digest matches" in told
    assert "SKdemo-s3cret" not in told


def test_what_goes_over_the_wire_is_shown_field_by_field(seen: Seen) -> None:
    id_ = seen.send("15012345678", "【鸿雁】您好" + "长" * 80)
    told = text_of(seen.page(id_))
    assert "On the wire of mobile" in told
    assert "PDU 1/2" in told
    assert "0x00000004 CMPP_SUBMIT" in told
    assert re.search(r"dest_terminal_id 15012345678 \w+", told)
    assert "UDH 050003" in told
    assert "s3cret!" not in told
    other = text_of(seen.page(seen.send("13800138000", "hi")))
    assert "there is no wire" in other


def test_a_card_is_drawn_as_one(seen: Seen) -> None:
    seen.client.send_card("13900000001")
    found = seen.client.messages(to="8613900000001").json()["messages"][0]
    told = seen.page(found["id"])
    assert '<article class="face notice calm"' in told
    assert "李四，您有一个包裹到了" in told
    assert re.search(r'<a class="face-button"[^>]*href="https://example.com/parcels"', told)
    assert "Short link" in told or "Card page" in told


def test_a_wrong_seal_is_explained_with_the_first_difference(seen: Seen) -> None:
    wrong = Client(seen.vendor.api_url, credentials={"alibaba": ALIBABA})
    request_id = wrong.send_alibaba("13800138003", {"code": "1 2"}).json()["RequestId"]
    told = seen.page(request_id)
    assert "Refused: The digest is not the one we computed." in text_of(told)
    assert "SignatureDoesNotMatch" in text_of(told)
    assert told.count("<mark>") == 2
    assert 'href="/docs/reasons#bad-seal"' in told
    seal = json.loads(seen.browser.get(f"/messages/{request_id}.json"))["seal"]
    assert seal["theirs_marked"][0] == seal["ours_marked"][0]

    ours = seal["string_to_sign"]
    same = text_of(seen.page(request_id, theirs=ours))
    assert "Both strings are the same." in same
    assert "so the secret is not" in same
    plus = text_of(seen.page(request_id, theirs=ours.replace("%202", "+2")))
    assert "They first differ in TemplateParam" in plus
    assert "write it as %20" in plus
    assert "首个不同之处" in text_of(seen.page(request_id, "zh", theirs=ours.replace("POST", "GET")))
    assert seen.page(request_id, theirs=ATTACK).count("<script") == told.count("<script")
    assert "Seal check" in text_of(seen.page(request_id, theirs="\x00"))


def test_a_pasted_secret_is_not_shown_beside_ours(seen: Seen) -> None:
    wrong = Client(seen.vendor.api_url, credentials={"yundashi": ("1400000001", "other")})
    wrong.send_yundashi("13800138004", "你的验证码是1234")
    request_id = seen.client._own("GET", "/v1/refusals?limit=1").json()["refusals"][0]["request_id"]
    ours = json.loads(seen.browser.get(f"/messages/{request_id}.json"))["seal"]["string_to_sign"]
    theirs = ours.replace("***", "kdemo-mine").replace("13800138004", "13800138005")
    told = seen.page(request_id, theirs=theirs)
    table = told[told.index('<table class="sides">') :]
    assert "kdemo-mine" not in table[: table.index("</table>")]
    assert "They first differ in mobile" in text_of(told)


def test_whatever_somebody_wrote_stays_text(seen: Seen) -> None:
    ids = [seen.send("13800138000", f"{ATTACK} http://a.example/{ATTACK}")]
    values = {"code": ATTACK[:18]}
    ids.append(seen.client.send_alibaba("13800138003", values, OutId=ATTACK[:30]).json()["RequestId"])
    ids.append(seen.client.send_alibaba("13800138003", values, signature=ATTACK).json()["RequestId"])
    seen.vendor.call("POST", "/?Action=<script>alert(3)</script>", b"<script>", user_agent=ATTACK, host="127.0.0.1")
    ids += [one["request_id"] for one in seen.client._own("GET", "/v1/refusals?limit=5").json()["refusals"]]
    for id_ in ids:
        for lang in ("en", "zh"):
            told = seen.page(urllib.parse.quote(id_, safe=""), lang)
            scripts = re.findall(r"<script[^>]*>", told)
            assert all(re.fullmatch(r'<script src="/static/\w+\.js\?v=\w+" defer>', one) for one in scripts)
            assert "<img src=x" not in told
            assert " onerror=" not in html.unescape(re.sub(r">[^<]*<", "><", told)).split("<main")[0]


def test_the_carrier_is_made_to_say_more_and_the_caller_is_told(seen: Seen) -> None:
    id_ = seen.send("13800138051", "late", report_to=f"{seen.vendor.api_url}/nowhere")
    seen.vendor.eventually(lambda: seen.client.show(id_).json()["message"]["provider_id"])
    done = seen.browser.post(f"/messages/{id_}/receipt", state="undelivered", code="MK:0001", after_s="0")
    assert "the message&#39;s state is another one now" in done or "had ended" in done
    seen.finished(id_)
    told = seen.browser.post(f"/messages/{id_}/push")
    assert "The caller is told once more" in told
    seen.vendor.eventually(lambda: "What was answered" in seen.page(id_))
    told = text_of(seen.page(id_))
    assert "HTTP 404" in told
    assert "MK:0001" in told or "DELIVRD" in told


def test_forms_that_are_not_ours_do_nothing(seen: Seen) -> None:
    id_ = seen.send("13800138000", "hello")
    assert seen.browser.status("POST", f"/messages/{id_}/push", {"csrf": "x"}) == 403
    assert seen.browser.status("POST", f"/messages/{id_}/receipt", {"state": "delivered"}) == 403
    assert seen.browser.status("GET", "/messages/12345") == 404
