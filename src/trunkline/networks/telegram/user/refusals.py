"""Telegram's errors as ours. The kind matters: a refusal is certain, NotReached too; any other NetworkError is not.

Source: core.telegram.org/api/errors and the method pages' error lists, 2026-11-22. No text of Telegram's is passed on but its
error's name: a message of ours says what to do.
"""

import re

from telethon import errors
from telethon.errors.rpcerrorlist import rpc_errors_dict

from trunkline.model.errors import (
    Disconnected,
    EmptyMessage,
    InvalidRecipient,
    MediaRefused,
    NetworkFailed,
    NoRights,
    NotFound,
    NotPossible,
    NotReached,
    ReadOnlyChat,
    Restricted,
    Throttled,
    TooLong,
    TrunklineError,
)

LOGGED_OUT = "Telegram no longer accepts this login: the session was ended in another app, or by Telegram."
_MOVED = "Telegram has moved this account to another data centre, where this login does not hold."
NOBODY = "Telegram knows nobody of this name, phone number or id. Nothing was done."
UNKNOWN_APP = (
    "Telegram does not know this api_id with this api_hash. Copy both again from https://my.telegram.org; where the server sets"
    " them, they are TRUNKLINE_TELEGRAM_API_ID and TRUNKLINE_TELEGRAM_API_HASH."
)
_DEACTIVATED = "Telegram has deactivated or frozen this account. Look at it in Telegram's own app."

_NAMED: dict[str, TrunklineError] = {}


def _name(error: TrunklineError, *names: str) -> None:
    _NAMED.update(dict.fromkeys(names, error))


_name(
    Restricted(_DEACTIVATED), "USER_DEACTIVATED", "USER_DEACTIVATED_BAN", "FROZEN_METHOD_INVALID", "FROZEN_PARTICIPANT_MISSING"
)
_name(
    ReadOnlyChat(),
    "CHAT_WRITE_FORBIDDEN", "CHAT_RESTRICTED", "USER_BANNED_IN_CHANNEL", "CHAT_SEND_PLAIN_FORBIDDEN",
    "CHAT_GUEST_SEND_FORBIDDEN",
    "CHAT_SEND_MEDIA_FORBIDDEN", "CHAT_SEND_DOCS_FORBIDDEN", "CHAT_SEND_PHOTOS_FORBIDDEN", "CHAT_SEND_VIDEOS_FORBIDDEN",
    "CHAT_SEND_VOICES_FORBIDDEN", "CHAT_FORBIDDEN", "CHANNEL_PRIVATE",
)  # fmt: skip
_name(
    NoRights(),
    "CHAT_ADMIN_REQUIRED", "CHAT_ADMIN_INVITE_REQUIRED", "RIGHT_FORBIDDEN", "MESSAGE_DELETE_FORBIDDEN",
)  # fmt: skip
_name(
    InvalidRecipient("This person cannot be reached: their privacy settings do not allow it. Nothing was done."),
    "USER_PRIVACY_RESTRICTED", "USER_IS_BLOCKED", "YOU_BLOCKED_USER", "INPUT_USER_DEACTIVATED", "PRIVACY_PREMIUM_REQUIRED",
    "USER_NOT_MUTUAL_CONTACT", "USER_CHANNELS_TOO_MUCH",
)  # fmt: skip
_name(
    InvalidRecipient(NOBODY),
    "USERNAME_NOT_OCCUPIED", "USERNAME_INVALID", "PHONE_NOT_OCCUPIED", "USER_ID_INVALID", "USERS_TOO_FEW", "PEER_ID_INVALID",
)  # fmt: skip
_name(EmptyMessage(), "MESSAGE_EMPTY", "MEDIA_EMPTY")
_name(TooLong(), "MESSAGE_TOO_LONG", "MEDIA_CAPTION_TOO_LONG")
_name(
    MediaRefused(),
    "MEDIA_INVALID", "MEDIA_GROUPED_INVALID", "FILE_PARTS_INVALID", "IMAGE_PROCESS_FAILED", "PHOTO_EXT_INVALID",
    "PHOTO_INVALID", "PHOTO_INVALID_DIMENSIONS", "PHOTO_SAVE_FILE_INVALID", "VIDEO_CONTENT_TYPE_INVALID", "VIDEO_FILE_INVALID",
)  # fmt: skip
_name(
    NotFound("The network no longer has this file."),
    "FILE_ID_INVALID",
    "LOCATION_INVALID",
    "FILE_REFERENCE_INVALID",
    "FILE_REFERENCE_EXPIRED",
    "FILE_REFERENCE_EMPTY",
    "LOCATION_NOT_AVAILABLE",
)
_name(NotPossible("Only one's own messages can be edited. Nothing was changed."), "MESSAGE_AUTHOR_REQUIRED")
_name(
    NotPossible("Telegram no longer takes edits of this message: it is too old. Send a new one instead."),
    "MESSAGE_EDIT_TIME_EXPIRED",
)
_name(
    NotPossible("There is no such message in this chat. Nothing was done."),
    "MESSAGE_ID_INVALID",
    "MSG_ID_INVALID",
    "REPLY_MESSAGE_ID_INVALID",
)
_name(
    NotPossible("This emoji is not among those that this chat allows. Nothing was changed."),
    "REACTION_INVALID",
    "REACTIONS_TOO_MANY",
)
_name(NotPossible("This person is not a member of the chat. Nothing was changed."), "USER_NOT_PARTICIPANT")
_name(NotPossible(UNKNOWN_APP), "API_ID_INVALID", "CONNECTION_API_ID_INVALID", "API_ID_PUBLISHED_FLOOD")
_name(
    Throttled("Telegram has sent too many codes to this number today. Wait a day, or log in by the QR code."),
    "PHONE_NUMBER_FLOOD",
)
_name(Throttled("Too many wrong passwords were given. Wait some hours, then log in again."), "PHONE_PASSWORD_FLOOD")
_name(NetworkFailed("Telegram asks to begin the login again."), "AUTH_RESTART")
_name(NotPossible("This person is a member already. Nothing was changed."), "USER_ALREADY_PARTICIPANT")
_name(
    NotPossible("Telegram limits this account: it may write only to people who know it (ask @SpamBot). Nothing was sent."),
    "PEER_FLOOD",
)  # fmt: skip
_name(NotPossible("This topic is closed: only administrators write there. Nothing was sent."), "TOPIC_CLOSED")
_name(NotPossible("This topic is no longer there. Nothing was sent."), "TOPIC_DELETED", "TOPIC_ID_INVALID")
_name(
    Throttled("Telegram takes no more passwords for this number now: there were too many wrong ones. Try again tomorrow."),
    "PHONE_PASSWORD_FLOOD",
)  # fmt: skip
_name(NotPossible("Telegram has no other way to send the code now. Use the one it has sent."), "SEND_CODE_UNAVAILABLE")
_name(
    NotPossible("Telegram wants its own app for a login with this number. Log in by QR code instead."),
    "UPDATE_APP_TO_LOGIN", "SMS_CODE_CREATE_FAILED",
)  # fmt: skip
_name(NotReached("Telegram is too busy to take requests now. Nothing was done; try again later."), "NO WORKERS RUNNING")
_name(
    NetworkFailed("Telegram has seen this message's number before, and does not say what became of it."), "RANDOM_ID_DUPLICATE"
)  # fmt: skip


