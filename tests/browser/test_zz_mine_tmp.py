import sys

sys.path.insert(0, "/work/main/tests")
import pytest, json, urllib.parse
from browser.chromium import *
from browser.furnished import furnished
from hongyan.testing import Client
from local_vendor import LocalVendor
from hongyan.model.world import CarrierConfig, Choice, RouteConfig


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("en", "light", 1280), ("zh", "dark", 1280), ("zh", "light", 390), ("en", "dark", 390)],
)
def test_mine(browser, house, lang, scheme, width):
    tab = Tab(browser, color_scheme=scheme)
    tab.page.set_viewport_size({"width": width, "height": 900})
    wrong = []
    for path in house[1]:
        tab.troubles.clear()
        a = tab.page.goto(f"{house[0].console_url}{path}{'&' if '?' in path else '?'}lang={lang}")
        tab.page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        found = [*tab.violations(), *tab.troubles]
        if a.status != 200:
            found.append(str(a.status))
        if tab.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append("wide")
        wrong += [f"{path} {x}" for x in found]
    tab.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    w = (
        CarrierConfig(
            name="mobile", protocol="cmpp", password="s", settings={"host": "127.0.0.1", "port": 9, "sp_id": "900001"}
        ),
        RouteConfig(name="wired", order=1, numbers=("8615",), choices=(Choice(carrier="mobile"),)),
    )
    with LocalVendor(tmp_path_factory.mktemp("h"), world=w, card_support="odd") as v:
        c = Client(v.api_url)
        paths = []
        ids = [
            c.send("447911123456", "It’s your code: 123456. " * 4, report_to=v.api_url + "/nowhere").json()["messages"][
                0
            ]["id"],
            c.send("15012345678", "【鸿雁】您好" + "长" * 80).json()["messages"][0]["id"],
            c.send("13800134041", "x http://a.example/x").json()["messages"][0]["id"],
        ]
        c.send_card("13900000001")
        ids.append(c.messages(to="8613900000001").json()["messages"][0]["id"])
        v.eventually(lambda: c.show(ids[2]).json()["message"]["final"])
        c.ask("POST", "/v1/replies", {"from": "13800134041", "text": "TD"})
        r = (
            Client(v.api_url, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "w")})
            .send_alibaba("13800138003")
            .json()["RequestId"]
        )
        s = c.show(r).json()["seal"]["string_to_sign"]
        paths = [f"/messages/{i}" for i in ids] + [
            f"/messages/{r}",
            f"/messages/{r}?" + urllib.parse.urlencode({"theirs": s.replace("%22", "%2522")}),
            "/phone",
            "/phone/8613900000001",
            "/phone/8613800134041",
            "/send",
            "/send?vendor=native",
            "/send?vendor=yundashi&code=java",
            "/send?vendor=alibaba&template=CARD_SMS_70&code=python",
        ]
        yield v, paths


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running
