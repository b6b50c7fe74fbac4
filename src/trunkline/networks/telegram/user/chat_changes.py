"""read, mute, archive, pin, label, members, invite link, deleting a chat.

What Telegram does not tell back to the session that did it comes up by the desk's notes.
"""

from typing import Any

from telethon import functions, types

from trunkline.contract.commands import ChangeMember, DeleteChat, Done, GetInviteLink, LabelChat, SetChat
from trunkline.contract.events import ChatChanged, ChatInfo, ChatRemoved, Event, ReadUpTo
from trunkline.model.errors import InvalidRecipient, NotPossible
from trunkline.networks.telegram.convert.chats import ARCHIVE
from trunkline.networks.telegram.convert.ids import message_id
from trunkline.networks.telegram.user.dialogs import Dialogs
from trunkline.networks.telegram.user.sending import Starts

_MUTED = 2**31 - 1
_FIRST_FOLDER, _LAST_FOLDER = 2, 255
_TITLE_MOST = 12
"""Numbers that clients may give to folders. Source: core.telegram.org/api/folders, 2026-11-22."""


class SetsChats(Starts):
    """read, mute, archive, pin"""

    async def set_chat(self, command: SetChat) -> Done:
        """Switch a state of the chat."""
        peer = await self._desk.peer(command.chat)
        match command.switch:
            case "read":
                return Done(events=await self._set_read(command, peer))
            case "mute":
                await self._mute(peer, on=command.on)
                info = ChatInfo(provider_id=command.chat, muted_until_ms=-1 if command.on else None)
            case "archive":
                folder = ARCHIVE if command.on else 0
                answer = await self._desk.call(functions.folders.EditPeerFoldersRequest([types.InputFolderPeer(peer, folder)]))
                return Done(events=await self._desk.told(answer))
            case "pin":
                await self._desk.call(functions.messages.ToggleDialogPinRequest(types.InputDialogPeer(peer), pinned=command.on))
                info = ChatInfo(provider_id=command.chat, pinned=command.on)
        return Done(events=self._desk.note(ChatChanged(info=info)))

    async def _mute(self, peer: Any, *, on: bool) -> None:
        settings = types.InputPeerNotifySettings(mute_until=_MUTED if on else 0)
        await self._desk.call(functions.account.UpdateNotifySettingsRequest(types.InputNotifyPeer(peer), settings))

    async def _set_read(self, command: SetChat, peer: Any) -> tuple[Event, ...]:
        desk = self._desk
        place = types.InputDialogPeer(peer)
        if not command.on:
            await desk.call(functions.messages.MarkDialogUnreadRequest(place, unread=True))
            return desk.note(ChatChanged(info=ChatInfo(provider_id=command.chat, unread_count=1)))
        (dialog,) = (await desk.call(functions.messages.GetPeerDialogsRequest([place]))).dialogs
        channel = await desk.channel(command.chat)
        if channel is None:
            await desk.call(functions.messages.ReadHistoryRequest(peer, dialog.top_message))
        else:
            await desk.call(functions.channels.ReadHistoryRequest(channel, dialog.top_message))
        if dialog.unread_mark:
            await desk.call(functions.messages.MarkDialogUnreadRequest(place, unread=False))
        newest = message_id(command.chat, dialog.top_message)
        return desk.note(ReadUpTo(chat=command.chat, provider_id=newest, at_ms=self._clock(), person=None))


class DeletesChats(SetsChats):
    """delete_chat"""

    async def delete_chat(self, command: DeleteChat) -> Done:
        """Leave a group or channel; delete the history, for us alone."""
        desk = self._desk
        peer = await desk.peer(command.chat)
        channel = await desk.channel(command.chat)
        if channel is not None:
            await desk.call(functions.channels.LeaveChannelRequest(channel))
        else:
            if isinstance(peer, types.InputPeerChat):
                await desk.call(functions.messages.DeleteChatUserRequest(peer.chat_id, types.InputUserSelf()))
            while (await desk.call(functions.messages.DeleteHistoryRequest(peer, max_id=0))).offset > 0:
                pass  # Telegram deletes long histories in parts, and says that there is more
        desk.introduced.discard(command.chat)
        return Done(events=desk.note(ChatRemoved(chat=command.chat)))


