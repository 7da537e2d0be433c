"""The page on staging is walked through from its first command to its last."""

import shlex
from pathlib import Path

from docs.pages import blocks, commands
from hongyan.testing.client import Client
from local_vendor import LocalVendor
from operate.dev_process import inside


def test_staging_goes_as_the_page_says(tmp_path: Path) -> None:
    with LocalVendor(tmp_path) as vendor:

        def typed(block: str) -> list[str]:
            said = []
            for command in commands(block):
                words = shlex.split(command)[1:]
                ran = inside(*words, HONGYAN_URL=vendor.api_url, COLUMNS="300")
                assert ran.returncode == 0, ran.stderr
                said.append(str(ran.stdout))
            return said

        def states() -> list[str]:
            rows = Client(vendor.api_url).messages(project="shop-staging").json()["messages"]
            return sorted(row["state"] for row in rows)

        begin, decide, some, live = blocks("docs/how-to/stage-safely.md", "sh")
        made, _, _, listed = typed(begin)
        assert "mode capture" in made
        assert "8613800138001" in listed
        assert "8613800138002" in listed
        released, rejected = typed(decide)
        assert released.startswith("released: ")
        assert rejected.startswith("rejected: ")
        vendor.eventually(lambda: states() == ["delivered", "rejected"])
        mode, _, nothing = typed(some)
        assert "mode allow-list (8613800138001, 86139*)" in mode
        assert nothing == ""
        vendor.eventually(lambda: states() == ["delivered", "delivered", "rejected"])
        assert "mode live" in typed(live)[0]
