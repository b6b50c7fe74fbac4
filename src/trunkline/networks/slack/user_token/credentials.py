"""What the hub keeps sealed of an account: its tokens, and how its events come."""

from collections.abc import Mapping

import msgspec

WITHOUT = "-"
"""Given instead of an app-level token or a signing secret: to do without, also where an earlier login gave one."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """token: the person's user token. app_token: for Socket Mode. signing_secret: of an app that posts its events here.

    left_out: which of the last two the login was not given, so that those of an earlier one stay.
    """

    token: str
    app_token: str = ""
    signing_secret: str = ""
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Credentials()"

    def sealed(self) -> bytes:
        """As the hub keeps them."""
        return msgspec.json.encode(self)


def unsealed(kept: bytes) -> Credentials:
    """From what the hub kept. Raises msgspec.DecodeError."""
    return msgspec.json.decode(kept, type=Credentials)


def answered(token: str, given: Mapping[str, str]) -> Credentials:
    """The credentials of a login. given: its answers by the names of their fields."""
    said = {name: given.get(name, "") for name in ("app_token", "signing_secret")}
    return Credentials(
        token=token,
        app_token=_but_for(said["app_token"]),
        signing_secret=_but_for(said["signing_secret"]),
        left_out=tuple(name for name, value in said.items() if not value),
    )


def carried_over(kept: bytes, given: bytes) -> bytes:
    """contract/connector.py, CarriesOver. How events come is the app's, which stays when its user token is renewed."""
    try:
        before = unsealed(kept)
    except msgspec.MsgspecError:
        return given
    now = unsealed(given)
    return msgspec.structs.replace(now, **{name: getattr(before, name) for name in now.left_out}).sealed()


def _but_for(value: str) -> str:
    return "" if value == WITHOUT else value
