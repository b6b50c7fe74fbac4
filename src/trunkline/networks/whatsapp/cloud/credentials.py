"""What the hub keeps sealed of an account: its token and number, and what proves Meta's posts."""

import msgspec


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """token: of a system user. phone_number_id: Meta's id of the number. app_secret: posts are signed with it."""

    token: str
    phone_number_id: str
    app_secret: str
    verify_token: str

    def __repr__(self) -> str:
        return "Credentials()"

    def sealed(self) -> bytes:
        """As the hub keeps them."""
        return msgspec.json.encode(self)


def unsealed(kept: bytes) -> Credentials:
    """From what the hub kept. Raises msgspec.DecodeError."""
    return msgspec.json.decode(kept, type=Credentials)
