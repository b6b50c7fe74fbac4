"""Requests about chats: making, leaving, members, links, folders, read marks, mute, archive, pin."""

from datetime import datetime
from typing import Any

from telethon.tl import functions, types

from trunkline.networks.telegram.fake.asking import Asking, Handler
from trunkline.networks.telegram.fake.connection import Refuse
from trunkline.networks.telegram.fake.world import Group, Room, peer_of, room_name


def create_chat(asking: Asking, request: Any) -> Any:
    """messages.createChat."""
    wanted = [asking.person(each) for each in request.users]
    people = [person.id for person in wanted if not person.is_private]
    world = asking.world
    group = Group(7_000 + world.number(), request.title, asking.own, [asking.own, *people], world.seconds())
    world.groups[group.id] = group
    asking.server.note("create", chat=str(-group.id), command={"title": request.title})
    action = types.MessageActionChatCreate(request.title, people)
    _, updates = asking.acts.write(asking.own, str(-group.id), by=asking.connection, action=action)
    missing = [types.MissingInvitee(person.id) for person in wanted if person.is_private]
    return types.messages.InvitedUsers(asking.updates(updates), missing)


def add_user(asking: Asking, request: Any) -> Any:
    """messages.addChatUser."""
    group, person = asking.group(request.chat_id), asking.person(request.user_id)
    if person.id in group.members:
        raise Refuse(400, "USER_ALREADY_PARTICIPANT")
    if person.is_private:
        return types.messages.InvitedUsers(asking.updates([]), [types.MissingInvitee(person.id)])
    asking.server.note("change_member", chat=str(-group.id), command={"person": str(person.id)})
    group.members.append(person.id)
    return types.messages.InvitedUsers(_acted(asking, str(-group.id), types.MessageActionChatAddUser([person.id])), [])


def delete_user(asking: Asking, request: Any) -> Any:
    """messages.deleteChatUser, of others or of oneself."""
    group, person = asking.group(request.chat_id), asking.person(request.user_id)
    if person.id not in group.members:
        raise Refuse(400, "USER_NOT_PARTICIPANT")
    if asking.own not in (person.id, group.creator):
        raise Refuse(400, "CHAT_ADMIN_REQUIRED")
    asking.server.note("change_member", chat=str(-group.id), command={"person": str(person.id)})
    answer = _acted(asking, str(-group.id), types.MessageActionChatDeleteUser(person.id))
    group.members.remove(person.id)
    return answer


def invite(asking: Asking, request: Any) -> Any:
    """channels.inviteToChannel."""
    room = _ruled(asking, request.channel)
    people = [asking.person(each) for each in request.users]
    asking.server.note("change_member", chat=room_name(room.id), command={})
    added = [person.id for person in people if person.id not in room.members]
    room.members += added
    return types.messages.InvitedUsers(_acted(asking, room_name(room.id), types.MessageActionChatAddUser(added)), [])


def ban(asking: Asking, request: Any) -> Any:
    """channels.editBanned: here always a removal."""
    room = _ruled(asking, request.channel)
    number = int(asking.chat(request.participant))
    if number not in room.members:
        raise Refuse(400, "USER_NOT_PARTICIPANT")
    asking.server.note("change_member", chat=room_name(room.id), command={"person": str(number)})
    answer = _acted(asking, room_name(room.id), types.MessageActionChatDeleteUser(number))
    room.members.remove(number)
    return answer


def leave(asking: Asking, request: Any) -> Any:
    """channels.leaveChannel."""
    room = asking.room(request.channel)
    asking.server.note("delete_chat", chat=room_name(room.id), command={})
    room.members.remove(asking.own)
    asking.box.places.pop(room_name(room.id), None)
    return asking.updates([types.UpdateChannel(room.id)])


def delete_history(asking: Asking, request: Any) -> Any:
    """messages.deleteHistory, for oneself: a hundred at a time."""
    chat = str(-request.peer.chat_id) if isinstance(request.peer, types.InputPeerChat) else asking.chat(request.peer)
    found = asking.acts.messages(asking.own, chat)
    asking.server.note("delete_chat", chat=chat, command={})
    for message in found[:100]:
        asking.box.drop(message.id)
    asking.box.sequence.pts += len(found[:100])
    left = len(found) - 100
    if left <= 0:
        asking.box.places.pop(chat, None)
    return types.messages.AffectedHistory(asking.box.sequence.pts, len(found[:100]), max(left, 0))


def read_history(asking: Asking, request: Any) -> Any:
    """messages.readHistory and channels.readHistory."""
    chat = asking.chat(request.channel if hasattr(request, "channel") else request.peer)
    asking.server.note("set_chat", chat=chat, command={"switch": "read"})
    asking.acts.read(asking.own, chat, request.max_id, by=asking.connection)
    if hasattr(request, "channel"):
        return True
    return types.messages.AffectedMessages(asking.box.sequence.pts, 0)


