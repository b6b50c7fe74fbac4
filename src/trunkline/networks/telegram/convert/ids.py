"""Telegram's ids as ours: opaque to everybody else, and frozen, since they are stored.

A chat or person: a user's number; a basic group's with a minus; a channel's or supergroup's behind -100, as bots and
libraries write them. A message: its number, and in a channel the channel's number before it: `1234567890:77`. Telegram
numbers messages per account in private chats and basic groups, and per channel elsewhere; written so, an id is unique in
the whole account, which is what a deletion without a chat needs.
"""

from typing import Any

from trunkline.model.errors import NotPossible

_CHANNEL = 1_000_000_000_000


def peer_id(peer: Any) -> str:
    """The id of a peer (PeerUser, PeerChat, PeerChannel, and the InputPeer forms)."""
    if hasattr(peer, "user_id"):
        return str(peer.user_id)
    if hasattr(peer, "chat_id"):
        return str(-peer.chat_id)
    return channel_id(peer.channel_id)


def entity_id(entity: Any) -> str:
    """The id of a User, Chat or Channel."""
    kind = type(entity).__name__
    if kind.startswith("User"):
        return str(entity.id)
    return channel_id(entity.id) if kind.startswith("Channel") else str(-entity.id)


def channel_id(number: int) -> str:
    """The id of a channel or supergroup."""
    return str(-(_CHANNEL + number))


def channel_number(chat: str) -> int | None:
    """A channel's own number; None for a user or a basic group."""
    number = int(chat)
    return -number - _CHANNEL if number < -_CHANNEL else None


def is_id(text: str) -> bool:
    """Whether it has the form of a chat's or person's id."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 18


def message_id(chat: str, number: int) -> str:
    """A message's id."""
    channel = channel_number(chat)
    return str(number) if channel is None else f"{channel}:{number}"


def message_number(chat: str, message: str) -> int:
    """Telegram's number of a message. Raises NotPossible when the chat can have no such message."""
    channel, _, digits = message.rpartition(":")
    expected = channel_number(chat)
    if channel != ("" if expected is None else str(expected)) or not (digits.isascii() and digits.isdigit()):
        raise NotPossible("There is no such message in this chat. Nothing was done.")
    number = int(digits)
    if not 0 < number < 2**31:
        raise NotPossible("There is no such message in this chat. Nothing was done.")
    return number
