"""Telegram's updates as events. One that has no word of ours is kept raw; what concerns no chat is passed over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatRemoved,
    Event,
    MessageChanged,
    MessageRemoved,
    PersonChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.model.chat import SINGLE
from trunkline.networks.telegram.convert.chats import ARCHIVE, facts_of, is_gone, muted_until
from trunkline.networks.telegram.convert.ids import channel_id, message_id, peer_id
from trunkline.networks.telegram.convert.known import Known
from trunkline.networks.telegram.convert.messages import arrived, ms_of, named_reactions, raw_of
from trunkline.networks.telegram.convert.reactions import changed_reactions
from trunkline.networks.telegram.convert.service import MEMBERS_CHANGE, event_type_of


@dataclass(frozen=True)
class Scene:
    """What a batch of updates came with, and what it wishes to be fetched besides.

    entities: the users and chats that came along, by id. tokens: ours, by message number. now_ms: for updates without a time.
    titles: those of the folders each chat lies in; None where nobody knows. members: chats whose members have changed. labels:
    not empty when the folders have changed.
    """

    known: Known
    entities: Mapping[str, Any]
    tokens: Mapping[int, str]
    now_ms: int
    introduced: set[str]
    titles: Mapping[str, Sequence[str]] | None = None
    members: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)


def events_of(update: Any, scene: Scene) -> list[Event]:
    """What an update means. Never raises for a strange one: what cannot be read is kept raw."""
    kind = type(update).__name__
    if kind in _NO_EVENT:
        return []
    taker = _TAKERS.get(kind)
    if taker is None:
        return [UnknownHappened(kind=kind, raw=raw_of(update))]
    try:
        return taker(update, scene)
    except Exception as error:
        return [UnknownHappened(kind=f"{kind}: {type(error).__name__}", raw=raw_of(update))]


def introduction(chat: str, scene: Scene) -> list[Event]:
    """Who and what a chat is, before the first thing that happens in it in this session."""
    if chat in scene.introduced:
        return []
    scene.introduced.add(chat)
    if not chat.startswith("-"):
        members = (scene.known.own, scene.known.person(chat)) if chat != scene.known.own.provider_id else UNSET
        info = ChatInfo(provider_id=chat, type=SINGLE, peer=chat, members=members, labels=_labels_on(chat, scene))
        return [ChatChanged(info=info, live=False)]
    entity = scene.entities.get(chat)
    return [] if entity is None or is_gone(entity) else [ChatChanged(info=_facts(chat, entity, scene), live=False)]


def _facts(chat: str, entity: Any, scene: Scene) -> ChatInfo:
    return replace(facts_of(entity), labels=_labels_on(chat, scene))


def _labels_on(chat: str, scene: Scene) -> tuple[str, ...] | UnsetType:
    return UNSET if scene.titles is None else tuple(scene.titles.get(chat, ()))


def _new_message(update: Any, scene: Scene) -> list[Event]:
    message = update.message
    kind = type(message).__name__
    if kind == "MessageEmpty":
        return []
    event = arrived(message, scene.known, live=True, token=scene.tokens.get(message.id))
    if kind == "MessageService" and event_type_of(message) in {*MEMBERS_CHANGE, 3}:
        scene.members.add(event.chat)
    return [*introduction(event.chat, scene), event]


def _edited(update: Any, scene: Scene) -> list[Event]:
    message = update.message
    if type(message).__name__ != "Message":
        return []
    chat = peer_id(message.peer_id)
    found: list[Event] = []
    if message.reactions is not None:
        found += changed_reactions(chat, message.id, named_reactions(message.reactions, scene.known), scene.known, scene.now_ms)
    # Telegram also says "edited" when only the number of views or reactions has changed.
    if message.edit_date is not None and not message.edit_hide:
        event = arrived(message, scene.known, live=True)
        found.append(MessageChanged(chat=chat, provider_id=event.provider_id, at_ms=ms_of(message.edit_date), text=event.text))
    return found


def _deleted(update: Any, scene: Scene) -> list[Event]:
    return [
        MessageRemoved(chat=scene.known.place(number), provider_id=str(number), at_ms=scene.now_ms)
        for number in update.messages
    ]


def _deleted_in_channel(update: Any, scene: Scene) -> list[Event]:
    chat = channel_id(update.channel_id)
    return [MessageRemoved(chat=chat, provider_id=message_id(chat, number), at_ms=scene.now_ms) for number in update.messages]


def _reactions(update: Any, scene: Scene) -> list[Event]:
    chat = peer_id(update.peer)
    standing = named_reactions(update.reactions, scene.known)
    return list(changed_reactions(chat, update.msg_id, standing, scene.known, scene.now_ms))


def _read_here(update: Any, scene: Scene) -> list[Event]:
    chat = channel_id(update.channel_id) if hasattr(update, "channel_id") else peer_id(update.peer)
    return [ReadUpTo(chat=chat, provider_id=message_id(chat, update.max_id), at_ms=scene.now_ms, person=None)]


def _read_there(update: Any, scene: Scene) -> list[Event]:
    """In groups Telegram does not say who has read; then it is the chat that has."""
    chat = channel_id(update.channel_id) if hasattr(update, "channel_id") else peer_id(update.peer)
    return [ReadUpTo(chat=chat, provider_id=message_id(chat, update.max_id), at_ms=scene.now_ms, person=chat)]


def _muted(update: Any, scene: Scene) -> list[Event]:
    if type(update.peer).__name__ != "NotifyPeer":
        return []
    info = ChatInfo(provider_id=peer_id(update.peer.peer), muted_until_ms=muted_until(update.notify_settings))
    return [ChatChanged(info=info)]


def _archived(update: Any, scene: Scene) -> list[Event]:
    return [
        ChatChanged(info=ChatInfo(provider_id=peer_id(each.peer), archived=each.folder_id == ARCHIVE))
        for each in update.folder_peers
    ]


def _pinned(update: Any, scene: Scene) -> list[Event]:
    if type(update.peer).__name__ != "DialogPeer":
        return []
    return [ChatChanged(info=ChatInfo(provider_id=peer_id(update.peer.peer), pinned=bool(update.pinned)))]


def _marked_unread(update: Any, scene: Scene) -> list[Event]:
    if type(update.peer).__name__ != "DialogPeer":
        return []
    info = ChatInfo(provider_id=peer_id(update.peer.peer), unread_count=1 if update.unread else 0)
    return [ChatChanged(info=info)]


def _chat(update: Any, scene: Scene) -> list[Event]:
    chat = channel_id(update.channel_id) if hasattr(update, "channel_id") else str(-update.chat_id)
    entity = scene.entities.get(chat)
    if entity is None:
        return []
    if is_gone(entity):
        scene.introduced.discard(chat)
        return [ChatRemoved(chat=chat)]
    if chat not in scene.introduced:
        scene.introduced.add(chat)
        scene.members.add(chat)
        return [ChatChanged(info=_facts(chat, entity, scene))]
    return [ChatChanged(info=facts_of(entity))]


def _members(update: Any, scene: Scene) -> list[Event]:
    participants = getattr(update, "participants", update)
    scene.members.add(str(-participants.chat_id))
    return []


def _labels(update: Any, scene: Scene) -> list[Event]:
    scene.labels.add("changed")
    return []


def _person(update: Any, scene: Scene) -> list[Event]:
    number = str(update.user_id)
    return [PersonChanged(info=scene.known.person(number))] if number in scene.entities else []


_TAKERS: Mapping[str, Callable[[Any, Scene], list[Event]]] = {
    "UpdateNewMessage": _new_message,
    "UpdateNewChannelMessage": _new_message,
    "UpdateEditMessage": _edited,
    "UpdateEditChannelMessage": _edited,
    "UpdateDeleteMessages": _deleted,
    "UpdateDeleteChannelMessages": _deleted_in_channel,
    "UpdateMessageReactions": _reactions,
    "UpdateReadHistoryInbox": _read_here,
    "UpdateReadChannelInbox": _read_here,
    "UpdateReadHistoryOutbox": _read_there,
    "UpdateReadChannelOutbox": _read_there,
    "UpdateNotifySettings": _muted,
    "UpdateFolderPeers": _archived,
    "UpdateDialogPinned": _pinned,
    "UpdateDialogUnreadMark": _marked_unread,
    "UpdateChannel": _chat,
    "UpdateChat": _chat,
    "UpdateChatParticipants": _members,
    "UpdateChatParticipantAdd": _members,
    "UpdateChatParticipantDelete": _members,
    "UpdateDialogFilter": _labels,
    "UpdateDialogFilters": _labels,
    "UpdateUser": _person,
    "UpdateUserName": _person,
    "UpdateUserPhone": _person,
}

_NO_EVENT = frozenset({
    "Updates", "UpdatesCombined",  # around none: Telethon hands up the wrapping itself then, as after every difference
    "UpdateMessageID", "UpdateUserStatus", "UpdateUserTyping", "UpdateChatUserTyping", "UpdateChannelUserTyping",
    "UpdateConfig", "UpdateDcOptions", "UpdateLoginToken", "UpdateDraftMessage", "UpdateWebPage", "UpdateChannelWebPage",
    "UpdatePtsChanged", "UpdateReadMessagesContents", "UpdateChannelReadMessagesContents", "UpdateChannelMessageViews",
    "UpdateChannelMessageForwards", "UpdatePinnedDialogs", "UpdateDialogFilterOrder", "UpdatePeerSettings",
    "UpdatePrivacy", "UpdateNewAuthorization", "UpdateContactsReset", "UpdateStickerSets", "UpdateStickerSetsOrder",
    "UpdateNewStickerSet", "UpdateRecentStickers", "UpdateSavedGifs", "UpdateFavedStickers", "UpdateReadFeaturedStickers",
    "UpdateRecentReactions", "UpdateSavedReactionTags", "UpdateRecentEmojiStatuses", "UpdateAttachMenuBots",
    "UpdateUserEmojiStatus", "UpdatePeerBlocked", "UpdateLangPack", "UpdateLangPackTooLong", "UpdateTranscribedAudio",
    "UpdateMessagePoll", "UpdateMessagePollVote", "UpdateMessageExtendedMedia", "UpdateChannelAvailableMessages",
    "UpdateChatDefaultBannedRights", "UpdateChatParticipantAdmin", "UpdateChatParticipant", "UpdateChannelParticipant",
    "UpdatePinnedMessages", "UpdatePinnedChannelMessages", "UpdateStory", "UpdateReadStories", "UpdateStoryID",
    "UpdateSentStoryReaction", "UpdateStoriesStealthMode", "UpdateServiceNotification", "UpdatePhoneCall",
    "UpdatePhoneCallSignalingData", "UpdateGroupCall", "UpdateGroupCallParticipants", "UpdateGroupCallConnection",
    "UpdateNewEncryptedMessage", "UpdateEncryptedChatTyping", "UpdateEncryption", "UpdateEncryptedMessagesRead",
    "UpdatePeerWallpaper", "UpdatePeerHistoryTTL", "UpdateMoveStickerSetToTop", "UpdateReadFeaturedEmojiStickers",
    "UpdateStarsBalance", "UpdateTheme", "UpdateGeoLiveViewed",
})  # fmt: skip
"""Of no chat's messages or people, or without a place in the model: typing, stories, calls, stickers, settings of apps."""
