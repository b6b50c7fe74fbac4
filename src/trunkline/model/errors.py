"""Every error a caller can meet, in one tree. Surfaces read the attributes; none holds a ladder of `except`.

    TrunklineError
    ├── CallerError            the request is wrong, and the text says how to mend it
    │   ├── InvalidArgument    400 · MissingArgument 400 · MalformedRequest 400 · InvalidAction 400 · InvalidLabel 400
    │   ├── TooLong            400 · TooLarge 400
    │   ├── MissingCredentials 401 · InvalidCredentials 401 · TooManyAttempts 429
    │   ├── NotAllowed         403 (this connection may not) · WrongAccount 403
    │   ├── NotFound           404
    │   ├── IdempotencyMismatch 422 · IdempotencyBusy 409
    │   ├── ShuttingDown       503
    │   └── LoginError         LoginRunning 425 · LoginReplaced 409 · LoginExpired 408 · LoginGone 400 · WrongCode 401 ·
    │                          LinkExpired 401 · CheckpointFailed 401 · OtherUser 401 · CannotResendYet 422
    ├── NetworkRefusal         the network cannot or will not do this; certain, nothing was done
    │   ├── Unsupported        501 or 403, by operation
    │   ├── NotPossible        422 (too late, not one's own, not a group ...)
    │   ├── EmptyMessage 422 · InvalidRecipient 422 · NoConnection 422 · NoCredits 422 · ReadOnlyChat 422
    │   ├── MediaRefused       415 · NotSubscribed 403 · NoRights 403
    │   └── Throttled          429 (retry_after_ms)
    ├── AccountError           a person must act
    │   └── Disconnected 401 · Restricted 403
    └── NetworkError           the network gave no usable answer
        └── NotReached 503 · NetworkFailed 503 · NoSession 503 · KeyRefused 503 · StoreUnavailable 503
            OutcomeUnknown 504 (message_id)

A status of 501, 503 or 504 reaches a REST caller only where the operation declares it (operations/declaration.py); 500 and
502 are never ours. The `type` words are those of unipile-v1 4.2.
"""

import inspect
from typing import ClassVar


class TrunklineError(Exception):
    """Something failed. The server's log has the reason."""

    status: ClassVar[int] = 503
    type: ClassVar[str] = "errors/service_unavailable"
    title: ClassVar[str] = "Service unavailable"

    def __init__(self, message: str | None = None, *, retry_after_ms: int | None = None, message_id: str | None = None):
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))
        self.retry_after_ms = retry_after_ms
        self.message_id = message_id
        self.call: int | None = None
        """Number of the call it settles, where the call was on the books: set by the backend. Whoever has delivered the error
        whole says so, as for a result (gateway, `Gate.answered`)."""
        self.replayed = False
        """Whether it is the stored answer of an earlier call."""

    @property
    def text(self) -> str:
        """The one clear sentence (or two) for the caller."""
        return str(self.args[0])


class CallerError(TrunklineError):
    """The request is wrong. Correct it and repeat the call."""

    status = 400
    type = "errors/invalid_request"
    title = "Invalid parameters"


class InvalidArgument(CallerError):
    """A parameter has a value that is not allowed."""

    type = "errors/invalid_parameters"


class MissingArgument(CallerError):
    """A required parameter is missing."""

    type = "errors/missing_parameters"
    title = "Missing parameters"


class MalformedRequest(CallerError):
    """The body could not be read. Send valid JSON."""

    type = "errors/malformed_request"
    title = "Malformed request"


class InvalidAction(CallerError):
    """The action does not exist."""

    type = "errors/invalid_action"
    title = "Invalid action"


class InvalidLabel(CallerError):
    """The label is empty or too long."""

    type = "errors/invalid_label"
    title = "Invalid label"


class TooLong(CallerError):
    """The text is longer than the network takes. Nothing was sent. Shorten it."""

    type = "errors/too_many_characters"
    title = "Too many characters"


class TooLarge(CallerError):
    """The content is larger than allowed. Nothing was sent."""

    type = "errors/content_too_large"
    title = "Content too large"


class MissingCredentials(CallerError):
    """Credentials are needed: send an API key in the header X-API-KEY or as a bearer token."""

    status = 401
    type = "errors/missing_credentials"
    title = "Missing credentials"


class InvalidCredentials(CallerError):
    """The API key or token is not valid. `trunkline key create` makes a new one."""

    status = 401
    type = "errors/invalid_credentials"
    title = "Invalid credentials"


class TooManyAttempts(CallerError):
    """Too many wrong API keys or tokens were tried here. Wait, then repeat the call."""

    status = 429
    type = "errors/too_many_requests"
    title = "Too many requests"


class NotAllowed(CallerError):
    """This connection may not do that."""

    status = 403
    type = "errors/insufficient_permissions"
    title = "Insufficient permissions"


class WrongAccount(CallerError):
    """This chat or message does not belong to that account."""

    status = 403
    type = "errors/account_mismatch"
    title = "Account mismatch"


class NotFound(CallerError):
    """There is no such thing here."""

    status = 404
    type = "errors/resource_not_found"
    title = "Resource not found."


class IdempotencyMismatch(CallerError):
    """This idempotency key was used with other parameters. Use a new key for a new call."""

    status = 422
    type = "errors/unprocessable_entity"
    title = "Idempotency key reused"


class IdempotencyBusy(CallerError):
    """A call with this idempotency key is still running. Repeat the same call in a moment."""

    status = 409
    type = "errors/operation_canceled"
    title = "Still running"


