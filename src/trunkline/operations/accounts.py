"""Connecting accounts and keeping them, as the Unipile API does it (unipile-v1 9). For admin keys, on REST and command line.

A login is one call, or one call and then answers to its checkpoints. What a network does not ask for is ignored.
"""

from typing import Annotated, Any, Literal

from trunkline.model.account import Account
from trunkline.model.login import (
    AccountCreated,
    AccountDeleted,
    AccountFailedToRestart,
    AccountReconnected,
    AccountRestarted,
    AccountResync,
    Checkpoint,
    CheckpointResend,
    LoginCancelled,
)
from trunkline.model.networks import AccountType
from trunkline.model.page import AccountList
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.filters import Cursor, Limit
from trunkline.operations.marks import UpTo

Provider = Literal[
    "WHATSAPP", "LINKEDIN", "SLACK", "TWITTER", "MESSENGER", "INSTAGRAM", "TELEGRAM", "MAIL", "GOOGLE_OAUTH", "OUTLOOK"
]
"""The seven messaging networks; the mail ones are known by name, so that they can be refused as what they are."""

Secret = UpTo(16_384)
AccountId = Annotated[str, "The id of the account."]
Road = Annotated[str | None, "The way into the network by name, where several serve it (Trunkline's own)."]
Way = Annotated[str | None, "The login way of the road by name; GET /networks lists them (Trunkline's own)."]
Username = Annotated[str | None, "The name, mail address or phone number to log in with.", Secret]
Email = Annotated[str | None, "Twitter: the mail address of the account.", Secret]
Password = Annotated[str | None, "The password; on Telegram the second one.", Secret]
Token = Annotated[str | None, "LinkedIn: the li_at cookie, instead of name and password. Slack: the user token.", Secret]
Premium = Annotated[str | None, "LinkedIn: the li_a cookie of a premium product.", Secret]
RecruiterContract = Annotated[str | None, "LinkedIn: the Recruiter contract to use."]
PairingNumber = Annotated[str | None, "WhatsApp: pair by a code instead of a QR code; this phone's number, digits only."]
PhoneNumber = Annotated[str | None, "Telegram: log in by a code sent to this number, as +33612345678 (Trunkline's own)."]
Proxy = Annotated[dict[str, Any] | None, "Not served: a proxy is refused rather than left unused."]
Values = Annotated[dict[str, Any] | None, "What else the login way wants to know, as texts (Trunkline's own)."]
Ask = Annotated[bool, "true: what is missing is asked for in steps instead of refused (Trunkline's own)."]
Code = Annotated[str, "The code; the id of a contract; or TRY_ANOTHER_WAY.", Secret]


@at("GET /accounts", Effect.ADMIN, reaches_network=False)
class ListAllAccounts(Operation[AccountList]):
    """List all your accounts, whichever connection reaches them."""

    cursor: Cursor = None
    limit: Limit = None


@at("GET /accounts/{account_id}", Effect.ADMIN, missing="account", reaches_network=False)
class GetAccount(Operation[Account]):
    """Retrieve an account. While its login is not done there is none, and the 404 says what the login waits for."""

    account_id: AccountId


@at("DELETE /accounts/{account_id}", Effect.ADMIN, missing="account", reaches_network=False, destructive=True)
class DeleteAccount(Operation[AccountDeleted]):
    """Delete an account with all chats and messages stored of it. They stay on the network; a linked device is unlinked."""

    account_id: AccountId


@at("POST /accounts/{account_id}/restart", Effect.ADMIN, missing="account")
class RestartAccount(Operation[AccountRestarted | AccountFailedToRestart]):
    """Connect an account anew, also one that was switched off here."""

    account_id: AccountId


@at("GET /accounts/{account_id}/login", Effect.ADMIN, missing="account", reaches_network=False)
class GetLogin(Operation[AccountCreated | AccountReconnected | Checkpoint]):
    """Tell where a login stands: the checkpoint it waits at as it is now, or what it came to (Trunkline's own)."""

    account_id: AccountId


@at("DELETE /accounts/{account_id}/login", Effect.ADMIN, missing="account", destructive=True)
class CancelLogin(Operation[LoginCancelled]):
    """Give a login up that is under way. An account that it would have logged in again stays as it is (Trunkline's own)."""

    account_id: AccountId


@at("GET /accounts/{account_id}/sync", Effect.ADMIN, missing="account", cannot=501)
class ResyncAccount(Operation[AccountResync]):
    """Fetch the account's chats again, or tell how far that is. LinkedIn only."""

    account_id: AccountId


@at("POST /accounts", Effect.ADMIN, status=201, cannot=501, missing="road")
class ConnectAccount(Operation[AccountCreated | Checkpoint]):
    """Connect an account. 201: it is connected. 202: the login waits at a checkpoint."""

    provider: Annotated[Provider, "The network."]
    username: Username = None
    email: Email = None
    password: Password = None
    access_token: Token = None
    premium_token: Premium = None
    recruiter_contract_id: RecruiterContract = None
    pairing_phone_number: PairingNumber = None
    phone_number: PhoneNumber = None
    proxy: Proxy = None
    road: Road = None
    way: Way = None
    values: Values = None
    ask: Ask = False


@at("POST /accounts/{account_id}", Effect.ADMIN, status=201, cannot=501, missing="account")
class ReconnectAccount(Operation[AccountReconnected | Checkpoint]):
    """Log an account in again. The login must come to the same user of the network."""

    account_id: AccountId
    provider: Annotated[Provider, "The network."]
    username: Username = None
    email: Email = None
    password: Password = None
    access_token: Token = None
    premium_token: Premium = None
    recruiter_contract_id: RecruiterContract = None
    pairing_phone_number: PairingNumber = None
    phone_number: PhoneNumber = None
    proxy: Proxy = None
    way: Way = None
    values: Values = None
    ask: Ask = False


@at("POST /accounts/checkpoint", Effect.ADMIN, status=201, cannot=501, missing="account")
class SolveCheckpoint(Operation[AccountCreated | AccountReconnected | Checkpoint]):
    """Answer the checkpoint a login waits at. A wrong code leaves it open for another try."""

    account_id: AccountId
    provider: Annotated[AccountType, "The network."]
    code: Code
    values: Annotated[
        dict[str, Any] | None, "The step's fields by name, as texts; whatever `code` is, is left aside then (Trunkline's own)."
    ] = None


@at("POST /accounts/checkpoint/resend", Effect.ADMIN, cannot=501, missing="account")
class ResendCheckpoint(Operation[CheckpointResend]):
    """Have the code of a checkpoint sent again."""

    account_id: AccountId
    provider: Annotated[AccountType, "The network."]
