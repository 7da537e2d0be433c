"""What an operator sets at one process is followed by all processes on the database, within a second."""

import time
from pathlib import Path
from typing import Any

from local_vendor import LocalVendor


def assert_stands(vendor: LocalVendor, standing: str, is_open: bool) -> None:
    def stands() -> bool:
        look = vendor.get_json("/v1/carriers/simulator")
        return (look["standing"], look["open"], look["drained"]) == (standing, is_open, standing == "draining")

    vendor.eventually(stands)


def test_every_process_follows_within_a_second_and_says_which_one_it_is(
    tmp_path: Path, on_postgres: dict[str, Any]
) -> None:
    with (
        LocalVendor(tmp_path / "a", **on_postgres) as asked,
        LocalVendor(tmp_path / "b", **on_postgres) as other,
    ):
        assert asked.get_json("/v1/carriers/simulator")["node"] != other.get_json("/v1/carriers/simulator")["node"]
        for action, standing, is_open in (
            ("suspend", "suspended", True),
            ("drain", "draining", False),
            ("isolate", "isolated", False),
            ("resume", "running", True),
        ):
            asked.post_json(f"/v1/carriers/simulator/{action}", {})
            begun = time.monotonic()
            assert_stands(other, standing, is_open)
            assert time.monotonic() - begun < 5, "a second, and patience with a busy machine"
        asked.post_json("/v1/carriers/simulator/pace", {"per_second": 3})
        other.eventually(lambda: other.get_json("/v1/carriers/simulator")["pace"]["now"] == 3)
