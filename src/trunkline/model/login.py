"""Connecting accounts as the wire shows it: what a login asks of a person, and what it comes to.

Source: unipile-v1 5.6, 5.8, 9.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

DemandType = Literal[
    "QRCODE", "2FA", "OTP", "PHONE_REGISTER", "IN_APP_VALIDATION", "CAPTCHA", "CONTRACT_CHOOSER", "PAIRING_CODE", "REDIRECT"
]
"""PAIRING_CODE has no published form; REDIRECT is Trunkline's own, for Slack (unipile-v1 5.8, 9.1)."""


class Contract(Struct, frozen=True, kw_only=True):
    """One contract to choose."""

    id: str
    name: str


class StepField(Struct, frozen=True, kw_only=True):
    """One thing to fill in. secret: not to be shown while it is typed; pattern: what the value must match whole."""

    name: str
    title: str
    secret: bool = False
    required: bool = True
    pattern: str | None = None
    default: str | None = None


class LoginStep(Struct, frozen=True, kw_only=True):
    """All that a terminal or a page needs to play a step of a login (contract/login.py). Trunkline's own."""

    kind: str
    """What is asked: `input`, `qr`, `pairing_code`, `code_app`, `code_sent`, `password`, `phone`, `confirm_in_app`, `captcha`,
    `choice` or `redirect`."""
    step_id: str
    """A stable name such as `telegram.password`. A renewed QR code is the same step with other data."""
    fields: tuple[StepField, ...] = ()
    """What to fill in, given as `values` of POST /accounts/checkpoint."""
    options: tuple[Contract, ...] = ()
    """What to choose from; the id is the value."""
    data: str | None = None
    """What to scan, type elsewhere or open."""
    expires_at: str | None = None
    """On the network's clock."""
    can_resend: bool = False
    waits: bool = False
    """Whether it goes on by itself once the person has done it elsewhere: GET /accounts/{account_id}/login tells."""


class Demand(Struct, frozen=True, kw_only=True):
    """What is asked of the person now; which fields there are goes by the type."""

    type: DemandType
    qrcode: str | UnsetType = UNSET
    """QRCODE: the text to draw as a QR code."""
    source: Literal["SMS", "APP"] | UnsetType = UNSET
    """2FA: where the code comes from."""
    contract_options: tuple[Contract, ...] | UnsetType = UNSET
    """CONTRACT_CHOOSER: give the id of one as the code."""
    code: str | UnsetType = UNSET
    """PAIRING_CODE: to be typed in the network's app."""
    url: str | UnsetType = UNSET
    """REDIRECT: open it in a browser; the address you end at is the code."""
    instructions: str | UnsetType = UNSET
    """What to do, in a sentence (Trunkline's own field)."""
    error: str | UnsetType = UNSET
    """What was wrong with the answer before (Trunkline's own field)."""
    step: LoginStep | UnsetType = UNSET
    """The same in the form that terminals play (Trunkline's own field)."""


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The login waits for a person. `account_id` is the id the account will have."""

    object: Literal["Checkpoint"] = "Checkpoint"
    account_id: str
    checkpoint: Demand


class AccountCreated(Struct, frozen=True, kw_only=True):
    """The account is connected; its first sync has begun."""

    object: Literal["AccountCreated"] = "AccountCreated"
    account_id: str
    pcid: str | UnsetType = UNSET
    """The person's own connection to this account, which reads and nothing more; real networks (Trunkline's own field)."""


class AccountReconnected(Struct, frozen=True, kw_only=True):
    """The account is connected again."""

    object: Literal["AccountReconnected"] = "AccountReconnected"
    account_id: str
    pcid: str | UnsetType = UNSET
    """The person's own connection to this account, where there is one (Trunkline's own field)."""


class CheckpointResend(Struct, frozen=True, kw_only=True):
    """The code was sent again."""

    object: Literal["CheckpointResend"] = "CheckpointResend"
    account_id: str
    success: bool = True


class LoginCancelled(Struct, frozen=True, kw_only=True):
    """The login was given up; nothing came of it."""

    object: Literal["LoginCancelled"] = "LoginCancelled"
    account_id: str


class AccountDeleted(Struct, frozen=True, kw_only=True):
    """The account and all that was stored of it are gone."""

    object: Literal["AccountDeleted"] = "AccountDeleted"
    detail: str | UnsetType = UNSET
    """What is left for a person to do at the network, in a sentence (Trunkline's own field)."""


class AccountRestarted(Struct, frozen=True, kw_only=True):
    """The account is connected anew."""

    object: Literal["AccountRestarted"] = "AccountRestarted"


class AccountFailedToRestart(Struct, frozen=True, kw_only=True):
    """The account did not connect; `detail` says why (Trunkline's own field)."""

    object: Literal["AccountFailedToRestart"] = "AccountFailedToRestart"
    detail: str | UnsetType = UNSET


class AccountResync(Struct, frozen=True, kw_only=True):
    """Where the account's sync stands."""

    object: Literal["AccountResync"] = "AccountResync"
    status: Literal["SYNC_STARTED", "SYNC_RUNNING", "SYNC_DONE", "SYNC_ERROR"]
