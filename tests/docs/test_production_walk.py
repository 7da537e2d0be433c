"""The page on running in production: its settings are taken, its commands typed from the first start to a restore."""

import re
import subprocess
from pathlib import Path

from deploy.deploy_files import DEPLOY, ROOT
from docs.pages import blocks, commands, terminal
from hongyan.settings import Settings, load

PAGE = "docs/how-to/run-in-production.md"


def test_production_is_walked_from_the_first_start_to_a_restore(tmp_path: Path) -> None:
    install, declare, _unit, _container, _postgres, watch, keep, restore, privacy, _upgrade, _completion = blocks(
        PAGE, "sh"
    )
    settings, _on_postgres = blocks(PAGE, "ini")
    with terminal(tmp_path) as shell:

        def here(text: str) -> str:
            text = text.replace("/etc/hongyan", str(tmp_path)).replace("/var/lib/hongyan", str(tmp_path / "data"))
            return text.replace("/var/backups/hongyan", str(tmp_path))

        shell.write("hongyan.toml", here(settings))
        shell.write("world.toml", *blocks(PAGE, "toml"))
        said = shell.type(here(declare))
        assert "applied" in said
        assert "FAIL" not in said
        shell.type("hongyan serve")
        api = f"http://127.0.0.1:{shell.ports['8050']}/v1/messages"
        asked = f"curl -s -H 'authorization: Bearer shop.another-long-random-text' {api}"
        assert "accepted" in shell.type(f'{asked} --json \'{{"to": "13800138000", "text": "Hello"}}\'')
        shell.until(asked, '"delivered"')
        said = shell.type(watch)
        assert said.count('{"ready": true') == 2
        assert "hongyan_accept_messages_total" in said
        said = shell.type(here(keep))
        assert "The master key is not in it" in said
        assert "is whole" in said
        key = tmp_path / "elsewhere" / "master.key"
        key.parent.mkdir()
        key.write_bytes((tmp_path / "data" / "master.key").read_bytes())
        assert "Restored." in shell.type(here(restore).replace(str(tmp_path / "data"), str(key.parent)))
        said = shell.type(privacy)
        assert "~ 1 messages" in said
        assert "erased." in said
        assert "Hello" in (tmp_path / "person.json").read_text("utf-8")
        assert '"to":"erased"' in shell.type(asked)
    assert all(words.startswith("sudo ") for words in commands(install))


def test_the_settings_on_the_page_are_settings(tmp_path: Path) -> None:
    for text in blocks(PAGE, "ini"):
        file = tmp_path / "hongyan.toml"
        file.write_text(text, "utf-8")
        assert load(config=file) != Settings()


def test_the_page_names_places_that_the_unit_and_the_container_have() -> None:
    page, unit = (ROOT / PAGE).read_text("utf-8"), (DEPLOY / "hongyan.service").read_text("utf-8")
    for place in ("/opt/hongyan/bin/hongyan", "/etc/hongyan/hongyan.toml", "/var/lib/hongyan"):
        assert place in page
        assert place in unit
    for file in re.findall(r"\b(deploy/\w[\w.-]+)", page):
        assert (ROOT / file.rstrip(".")).exists(), file
    for block in blocks(PAGE, "sh"):
        assert subprocess.run(["bash", "-n"], input=block, text=True, check=False, timeout=20).returncode == 0
