"""What may be asked without changing anything: state, differences, dialogs, history, people, files."""

from typing import Any

from telethon.tl import functions, types

from trunkline.networks.telegram.fake.asking import Asking, Handler
from trunkline.networks.telegram.fake.connection import Refuse
from trunkline.networks.telegram.fake.world import peer_of, room_name

SLICE = 300
"""Events in one answer of updates.getDifference."""
CHANNEL_SLICE = 100
REACTIONS = ("👍", "👎", "❤", "🔥", "🎉", "😁", "😢", "🙏")
PREMIUM_REACTION = "🦄"


def get_users(asking: Asking, request: Any) -> Any:
    """users.getUsers."""
    return [asking.world.user(int(asking.chat(each)), asking.own) for each in request.id]


def get_state(asking: Asking, request: Any) -> Any:
    """updates.getState."""
    return _state(asking, asking.box.sequence.pts)


def get_difference(asking: Asking, request: Any) -> Any:
    """updates.getDifference: in parts when it is long, not at all when it was forgotten."""
    sequence = asking.box.sequence
    if request.pts < sequence.floor:
        return types.updates.DifferenceTooLong(sequence.floor)
    entries = sequence.since(request.pts)
    part = entries[:SLICE]
    messages, others = _parted([entry.update for entry in part])
    if len(entries) <= SLICE:
        others += _late_channels(asking, request.date)
    if not messages and not others:
        return types.updates.DifferenceEmpty(asking.world.date(), 0)
    users, chats = asking.world.with_them(asking.own, [*messages, *others])
    if len(entries) > SLICE:
        state = _state(asking, part[-1].pts)
        return types.updates.DifferenceSlice(messages, [], others, chats, users, state)
    return types.updates.Difference(messages, [], others, chats, users, _state(asking, sequence.pts))


def get_channel_difference(asking: Asking, request: Any) -> Any:
    """updates.getChannelDifference."""
    room = asking.room(request.channel)
    if request.pts < room.sequence.floor:
        newest = asking.acts.messages(asking.own, room_name(room.id))[-20:][::-1]
        users, chats = asking.world.with_them(asking.own, newest)
        return types.updates.ChannelDifferenceTooLong(_dialog(asking, room_name(room.id)), newest, chats, users, final=True)
    entries = room.sequence.since(request.pts)
    part = entries[: min(request.limit, CHANNEL_SLICE)]
    if not part:
        return types.updates.ChannelDifferenceEmpty(room.sequence.pts, final=True)
    messages, others = _parted([entry.update for entry in part])
    users, chats = asking.world.with_them(asking.own, [*messages, *others])
    final = len(part) == len(entries)
    return types.updates.ChannelDifference(part[-1].pts, messages, others, chats, users, final=final)


def get_contacts(asking: Asking, request: Any) -> Any:
    """contacts.getContacts."""
    numbers = sorted(asking.world.people[asking.own].contacts)
    users = [asking.world.user(number, asking.own) for number in numbers]
    return types.contacts.Contacts([types.Contact(number, True) for number in numbers], 0, users)


def get_dialogs(asking: Asking, request: Any) -> Any:
    """messages.getDialogs: newest first, from an offset on."""
    rows = []
    for chat, place in asking.box.places.items():
        if request.exclude_pinned and place.pinned:
            continue
        newest = _newest(asking, chat)
        if newest is not None and (request.folder_id is None or request.folder_id == place.folder):
            rows.append((int(newest.date.timestamp()), newest.id, chat, newest))
    rows.sort(key=lambda row: (-row[0], -row[1], row[2]))
    if request.offset_date is not None and request.offset_date.timestamp() > 0:
        offset = (int(request.offset_date.timestamp()), request.offset_id)
        rows = [row for row in rows if (row[0], row[1]) < offset]
    part = rows[: request.limit]
    messages = [row[3] for row in part]
    dialogs = [_dialog(asking, row[2]) for row in part]
    users, chats = asking.world.with_them(asking.own, [*messages, *dialogs])
    if len(part) == len(rows):
        return types.messages.Dialogs(dialogs, messages, chats, users)
    return types.messages.DialogsSlice(len(rows), dialogs, messages, chats, users)


def get_pinned_dialogs(asking: Asking, request: Any) -> Any:
    """messages.getPinnedDialogs."""
    pinned = [chat for chat, place in asking.box.places.items() if place.pinned and place.folder == request.folder_id]
    return _peer_dialogs(asking, pinned)


def get_peer_dialogs(asking: Asking, request: Any) -> Any:
    """messages.getPeerDialogs."""
    return _peer_dialogs(asking, [asking.chat(each.peer) for each in request.peers])


