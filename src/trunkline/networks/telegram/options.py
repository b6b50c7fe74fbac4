"""Telegram's settings, each named `telegram.<name>`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path

from trunkline.model.errors import InvalidArgument

_PREFIX = "telegram."


@dataclass(frozen=True)
class Options:
    """The application that Telegram knows this server as, for everybody who logs in here; left out, each login asks for one."""

    api_id: str = ""
    """A number, from https://my.telegram.org (API development tools)."""
    api_hash: str = ""
    """32 hexadecimal digits, from the same page; a secret."""
    server: str = ""
    """Another server than Telegram's own, for tests: a numeric address and a port, as 127.0.0.1:443."""
    server_key: str = ""
    """The file with that server's public RSA key (PEM)."""


_NAMES = tuple(each.name for each in fields(Options))


@dataclass(frozen=True)
class App:
    """The application that Telegram knows us as: from https://my.telegram.org, one for everybody who uses this server."""

    api_id: int
    api_hash: str = field(repr=False)


@dataclass(frozen=True)
class Road:
    """What the settings come to.

    app: None where they name none, and each login asks for it. server: another server than Telegram's own, as (address, port);
    server_key: its public RSA key (PEM). Those two are for tests.
    """

    app: App | None = None
    server: tuple[str, int] | None = None
    server_key: str = ""


def read_options(given: Mapping[str, str]) -> Road:
    """Telegram's part of the settings.

    Raises InvalidArgument for an unknown name, half a setting, or values of another form.
    """
    values = {name.removeprefix(_PREFIX): text for name, text in given.items() if name.startswith(_PREFIX)}
    for name in values:
        if name not in _NAMES:
            raise InvalidArgument(f"{_PREFIX}{name} is no setting of Telegram. It knows: {', '.join(_NAMES)}.")
    return Road(app=_app(values), server=_server(values), server_key=_server_key(values))


def _app(values: Mapping[str, str]) -> App | None:
    given = [values[name] for name in ("api_id", "api_hash") if name in values]
    if not given:
        return None
    if len(given) == 1:
        raise InvalidArgument("telegram.api_id and telegram.api_hash go together: set both, or neither.")
    app = app_of(*given)
    if app is None:
        raise InvalidArgument(
            "telegram.api_id must be a number and telegram.api_hash 32 hexadecimal digits, as https://my.telegram.org shows"
            " them."
        )
    return app


def _server(values: Mapping[str, str]) -> tuple[str, int] | None:
    if "server" not in values:
        return None
    host, _, port = values["server"].rpartition(":")
    try:
        ip_address(host)
    except ValueError:
        host = ""
    if not host or not (port.isascii() and port.isdigit()) or "server_key" not in values:
        raise InvalidArgument(
            "telegram.server must be a numeric address and a port, as 127.0.0.1:443, with telegram.server_key."
        )
    return host, int(port)


def _server_key(values: Mapping[str, str]) -> str:
    if "server_key" not in values:
        return ""
    try:
        return Path(values["server_key"]).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise InvalidArgument("telegram.server_key must name a file with a public RSA key in PEM form.") from None


def app_of(api_id: str, api_hash: str) -> App | None:
    """The application of two texts; None where they have not the right form."""
    api_id, api_hash = api_id.strip(), api_hash.strip()
    is_hash = len(api_hash) == 32 and all(digit in "0123456789abcdef" for digit in api_hash)
    if not (api_id.isascii() and api_id.isdigit() and 0 < int(api_id) < 2**31 and is_hash):
        return None
    return App(api_id=int(api_id), api_hash=api_hash)
