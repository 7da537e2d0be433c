"""One address may hear of all of a project's messages, in our own shape."""

import json
from pathlib import Path

from hongyan.model.world import App, Key, Project
from hongyan.testing import Client
from local_vendor import LocalVendor
from system.receipt_receiver import receiving


def test_messages_of_any_dialect_are_told_to_the_projects_one_address(tmp_path: Path) -> None:
    with receiving() as receiver:
        world = (
            Project(name="shop", paid_in="10", callbacks={"native": f"{receiver.url}/all"}, allow_inside=True),
            Key(project="shop", dialect="nxcloud", name="AKshop", secret="SKshop"),
            App(project="shop", name="shop"),
        )
        with LocalVendor(tmp_path, world=world, receipt_delay_s=0) as vendor:
            client = Client(vendor.api_url, credentials={"nxcloud": ("AKshop", "SKshop")})
            reply = client.send_nxcloud("8613800130001", "hello", app="shop").json()
            vendor.eventually(lambda: receiver.came["/all"])
    (told,) = json.loads(receiver.came["/all"][0])["messages"]
    assert (told["id"], told["dialect"], told["state"]) == (reply["data"][0]["messageid"], "nxcloud", "delivered")
