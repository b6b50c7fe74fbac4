"""Settings: where they come from, and what is said when one is wrong."""

import sys
from pathlib import Path

import pytest

from trunkline.settings import SETTINGS, Settings, WrongSetting, network_options, read_settings, show_settings


def test_every_default_is_allowed() -> None:
    settings = read_settings({}, {"HOME": "/h", "XDG_DATA_HOME": "/x"})
    assert settings == Settings(
        data=Path("/x/trunkline") if sys.platform == "linux" else settings.data,
        host="127.0.0.1",
        port=3114,
        database=None,
        networks=(),
        seed=None,
        ready_file=None,
        allowed_hosts=(),
        allowed_origins=(),
        private_targets=frozenset(),
        folders="2025",
        call_seconds=30,
        max_upload_bytes=26_214_400,
        journal_days=30,
        calls_days=7,
        media_cache_bytes=5 * 1024**3,
        secret="file",
        log_level="warning",
    )


def test_the_command_line_wins_over_the_environment_and_that_over_the_default() -> None:
    environ = {"HOME": "/h", "TRUNKLINE_PORT": "1", "TRUNKLINE_HOST": "::1"}
    settings = read_settings({"port": "2"}, environ)
    assert (settings.port, settings.host) == (2, "::1")
    shown = {each.name: (each.value, each.source) for each in show_settings({"port": "2"}, environ)}
    assert shown["port"] == ("2", "--port")
    assert shown["host"] == ("::1", "TRUNKLINE_HOST")
    assert shown["call_seconds"] == ("30", "default")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("port", "x", "port (--port) cannot be 'x'; it must be a whole number from 0 to 65535."),
        ("port", "70000", "port (--port) cannot be '70000'; it must be a whole number from 0 to 65535."),
        ("data", "", "data (--data) cannot be ''; it must be the path of a folder."),
        ("allowed_hosts", "a,b c", "separated by commas; b c is none."),
        ("allowed_hosts", "a:*", "separated by commas; a:* is none."),
        ("allowed_origins", "example.org", "origins such as https://example.org, separated by commas; example.org is none."),
        ("private_targets", "10.0.0.1", "such as 127.0.0.1:8080, separated by commas; 10.0.0.1 is none."),
        ("private_targets", "a:1,10.0.0.0/8:80", "separated by commas; 10.0.0.0/8:80 is none."),
        ("private_targets", "*:80", "separated by commas; *:80 is none."),
        ("private_targets", "a:65536", "separated by commas; a:65536 is none."),
        ("log_level", "loud", "it must be one of debug, info, warning, error."),
        ("secret", "env:", "it must be `file`, `file:PATH` or `env:NAME`."),
    ],
)
def test_a_wrong_value_is_one_sentence(name: str, value: str, words: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        read_settings({name: value}, {"HOME": "/h"})
    assert str(caught.value).endswith(words)


def test_private_targets_are_exact_pairs_in_one_form() -> None:
    """security.md 5.5: only by exact host:port."""
    settings = read_settings({"private_targets": "Hooks.lan:8080, [::0:1]:9000,127.0.0.1:80"}, {"HOME": "/h"})
    assert settings.private_targets == {("hooks.lan", 8080), ("::1", 9000), ("127.0.0.1", 80)}


def test_a_secret_is_never_shown() -> None:
    """style.md 5: secrets struck out, in error texts too."""
    for database in ("postgresql://me:hunter2@h/d", "mysql://me:hunter2@h/d"):
        assert "hunter2" not in str(show_settings({"database": database}, {}))
    with pytest.raises(WrongSetting) as caught:
        read_settings({"database": "mysql://me:hunter2@h/d"}, {"HOME": "/h"})
    assert "hunter2" not in str(caught.value)


def test_a_networks_settings_come_from_the_environment() -> None:
    environ = {"TRUNKLINE_SANDBOX_ANSWER_MS": "0", "TRUNKLINE_PORT": "1", "OTHER": "x"}
    assert network_options(["sandbox", "slack"], environ) == {"sandbox.answer_ms": "0"}


def test_every_setting_has_a_line_of_prose() -> None:
    assert all(setting.prose.endswith(".") and "\n" not in setting.prose for setting in SETTINGS)
