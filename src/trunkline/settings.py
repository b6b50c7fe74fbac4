"""Everything that can be set: by name on the command line, by an environment variable, or left at its default.

A network's own settings are declared in its folder; `TRUNKLINE_SANDBOX_ANSWER_MS` is `sandbox.answer_ms` there.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, NamedTuple

from trunkline.owner.cannot_start import CannotStart
from trunkline.owner.folder import default_folder
from trunkline.surfaces.door.hosts import allow

PREFIX = "TRUNKLINE_"
STRUCK_OUT = "(set, not shown)"
LOG_LEVELS = ("debug", "info", "warning", "error")


class WrongSetting(CannotStart):
    """A setting has a value that is not allowed; the text is one sentence."""


@dataclass(frozen=True)
class Settings:
    """The settings of a server, checked."""

    data: Path
    host: str
    port: int
    database: str | None
    networks: tuple[str, ...]
    seed: str | None
    ready_file: Path | None
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    private_targets: frozenset[tuple[str, int]]
    folders: str
    call_seconds: int
    max_upload_bytes: int
    journal_days: int
    calls_days: int
    media_cache_bytes: int
    secret: str
    log_level: str


class Setting(NamedTuple):
    """One setting, as the reference page and `doctor` show it."""

    name: str
    default: str
    """As text; empty where there is none."""
    prose: str
    read: Callable[[str], Any]
    """Gives the value, or raises ValueError with what the value must be."""
    is_secret: bool = False

    @property
    def environment_name(self) -> str:
        """The variable that sets it."""
        return PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        """The option of `trunkline serve` that sets it."""
        return "--" + self.name.replace("_", "-")


class Shown(NamedTuple):
    """A setting's value and where it came from."""

    name: str
    value: str
    source: str


def _text(text: str) -> str:
    return text


def _optional(text: str) -> str | None:
    return text or None


def _folder(text: str) -> Path:
    if not text:
        raise ValueError("the path of a folder")
    return Path(text).expanduser()


def _optional_file(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return read


def _database(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("empty, or the address of a PostgreSQL database: postgresql://user:password@host/name")
    return text or None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _hosts(text: str) -> tuple[str, ...]:
    try:
        allow(1, "127.0.0.1", _words(text), ())
    except ValueError as error:
        raise ValueError(f"host names with an optional port, separated by commas; {error} is none") from None
    return _words(text)


def _origins(text: str) -> tuple[str, ...]:
    try:
        allow(1, "127.0.0.1", (), _words(text))
    except ValueError as error:
        raise ValueError(f"origins such as https://example.org, separated by commas; {error} is none") from None
    return _words(text)


_TARGET = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?)):(?P<port>[0-9]{1,5})\Z"
)


def _targets(text: str) -> frozenset[tuple[str, int]]:
    pairs = set()
    for word in _words(text):
        found = _TARGET.match(word.lower())
        try:
            if found is None or not 0 < int(found["port"]) <= 65535:
                raise ValueError
            host = found["name"] or IPv6Address(found["v6"]).compressed
        except ValueError:
            raise ValueError(
                f"exact hosts with their port, such as 127.0.0.1:8080, separated by commas; {word} is none"
            ) from None
        pairs.add((host, int(found["port"])))
    return frozenset(pairs)


def _secret(text: str) -> str:
    kind, colon, rest = text.partition(":")
    if text != "file" and not (colon and rest and kind in ("file", "env")):
        raise ValueError("`file`, `file:PATH` or `env:NAME`")
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting("data", "", "The data folder; by default the user's own. Must lie on a local disk.", _folder),
    Setting("host", "127.0.0.1", "The address to listen on. Other than loopback: put a proxy with TLS in front.", _text),
    Setting("port", "3114", "The port to listen on; 0 takes a free one.", _number(0, 65535)),
    Setting(
        "database",
        "",
        "A PostgreSQL database, as postgresql://user:password@host/name; empty: SQLite in the data folder.",
        _database,
        is_secret=True,
    ),
    Setting("networks", "", "The networks to offer, by name, separated by commas. Empty: all that are installed.", _words),
    Setting("seed", "", "The world the sandbox begins with: small. Empty: none.", _optional),
    Setting(
        "ready_file",
        "",
        "Where to write address, keys for 24 hours, PCID and process id as JSON once the server answers.",
        _optional_file,
    ),
    Setting(
        "allowed_hosts",
        "",
        "Further host names that requests may be addressed to, as name or name:port, separated by commas.",
        _hosts,
    ),
    Setting(
        "allowed_origins",
        "",
        "Further web pages that may use the server, as https://name or https://name:port, separated by commas.",
        _origins,
    ),
    Setting(
        "private_targets",
        "",
        "Where webhooks and callbacks may go although it is private or without TLS: exact host:port pairs, separated by commas."
        " Elsewhere they go to https addresses on the public internet alone.",
        _targets,
    ),
    Setting(
        "folders",
        "2025",
        "Which folders of chats programs are shown: 2025, the five that every client of the Unipile API knows, or 2026, all of"
        " them, such as PENDING and SPAM, which clients that check strictly may refuse.",
        _one_of(("2025", "2026")),
    ),
    Setting("call_seconds", "30", "How long a call waits for a network, in seconds.", _number(1, 600)),
    Setting("max_upload_bytes", "26214400", "How large a file may be that is handed in.", _number(1, 104_857_600)),
    Setting("journal_days", "30", "How long the journal that webhooks and live streams read is kept.", _number(1, 3650)),
    Setting("calls_days", "7", "How long answers of calls are kept for repeats with the same key.", _number(1, 365)),
    Setting("media_cache_bytes", "5368709120", "How much room fetched files may take.", _number(0, 2**50)),
    Setting(
        "secret",
        "file",
        "Where the secret that seals credentials is: file (secret.key in the data folder), file:PATH, or env:NAME.",
        _secret,
    ),
    Setting("log_level", "warning", "How much is logged: debug, info, warning or error.", _one_of(LOG_LEVELS)),
)


def read_settings(given: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """The settings: from `given` (by name, as the command line has them), else the environment, else the default.

    Raises WrongSetting.
    """
    return Settings(**{setting.name: _value(setting, *_source(setting, given, environ)) for setting in SETTINGS})


def show_settings(given: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Shown, ...]:
    """Every setting with its value and where it came from, secrets struck out."""
    shown = []
    for setting in SETTINGS:
        text, source = _source(setting, given, environ)
        shown.append(Shown(setting.name, STRUCK_OUT if setting.is_secret and text else text, source))
    return tuple(shown)


def network_options(networks: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """The settings of networks in the environment: `TRUNKLINE_<NETWORK>_<NAME>` as `network.name`."""
    options = {}
    for network in networks:
        start = f"{PREFIX}{network.upper()}_"
        for name, value in environ.items():
            if name.startswith(start):
                options[f"{network}.{name.removeprefix(start).lower()}"] = value
    return options


def _source(setting: Setting, given: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, str]:
    if setting.name in given:
        return given[setting.name], setting.option
    if setting.environment_name in environ:
        return environ[setting.environment_name], setting.environment_name
    if setting.name == "data":
        return str(default_folder(environ)), "default"
    return setting.default, "default"


def _value(setting: Setting, text: str, source: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        shown = "the given value" if setting.is_secret else repr(text)
        raise WrongSetting(f"{setting.name} ({source}) cannot be {shown}; it must be {error}.") from None


assert tuple(setting.name for setting in SETTINGS) == tuple(field.name for field in fields(Settings))
