"""Telegram's settings, each named `telegram.<name>`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from trunkline.model.errors import InvalidArgument

_PREFIX = "telegram."


@dataclass(frozen=True)
class Options:
    """The application that Telegram knows this server as, for everybody who logs in here; left out, each login asks for one."""

    api_id: str = ""
    """A number, from https://my.telegram.org (API development tools)."""
    api_hash: str = ""
    """32 hexadecimal digits, from the same page; a secret."""


_NAMES = tuple(each.name for each in fields(Options))


@dataclass(frozen=True)
class App:
    """The application that Telegram knows us as: from https://my.telegram.org, one for everybody who uses this server."""

    api_id: int
    api_hash: str = field(repr=False)


def read_options(given: Mapping[str, str]) -> App | None:
    """The application from the settings; None where they name none, and each login asks for it.

    Raises InvalidArgument for an unknown name, half a setting, or values of another form.
    """
    values = {name.removeprefix(_PREFIX): text for name, text in given.items() if name.startswith(_PREFIX)}
    for name in values:
        if name not in _NAMES:
            raise InvalidArgument(f"{_PREFIX}{name} is no setting of Telegram. It knows: {', '.join(_NAMES)}.")
    if not values:
        return None
    if len(values) < len(_NAMES):
        raise InvalidArgument("telegram.api_id and telegram.api_hash go together: set both, or neither.")
    app = app_of(values["api_id"], values["api_hash"])
    if app is None:
        raise InvalidArgument(
            "telegram.api_id must be a number and telegram.api_hash 32 hexadecimal digits, as https://my.telegram.org shows them."
        )
    return app


def app_of(api_id: str, api_hash: str) -> App | None:
    """The application of two texts; None where they have not the right form."""
    api_id, api_hash = api_id.strip(), api_hash.strip()
    is_hash = len(api_hash) == 32 and all(digit in "0123456789abcdef" for digit in api_hash)
    if not (api_id.isascii() and api_id.isdigit() and 0 < int(api_id) < 2**31 and is_hash):
        return None
    return App(api_id=int(api_id), api_hash=api_hash)