def get_history(asking: Asking, request: Any) -> Any:
    """messages.getHistory: newest first, below an offset."""
    chat = asking.chat(request.peer)
    everything = asking.acts.messages(asking.own, chat)
    below = [each for each in everything if not request.offset_id or each.id < request.offset_id]
    part = below[::-1][: min(request.limit, 100)]
    users, chats = asking.world.with_them(asking.own, part)
    if len(part) == len(everything):
        return types.messages.Messages(part, [], chats, users)
    return types.messages.MessagesSlice(len(everything), part, [], chats, users)


def get_messages(asking: Asking, request: Any) -> Any:
    """messages.getMessages and channels.getMessages."""
    found: list[Any] = []
    room = asking.room(request.channel) if hasattr(request, "channel") else None
    for each in request.id:
        try:
            found.append(asking.message(room_name(room.id), each.id) if room else asking.box.messages[each.id])
        except (Refuse, KeyError):
            found.append(types.MessageEmpty(each.id, None))
    users, chats = asking.world.with_them(asking.own, found)
    return types.messages.Messages(found, [], chats, users)


def get_full_chat(asking: Asking, request: Any) -> Any:
    """messages.getFullChat."""
    group = asking.group(request.chat_id)
    people = [
        types.ChatParticipantCreator(number)
        if number == group.creator
        else types.ChatParticipant(number, group.creator, asking.world.date())
        for number in group.members
    ]
    full = types.ChatFull(
        id=group.id, about="", participants=types.ChatParticipants(group.id, people, 1),
        notify_settings=types.PeerNotifySettings(), exported_invite=_invite(asking, group.link),
        available_reactions=group.reactions or types.ChatReactionsAll(),
    )  # fmt: skip
    users = [asking.world.user(number, asking.own) for number in group.members]
    return types.messages.ChatFull(full, [asking.world.chat(str(-group.id), asking.own)], users)


def get_full_channel(asking: Asking, request: Any) -> Any:
    """channels.getFullChannel."""
    room = asking.room(request.channel)
    full = types.ChannelFull(
        id=room.id, about="", read_inbox_max_id=0, read_outbox_max_id=0, unread_count=0, chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(), bot_info=[], pts=room.sequence.pts,
        exported_invite=_invite(asking, room.link),
        available_reactions=room.reactions or types.ChatReactionsAll(),
    )  # fmt: skip
    return types.messages.ChatFull(full, [asking.world.chat(room_name(room.id), asking.own)], [])


def get_participants(asking: Asking, request: Any) -> Any:
    """channels.getParticipants; of a channel for its makers alone."""
    room = asking.room(request.channel)
    if room.is_broadcast and room.creator != asking.own:
        raise Refuse(400, "CHAT_ADMIN_REQUIRED")
    part = room.members[request.offset : request.offset + request.limit]
    people = [types.ChannelParticipant(number, asking.world.date()) for number in part]
    users = [asking.world.user(number, asking.own) for number in part]
    return types.channels.ChannelParticipants(len(room.members), people, [], users)


def get_folders(asking: Asking, request: Any) -> Any:
    """messages.getDialogFilters."""
    return types.messages.DialogFilters([types.DialogFilterDefault(), *asking.box.folders.values()])


def get_reactions(asking: Asking, request: Any) -> Any:
    """messages.getAvailableReactions."""
    nothing = types.DocumentEmpty(0)
    free = [types.AvailableReaction(each, each, *[nothing] * 5) for each in REACTIONS]
    paid = types.AvailableReaction(PREMIUM_REACTION, "unicorn", *[nothing] * 5, premium=True)
    return types.messages.AvailableReactions(1, [*free, paid])


def resolve_username(asking: Asking, request: Any) -> Any:
    """contacts.resolveUsername."""
    return _resolved(asking, "username", request.username, "USERNAME_NOT_OCCUPIED")


def resolve_phone(asking: Asking, request: Any) -> Any:
    """contacts.resolvePhone."""
    return _resolved(asking, "phone", request.phone, "PHONE_NOT_OCCUPIED")