def mark_unread(asking: Asking, request: Any) -> Any:
    """messages.markDialogUnread."""
    asking.box.place(asking.chat(request.peer.peer)).unread_mark = bool(request.unread)
    return True


def notify(asking: Asking, request: Any) -> Any:
    """account.updateNotifySettings."""
    chat = asking.chat(request.peer.peer)
    until = request.settings.mute_until
    seconds = int(until.timestamp()) if isinstance(until, datetime) else int(until or 0)
    asking.server.note("set_chat", chat=chat, command={"switch": "mute"})
    asking.box.place(chat).mute_until = seconds
    settings = types.PeerNotifySettings(mute_until=seconds)
    update = types.UpdateNotifySettings(types.NotifyPeer(peer_of(chat)), settings)
    asking.server.tell(asking.own, [update], but=asking.connection)
    return True


def move_to_folder(asking: Asking, request: Any) -> Any:
    """folders.editPeerFolders."""
    moved = []
    for each in request.folder_peers:
        chat = asking.chat(each.peer)
        asking.server.note("set_chat", chat=chat, command={"switch": "archive"})
        asking.box.place(chat).folder = each.folder_id
        moved.append(types.FolderPeer(peer_of(chat), each.folder_id))
    update = asking.box.sequence.add(lambda pts, count: types.UpdateFolderPeers(moved, pts, count))
    asking.server.tell(asking.own, [update], but=asking.connection)
    return asking.updates([update])


def pin(asking: Asking, request: Any) -> Any:
    """messages.toggleDialogPin."""
    chat = asking.chat(request.peer.peer)
    asking.server.note("set_chat", chat=chat, command={"switch": "pin"})
    asking.box.place(chat).pinned = bool(request.pinned)
    update = types.UpdateDialogPinned(types.DialogPeer(peer_of(chat)), pinned=request.pinned)
    asking.server.tell(asking.own, [update], but=asking.connection)
    return True


def set_folder(asking: Asking, request: Any) -> Any:
    """messages.updateDialogFilter."""
    asking.server.note("label_chat", command={})
    if request.filter is None:
        asking.box.folders.pop(request.id, None)
    else:
        for peer in request.filter.include_peers:
            asking.chat(peer)
        asking.box.folders[request.id] = request.filter
    asking.server.tell(asking.own, [types.UpdateDialogFilter(request.id, request.filter)], but=asking.connection)
    return True


def export_invite(asking: Asking, request: Any) -> Any:
    """messages.exportChatInvite."""
    chat = asking.chat(request.peer)
    holder: Group | Room = (
        asking.group(-int(chat)) if isinstance(request.peer, types.InputPeerChat) else asking.room(request.peer)
    )
    if holder.creator != asking.own:
        raise Refuse(400, "CHAT_ADMIN_REQUIRED")
    holder.link = f"https://t.me/+{asking.world.number():08d}"
    return types.ChatInviteExported(holder.link, asking.own, asking.world.date())


def set_typing(asking: Asking, request: Any) -> Any:
    """messages.setTyping."""
    asking.chat(request.peer)
    return True


def _acted(asking: Asking, chat: str, action: Any) -> Any:
    _, updates = asking.acts.write(asking.own, chat, by=asking.connection, action=action)
    return asking.updates(updates)


def _ruled(asking: Asking, channel: Any) -> Room:
    room = asking.room(channel)
    if room.creator != asking.own:
        raise Refuse(400, "CHAT_ADMIN_REQUIRED")
    return room


READS: frozenset[type[Any]] = frozenset({functions.messages.SetTypingRequest})
"""Of these, what changes nothing."""

HANDLERS: dict[type[Any], Handler] = {
    functions.messages.CreateChatRequest: create_chat,
    functions.messages.AddChatUserRequest: add_user,
    functions.messages.DeleteChatUserRequest: delete_user,
    functions.channels.InviteToChannelRequest: invite,
    functions.channels.EditBannedRequest: ban,
    functions.channels.LeaveChannelRequest: leave,
    functions.messages.DeleteHistoryRequest: delete_history,
    functions.messages.ReadHistoryRequest: read_history,
    functions.channels.ReadHistoryRequest: read_history,
    functions.messages.MarkDialogUnreadRequest: mark_unread,
    functions.account.UpdateNotifySettingsRequest: notify,
    functions.folders.EditPeerFoldersRequest: move_to_folder,
    functions.messages.ToggleDialogPinRequest: pin,
    functions.messages.UpdateDialogFilterRequest: set_folder,
    functions.messages.ExportChatInviteRequest: export_invite,
    functions.messages.SetTypingRequest: set_typing,
}
