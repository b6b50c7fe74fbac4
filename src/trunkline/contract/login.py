"""Logging in: a resumable conversation of steps, playable on the command line, as REST checkpoints and in the inbox.

A login is started, gives a step, is submitted to or waited on, gives the next step ... and ends with `LoginDone` or an error.
A wrong code gives the same step again with `error` set; a refreshed QR code is the next step with the same `step_id`.
Secrets typed into a step are handed to the connector and kept nowhere else.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from trunkline.model.networks import AccountType


class StepKind(StrEnum):
    """What a step asks of a person."""

    INPUT = "input"
    """Fill in fields."""
    QR = "qr"
    """Scan `data` as a QR code, then wait."""
    PAIRING_CODE = "pairing_code"
    """Type `data` into the network's app, then wait."""
    CODE_APP = "code_app"
    """Give the code of an authenticator app or text message (2FA)."""
    CODE_SENT = "code_sent"
    """Give the code that was sent by mail or message (OTP)."""
    PASSWORD = "password"
    """Give the account's second password."""
    PHONE = "phone"
    """Give a phone number to register."""
    CONFIRM_IN_APP = "confirm_in_app"
    """Confirm in the network's app, then wait."""
    CAPTCHA = "captcha"
    """Solve a captcha in the network's own page; cannot be solved here."""
    CHOICE = "choice"
    """Choose one of `options`."""
    REDIRECT = "redirect"
    """Open `data` in a browser and come back."""


class Field(Struct, frozen=True, kw_only=True):
    """One thing to fill in. pattern: a regular expression the value must match whole."""

    name: str
    title: str
    secret: bool = False
    required: bool = True
    pattern: str | None = None
    default: str | None = None


class Option(Struct, frozen=True, kw_only=True):
    """One thing to choose."""

    id: str
    name: str


class Step(Struct, frozen=True, kw_only=True):
    """What is asked now. `expires_at_ms` is on the network's clock."""

    kind: StepKind
    step_id: str
    """A stable name such as `telegram.password`."""
    instructions: str
    fields: tuple[Field, ...] = ()
    options: tuple[Option, ...] = ()
    data: str | None = None
    expires_at_ms: int | None = None
    error: str | None = None
    can_resend: bool = False


class LoginDone(Struct, frozen=True, kw_only=True):
    """The login is complete. `identity` is the own user's provider id: a second login of it is the same account."""

    account_type: AccountType
    identity: str
    name: str
    connection_params: dict[str, object]
    """What the wire shows (unipile-v1 5.7); no secrets."""
    credentials: bytes
    """What the session needs; sealed by the hub, given back through the keeper."""


class Login(Protocol):
    """One running login."""

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Answer the current step. Raises InvalidCredentials or NetworkError when the login is over."""
        ...

    async def wait(self) -> Step | LoginDone:
        """The next step, once the person has scanned or confirmed. Cancel it freely."""
        ...

    async def resend(self) -> Step:
        """Have the code sent again. Raises Throttled when it is too early, Unsupported when there is none."""
        ...

    async def close(self) -> None:
        """Give up; frees sockets. Safe to call twice."""
        ...
