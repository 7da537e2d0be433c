from pathlib import Path

import pytest

from hongyan.model.errors import Misconfigured
from hongyan.settings import Settings, load, master_key_of


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_win_over_the_environment_and_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "some.toml"
    file.write_text("api_port = 1001\nconsole_port = 1002\nnode = 3\n")
    monkeypatch.setenv("HONGYAN_API_PORT", "2001")
    monkeypatch.setenv("HONGYAN_CONSOLE_PORT", "2002")
    settings = load({"api_port": 3001, "node": None}, config=file, defaults={"node": 9, "log_format": "text"})
    assert (settings.api_port, settings.console_port, settings.node) == (3001, 2002, 3)
    assert settings.log_format == "text"


def test_finds_the_file_in_the_working_directory_and_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("hongyan.toml").write_text("node = 4\n")
    assert load().node == 4
    other = tmp_path / "other.toml"
    other.write_text("node = 5\n")
    monkeypatch.setenv("HONGYAN_CONFIG", str(other))
    assert load().node == 5


def test_refuses_an_unknown_key_in_the_file_with_the_nearest_known_name() -> None:
    Path("hongyan.toml").write_text("api_prot = 1\n")
    with pytest.raises(Misconfigured, match=r"unknown setting .api_prot.; Try: did you mean .api_port."):
        load()


def test_refuses_an_unknown_name_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_RETENTION_DAY", "40")
    with pytest.raises(Misconfigured, match="did you mean 'HONGYAN_RETENTION_DAYS'"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_days", 29),
        ("api_port", 65_536),
        ("trusted_proxies", ("10.0.0.0/99",)),
        ("database_url", "mysql://x"),
        ("public_base_url", "ftp://x"),
        ("header_deadline_s", 0.0),
        ("card_support", "some"),
    ],
)
def test_refuses_a_value_out_of_range_and_says_which_and_where(name: str, value: object) -> None:
    with pytest.raises(Misconfigured, match=f"flags: {name}"):
        load({name: value})


def test_says_nothing_of_a_secret_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_DATABASE_URL", "mysql://user:hunter2@host/db")
    with pytest.raises(Misconfigured) as refused:
        load()
    assert "hunter2" not in str(refused.value)


def test_reads_lists_from_the_environment_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONGYAN_ALLOWED_HOSTS", "sms.example.com, other.example.com")
    monkeypatch.setenv("HONGYAN_METRICS", "false")
    settings = load()
    assert settings.allowed_hosts == ("sms.example.com", "other.example.com")
    assert settings.metrics is False


def test_every_setting_has_a_sentence_in_both_languages_and_a_default() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert field.json_schema_extra["zh"], name
        assert not field.is_required(), name


def test_makes_a_master_key_once_that_only_the_owner_can_read(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data"})
    first = master_key_of(settings)
    assert len(first) >= 32
    assert master_key_of(settings) == first
    assert (tmp_path / "data" / "master.key").stat().st_mode & 0o777 == 0o600


def test_reads_the_master_key_from_a_file_and_refuses_a_short_one(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 40 + "\n")
    assert master_key_of(load({"master_key": f"file:{file}"})) == "k" * 40
    with pytest.raises(Misconfigured, match="shorter than 32"):
        master_key_of(load({"master_key": "short"}))
    with pytest.raises(Misconfigured, match="cannot be read"):
        master_key_of(load({"master_key": "file:/nowhere/at/all"}))


def test_wants_a_stated_master_key_for_a_shared_database() -> None:
    with pytest.raises(Misconfigured, match="shared database"):
        master_key_of(load({"database_url": "postgresql://x@h/d"}))