class SlowMode(Throttled):
    """One chat takes no more for a while; others do."""


def of_rpc(error: errors.RPCError) -> TrunklineError:
    """Our error for one of Telegram's."""
    name = name_of(error)
    seconds = getattr(error, "seconds", None)
    if isinstance(error, errors.SlowModeWaitError):
        return SlowMode(
            f"This group lets a member write only every so often: again in {error.seconds} seconds. Nothing was sent.",
            retry_after_ms=error.seconds * 1000,
        )
    if isinstance(error, errors.FloodError) and seconds is not None:
        return throttled(seconds)
    known = _NAMED.get(name)
    if known is not None:
        return type(known)(known.text)
    if isinstance(error, errors.UserMigrateError):
        return Disconnected(_MOVED)
    if isinstance(error, errors.UnauthorizedError) or name.startswith("AUTH_KEY"):
        return Disconnected(LOGGED_OUT)
    # The library calls every 406 an AuthKeyError; most of them only refuse what was asked.
    if isinstance(error, errors.BadRequestError | errors.ForbiddenError | errors.NotFoundError | errors.AuthKeyError):
        kind = NoRights if isinstance(error, errors.ForbiddenError) else NotPossible
        return kind(f"Telegram refuses this ({name}). Nothing was done.")
    return NetworkFailed(f"Telegram failed ({name}), and whether it did what was asked is not known.")


def throttled(seconds: int) -> Throttled:
    """Telegram's FLOOD_WAIT: how long it takes no more of these."""
    return Throttled(
        f"Telegram takes no more of these requests for {seconds} seconds. Nothing was sent; repeat the same call then.",
        retry_after_ms=seconds * 1000,
    )


class Refused(Exception):
    """Telegram refused a step of a login: by name, for whoever can go on all the same."""

    def __init__(self, error: errors.RPCError) -> None:
        super().__init__(name_of(error))
        self._error = error
        is_move = isinstance(error, errors.PhoneMigrateError | errors.NetworkMigrateError | errors.UserMigrateError)
        self.moved_to: int | None = error.new_dc if is_move else None

    def is_a(self, *names: str) -> bool:
        """Whether Telegram's error has one of these names."""
        return name_of(self._error) in names

    def ours(self) -> TrunklineError:
        """As an error of the model."""
        return of_rpc(self._error)


def of_failure(error: BaseException) -> TrunklineError:
    """Our error for what ended a connection while an answer was awaited: nobody knows whether it was done."""
    if isinstance(error, errors.AuthKeyNotFound):
        return Disconnected(LOGGED_OUT)
    return NetworkFailed(f"The connection to Telegram broke off ({type(error).__name__}).")


def is_refusal(error: BaseException, *names: str) -> bool:
    """Whether an error of Telegram's has one of these names."""
    return isinstance(error, errors.RPCError) and name_of(error) in names


def name_of(error: errors.RPCError) -> str:
    """Telegram's name of an error, such as MESSAGE_EMPTY. Nothing else of its answer is passed on."""
    known = _NAMES.get(type(error))
    if known is not None:
        return known
    message = str(error.message or "").upper()
    return message if re.fullmatch(r"[A-Z][A-Z_ ]{2,59}", message) else type(error).__name__


_NAMES: dict[type[Exception], str] = {kind: name for name, kind in rpc_errors_dict.items()}
