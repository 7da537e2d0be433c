"""A running vendor with something of everything in it, so that no page is empty: for browser tests and screenshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from hongyan.testing.client import Client
from local_vendor import LocalVendor


class Furnished(NamedTuple):
    """The vendor, and addresses of pages that show something."""

    vendor: LocalVendor
    examples: dict[str, list[str]]
    """path of a route -> addresses"""


@contextmanager
def furnished(folder: Path) -> Iterator[Furnished]:
    """Run one inside the block."""
    with LocalVendor(folder) as vendor:
        client = Client(vendor.api_url)
        client.send_comms("+8613800138001")
        client.send_nxcloud(["8613800138002", "8613800134041"], "Your code is 1234")
        client.send_alibaba("13800138003")
        client.send_card(["13800138005", "13800138004"])
        client.send_yundashi("13800138004", "你的验证码是1234")
        client.send("13800134051", "“Late” receipt – " + "长" * 80)
        refused = Client(vendor.api_url, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "wrong")})
        refusal = refused.send_alibaba("13800138003").json()["RequestId"]
        vendor.eventually(lambda: client.show(refusal).status == 200)
        client.wait_for("13800134041", until="final")
        messages = client.messages().json()["messages"]
        pages = [f"/messages/{one['id']}" for one in messages] + [f"/messages/{refusal}"]
        examples = {
            "/messages/{id}": pages,
            "/carriers/{name}": ["/carriers/simulator"],
            "/routes": ["/routes", "/routes?to=13800138000"],
        }
        yield Furnished(vendor, examples)
