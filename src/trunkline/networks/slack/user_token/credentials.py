"""What the hub keeps sealed of an account: its tokens, and how its events come."""

import msgspec


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """token: the person's user token. app_token: for Socket Mode. signing_secret: of an app that posts its events here."""

    token: str
    app_token: str = ""
    signing_secret: str = ""

    def __repr__(self) -> str:
        return "Credentials()"

    def sealed(self) -> bytes:
        """As the hub keeps them."""
        return msgspec.json.encode(self)


def unsealed(kept: bytes) -> Credentials:
    """From what the hub kept. Raises msgspec.DecodeError."""
    return msgspec.json.decode(kept, type=Credentials)