def get_file(asking: Asking, request: Any) -> Any:
    """upload.getFile: strict about access hashes and references, which end."""
    location = request.location
    match location:
        case types.InputPeerPhotoFileLocation():
            asking.chat(location.peer)
            asking.check_data_center(asking.world.photo_centers.get(location.photo_id, 2), "FILE_MIGRATE")
            data = asking.world.photos.get(location.photo_id)
            kind: Any = types.storage.FilePng()
        case types.InputDocumentFileLocation() | types.InputPhotoFileLocation():
            if location.file_reference != asking.world.reference:
                raise Refuse(400, "FILE_REFERENCE_EXPIRED")
            document = asking.world.documents.get(location.id)
            if document is None or document.access_hash != location.access_hash:
                raise Refuse(400, "FILE_ID_INVALID")
            asking.check_data_center(document.dc_id, "FILE_MIGRATE")
            data, kind = asking.world.files[location.id], types.storage.FileUnknown()
        case _:
            raise Refuse(400, "LOCATION_INVALID")
    if data is None:
        raise Refuse(400, "LOCATION_INVALID")
    if request.offset % 4096 or request.limit % 4096:
        raise Refuse(400, "LIMIT_INVALID")
    return types.upload.File(kind, asking.world.seconds(), data[request.offset : request.offset + request.limit])


def _state(asking: Asking, pts: int) -> Any:
    return types.updates.State(pts, 0, asking.world.date(), 0, 0)


def _parted(updates: list[Any]) -> tuple[list[Any], list[Any]]:
    kinds = (types.UpdateNewMessage, types.UpdateNewChannelMessage)
    messages = [each.message for each in updates if isinstance(each, kinds)]
    return messages, [each for each in updates if not isinstance(each, kinds)]


def _late_channels(asking: Asking, date: Any) -> list[Any]:
    since = int(date.timestamp()) if date is not None else 0
    rooms = (room for room in asking.world.rooms.values() if asking.own in room.members and room.changed_at >= since)
    return [types.UpdateChannelTooLong(room.id, room.sequence.pts) for room in rooms]


def _newest(asking: Asking, chat: str) -> Any:
    found = asking.acts.messages(asking.own, chat)
    return found[-1] if found else None


def _dialog(asking: Asking, chat: str) -> Any:
    place, newest = asking.box.place(chat), _newest(asking, chat)
    pts = next((room.sequence.pts for room in asking.world.rooms.values() if room_name(room.id) == chat), None)
    return types.Dialog(
        peer=peer_of(chat), top_message=newest.id if newest else 0, read_inbox_max_id=place.read_inbox,
        read_outbox_max_id=place.read_outbox, unread_count=asking.acts.unread(asking.box, chat), unread_mentions_count=0,
        unread_reactions_count=0, unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(mute_until=place.mute_until),
        pinned=place.pinned, unread_mark=place.unread_mark, folder_id=place.folder or None, pts=pts,
    )  # fmt: skip


def _peer_dialogs(asking: Asking, chats: list[str]) -> Any:
    dialogs = [_dialog(asking, chat) for chat in chats]
    messages = [newest for chat in chats if (newest := _newest(asking, chat)) is not None]
    users, groups = asking.world.with_them(asking.own, [*messages, *dialogs])
    return types.messages.PeerDialogs(dialogs, messages, groups, users, _state(asking, asking.box.sequence.pts))


def _invite(asking: Asking, link: str | None) -> Any:
    return None if link is None else types.ChatInviteExported(link, asking.own, asking.world.date(), permanent=True)


def _resolved(asking: Asking, field: str, wanted: str, refusal: str) -> Any:
    found = next(
        (each for each in asking.world.people.values() if (getattr(each, field) or "").lower() == wanted.lower()), None
    )
    if found is None:
        raise Refuse(400, refusal)
    return types.contacts.ResolvedPeer(types.PeerUser(found.id), [], [asking.world.user(found.id, asking.own)])


HANDLERS: dict[type[Any], Handler] = {
    functions.users.GetUsersRequest: get_users,
    functions.updates.GetStateRequest: get_state,
    functions.updates.GetDifferenceRequest: get_difference,
    functions.updates.GetChannelDifferenceRequest: get_channel_difference,
    functions.contacts.GetContactsRequest: get_contacts,
    functions.contacts.ResolveUsernameRequest: resolve_username,
    functions.contacts.ResolvePhoneRequest: resolve_phone,
    functions.messages.GetDialogsRequest: get_dialogs,
    functions.messages.GetPinnedDialogsRequest: get_pinned_dialogs,
    functions.messages.GetPeerDialogsRequest: get_peer_dialogs,
    functions.messages.GetHistoryRequest: get_history,
    functions.messages.GetMessagesRequest: get_messages,
    functions.channels.GetMessagesRequest: get_messages,
    functions.messages.GetFullChatRequest: get_full_chat,
    functions.channels.GetFullChannelRequest: get_full_channel,
    functions.channels.GetParticipantsRequest: get_participants,
    functions.messages.GetDialogFiltersRequest: get_folders,
    functions.messages.GetAvailableReactionsRequest: get_reactions,
    functions.upload.GetFileRequest: get_file,
}
