"""The rules the networks enforce themselves. All raise a refusal: certain, nothing was done."""

from fnmatch import fnmatchcase

from trunkline.contract.capabilities import Bound, Media, Send, Unit
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.events import MessageArrived
from trunkline.model.errors import (
    EmptyMessage,
    InvalidRecipient,
    MediaRefused,
    NotPossible,
    ReadOnlyChat,
    TooLarge,
    TooLong,
    Unsupported,
)
from trunkline.networks.sandbox.accept.arrival import Arrival
from trunkline.networks.sandbox.sheets.messenger import WINDOW_MS
from trunkline.networks.sandbox.world import chats, messages, people
from trunkline.networks.sandbox.world.chats import Chat
from trunkline.networks.sandbox.world.people import Person


def measure(text: str, unit: Unit) -> int:
    """The length of a text as a network counts it."""
    if unit == "utf16":
        return len(text.encode("utf-16-le")) // 2
    if unit == "bytes":
        return len(text.encode())
    return len(text)


def known_chat(arrival: Arrival, chat: str) -> Chat:
    """The chat; refused when the account has none of this id."""
    found = chats.find(arrival.change.fetch, arrival.account.key, chat)
    if found is None:
        raise NotPossible(f"The account has no chat {chat}.")
    return found


def known_message(arrival: Arrival, chat: str, message: str) -> MessageArrived:
    """The message; refused when it is not there or was deleted."""
    found = messages.find(arrival.change.fetch, arrival.account.key, chat, message)
    if found is None or found.deleted:
        raise NotPossible(f"The chat {chat} has no message {message}, or it was deleted.")
    return found


def own_message(arrival: Arrival, chat: str, message: str) -> MessageArrived:
    """The message; refused when somebody else wrote it."""
    found = known_message(arrival, chat, message)
    if not found.is_own:
        raise NotPossible("Only own messages can be edited or deleted.")
    return found


def known_person(arrival: Arrival, person: str) -> Person:
    """The person; refused when the network knows none of this name."""
    found = people.find(arrival.change.fetch, arrival.account.key, person)
    if found is None:
        raise InvalidRecipient(
            f"The network knows nobody with the id {person}. Nothing was done. list_all_attendees tells whom it knows."
        )
    return found


def can_write(arrival: Arrival, chat: Chat) -> None:
    """Refused in a read-only chat, and on Messenger when the other side has been silent for a day."""
    if chat.info.read_only is True:
        raise ReadOnlyChat
    if arrival.account.account_type == "MESSENGER" and arrival.change.now_ms - chat.window_ms > WINDOW_MS:
        raise NotPossible("A page may only write within 24 hours of the person's last message. Nothing was sent.")


def content(arrival: Arrival, text: str | None, files: tuple[OutgoingFile, ...]) -> str | None:
    """The text as the network takes it; refused when the message is empty, too long, or its files are not taken."""
    send = arrival.sheet.send
    if send is None:
        raise Unsupported
    if not files and not (text or "").strip():
        raise EmptyMessage
    _files(send, files)
    if not text:
        return None
    limit = send.text.max_length
    if files:
        if send.attachments is None or send.attachments.caption is None:
            raise NotPossible("This network takes no text beside a file. Nothing was sent; send them one after the other.")
        limit = send.attachments.caption.max_length
    if limit is None or measure(text, limit.unit) <= limit.value:
        return text
    if arrival.account.account_type == "SLACK":
        return text[: limit.value]
    raise TooLong(f"{limit.value} {limit.unit} at most. Nothing was sent.")


def is_too_old(arrival: Arrival, message: MessageArrived, bound: Bound | None) -> bool:
    """Whether the time for an edit or deletion is over."""
    return bound is not None and arrival.change.now_ms - message.at_ms > bound.value


def _files(send: Send, files: tuple[OutgoingFile, ...]) -> None:
    if send.max_attachments is not None and len(files) > send.max_attachments.value:
        raise NotPossible(f"{send.max_attachments.value} files at most in one message. Nothing was sent.")
    taken: dict[str, Media | None] = {"attachment": send.attachments, "voice": send.voice, "video": send.video}
    for file in files:
        media = taken[file.role]
        if media is None or not any(fnmatchcase(file.media_type, pattern) for pattern in media.types):
            raise MediaRefused(f"The network does not take {file.media_type} here. Nothing was sent.")
        if file.size > media.max_size.value:
            raise TooLarge(f"A file may have {media.max_size.value} bytes at most. Nothing was sent.")