class ShuttingDown(CallerError):
    """The server is stopping. Nothing was done; repeat the call in a moment."""

    status = 503
    type = "errors/service_unavailable"
    title = "Service unavailable"


class LoginError(CallerError):
    """This login cannot go on like that."""


class LoginRunning(LoginError):
    """A step of this login is being carried out now. Wait for its answer."""

    status = 425
    type = "errors/auth_in_progress"
    title = "Authentication in progress"


class LoginReplaced(LoginError):
    """A later login of the same account has taken the place of this one."""

    status = 409
    type = "errors/operation_canceled"
    title = "Operation canceled"


class LoginExpired(LoginError):
    """The time for this step of the login is over. Begin the login again."""

    status = 408
    type = "errors/request_timeout"
    title = "Request timed out"


class LoginGone(LoginError):
    """No login waits under this account_id: it is over, or was never begun. Begin the login again."""

    type = "errors/invalid_parameters"


class LinkExpired(LoginError):
    """This link has expired, or was used already. Ask whoever gave it to you for a new one."""

    status = 401
    type = "errors/expired_link"
    title = "Expired link"


class WrongCode(LoginError):
    """The code is wrong. The login is still open: try again."""

    status = 401
    type = "errors/invalid_checkpoint_solution"
    title = "Invalid checkpoint solution"


class CheckpointFailed(LoginError):
    """This checkpoint cannot be solved here."""

    status = 401
    type = "errors/checkpoint_error"
    title = "Checkpoint error"


class OtherUser(LoginError):
    """The login is of another user than the account's. Nothing was changed."""

    status = 401
    type = "errors/wrong_account"
    title = "Wrong account"


class CannotResendYet(LoginError):
    """The code was sent a moment ago. Wait before you have it sent again."""

    status = 422
    type = "errors/cannot_resend_yet"
    title = "Cannot resend yet"


class NetworkRefusal(TrunklineError):
    """The network refuses this. Nothing was done."""

    status = 422
    type = "errors/unprocessable_entity"
    title = "Not possible"


class Unsupported(NetworkRefusal):
    """This network has no such ability."""

    status = 501
    type = "errors/feature_not_implemented"
    title = "Missing feature"


class NotPossible(NetworkRefusal):
    """The network does not allow this here. Nothing was changed."""


class EmptyMessage(NetworkRefusal):
    """A message needs text or at least one attachment. Nothing was sent."""

    type = "errors/invalid_message"
    title = "Message couldn't pass validation"


class InvalidRecipient(NetworkRefusal):
    """The network knows no such recipient. Nothing was sent."""

    type = "errors/invalid_recipient"
    title = "Recipient cannot be reached"


class NoConnection(NetworkRefusal):
    """The recipient is not a contact, and the network only lets contacts write. Nothing was sent."""

    type = "errors/no_connection_with_recipient"
    title = "Recipient cannot be reached"


class NoCredits(NetworkRefusal):
    """The account has no credits left for this kind of message. Nothing was sent."""

    type = "errors/insufficient_credits"
    title = "Insufficient credits"


class ReadOnlyChat(NetworkRefusal):
    """This chat is read-only: only admins write, or you left it. Nothing was sent. Ask an admin, or write to one member."""

    type = "errors/cant_send_message"
    title = "Cannot send message"


class MediaRefused(NetworkRefusal):
    """The network does not take this kind of file. Nothing was sent."""

    status = 415
    type = "errors/unsupported_media_type"
    title = "Unsupported media"


class NotSubscribed(NetworkRefusal):
    """The account has no subscription for this feature. Nothing was done."""

    status = 403
    type = "errors/feature_not_subscribed"
    title = "Feature not subscribed"


class NoRights(NetworkRefusal):
    """The account lacks the rights for this in the chat. Nothing was changed."""

    status = 403
    type = "errors/insufficient_permissions"
    title = "Insufficient permissions"


class Throttled(NetworkRefusal):
    """The network takes no more requests now. Nothing was sent; repeat the same call later."""

    status = 429
    type = "errors/too_many_requests"
    title = "Too many requests"


class AccountError(TrunklineError):
    """The account needs a person's attention."""

    status = 401
    type = "errors/disconnected_account"
    title = "Disconnected account"


class Disconnected(AccountError):
    """The account is not connected to its network. A person must log in again; retrying will not help."""


class Restricted(AccountError):
    """The network has restricted this account. A person must look at it in the network's own app."""

    status = 403
    type = "errors/account_restricted"
    title = "Account restricted"


class NetworkError(TrunklineError):
    """The network gave no usable answer."""


class NotReached(NetworkError):
    """The network could not be reached. Nothing was sent; try again later."""


class NetworkFailed(NetworkError):
    """The network failed, and whether it did what was asked is not known."""


class NoSession(NetworkError):
    """The account is still connecting. Nothing was done; repeat the call in a moment."""

    type = "errors/no_client_session"
    title = "No client session"


class KeyRefused(NetworkError):
    """The Unipile server refuses the key that this connection has for it. Nothing was done; `trunkline doctor` tells more."""


class StoreUnavailable(NetworkError):
    """The store cannot write (disk full or read-only). Nothing was done; reads may still work."""


class OutcomeUnknown(NetworkError):
    """The call ran out of time while sending. It may have been sent: look with unipile_messaging_get_message, do not repeat."""

    status = 504
    type = "errors/request_timeout"
    title = "Request timed out"