class ChangesMembers(DeletesChats):
    """add_participant, remove_participant"""

    async def change_member(self, command: ChangeMember) -> Done:
        """Add or remove a person: an id, a user name or a phone number with its +."""
        desk = self._desk
        peer = await desk.peer(command.chat)
        if isinstance(peer, types.InputPeerUser):
            raise NotPossible("A 1:1 chat has no members to change. Nothing was changed.")
        person = await self._person(command.person)
        if not isinstance(person, types.InputPeerUser):
            raise InvalidRecipient
        user = types.InputUser(person.user_id, person.access_hash)
        answer = await desk.call(_member_request(peer, user, person, command.change))
        missing = [each.user_id for each in getattr(answer, "missing_invitees", None) or ()]
        if person.user_id in missing:
            raise InvalidRecipient("This person's privacy settings do not let them be added. Nothing was changed.")
        told = await desk.told(answer.updates if isinstance(answer, types.messages.InvitedUsers) else answer)
        self._dialogs.forget(command.chat)
        info = ChatInfo(provider_id=command.chat, members=await self._dialogs.members(command.chat))
        events = [event for event in told if not isinstance(event, ChatChanged)]
        return Done(events=(*events, *desk.note(ChatChanged(info=info))))


def _check_title(title: str) -> None:
    """Raise NotPossible for what no folder can be called. Source: TDLib's td_api, chatFolderName, 2026-11-22."""
    if len(title) > _TITLE_MOST:
        raise NotPossible(
            f"The name of a folder in Telegram has at most {_TITLE_MOST} characters; this one has {len(title)}."
            " Nothing was changed."
        )
    if "\n" in title:
        raise NotPossible("The name of a folder in Telegram is one line. Nothing was changed.")


class Labels(ChangesMembers):
    """label"""

    async def label_chat(self, command: LabelChat) -> Done:
        """Put the chat into a folder of this title, making it where there is none."""
        desk, dialogs = self._desk, self._dialogs
        peer = await desk.peer(command.chat)
        folders = await dialogs.folders()
        folder = next((each for each in folders if each.title.text == command.label), None)
        if folder is None:
            _check_title(command.label)
            folder = types.DialogFilter(_free_number(folders), types.TextWithEntities(command.label, []), [], [peer], [])
        elif command.label in (await dialogs.labels(fresh=True)).get(command.chat, ()):
            return Done(events=await self._labelled(dialogs, command.chat))
        else:
            folder.include_peers.append(peer)
        await desk.call(functions.messages.UpdateDialogFilterRequest(folder.id, folder))
        await dialogs.labels(fresh=True)
        return Done(events=await self._labelled(dialogs, command.chat))

    async def _labelled(self, dialogs: Dialogs, chat: str) -> tuple[Event, ...]:
        labels = tuple((await dialogs.labels()).get(chat, ()))
        return self._desk.note(ChatChanged(info=ChatInfo(provider_id=chat, labels=labels)))


class GivesInviteLinks(Labels):
    """invite_link"""

    async def invite_link(self, command: GetInviteLink) -> Done:
        """The group's own link; one is made where there is none."""
        desk = self._desk
        peer = await desk.peer(command.chat)
        if isinstance(peer, types.InputPeerUser):
            raise NotPossible("A 1:1 chat has no invite link.")
        channel = await desk.channel(command.chat)
        request = (
            functions.messages.GetFullChatRequest(peer.chat_id)
            if channel is None
            else functions.channels.GetFullChannelRequest(channel)
        )
        invite = (await desk.call(request)).full_chat.exported_invite
        if not isinstance(invite, types.ChatInviteExported):
            invite = await desk.call(functions.messages.ExportChatInviteRequest(peer))
        return Done(invite_link=invite.link)


def _member_request(peer: Any, user: Any, person: Any, change: str) -> Any:
    if isinstance(peer, types.InputPeerChat):
        if change == "add":
            return functions.messages.AddChatUserRequest(peer.chat_id, user, fwd_limit=0)
        return functions.messages.DeleteChatUserRequest(peer.chat_id, user)
    channel = types.InputChannel(peer.channel_id, peer.access_hash)
    if change == "add":
        return functions.channels.InviteToChannelRequest(channel, [user])
    rights = types.ChatBannedRights(until_date=None, view_messages=True)
    return functions.channels.EditBannedRequest(channel, person, rights)


def _free_number(folders: list[Any]) -> int:
    taken = {each.id for each in folders}
    free = next((number for number in range(_FIRST_FOLDER, _LAST_FOLDER + 1) if number not in taken), None)
    if free is None:
        raise NotPossible("The account has as many chat folders as Telegram allows. Nothing was changed.")
    return free
