"""What can be done with a chat: read, mute, archive, pin, label, people, link, deletion."""

from typing import Any

from msgspec import UNSET

from trunkline.contract.commands import ChangeMember, DeleteChat, Done, GetInviteLink, LabelChat, SetChat
from trunkline.contract.events import ChatChanged, ChatInfo, ChatRemoved, Event, PersonInfo, ReadUpTo
from trunkline.model.errors import InvalidRecipient, NoRights, NotPossible
from trunkline.networks.whatsapp.books import Books, Chat
from trunkline.networks.whatsapp.jids import is_group, person_of
from trunkline.networks.whatsapp.linked import groups, pacing
from trunkline.networks.whatsapp.linked.changing import key_of
from trunkline.networks.whatsapp.linked.session import LinkedSession
from trunkline.networks.whatsapp.record import known_person, record

_MOST_RECEIPTS = 200
_LAST_OF_RANGE = 1
_OWN_ADDED = (
    "value is the account's own id, and nobody adds themselves to a group. Nothing was changed. Name another person; who is no"
    " member is added by an administrator, or joins by the invite link on the phone."
)
_OWN_REMOVED = (
    "value is the account's own id, and leaving a group is not removing a member. Nothing was changed. Name another person, or"
    " leave the group in WhatsApp on the phone."
)


class SetsChats(LinkedSession):
    """read, mute, archive, pin"""

    async def set_chat(self, command: SetChat) -> Done:
        """Switch a state of the chat."""
        chat = await self._chat(command.chat)
        if command.switch == "read":
            return await (self._read(chat) if command.on else self._unread(chat))
        if command.switch == "mute":
            await self._modify({"mute": -1 if command.on else None}, chat)
            return await self._note(ChatInfo(provider_id=command.chat, muted_until_ms=-1 if command.on else None))
        if command.switch == "archive":
            await self._modify({"archive": command.on, "lastMessages": await self._last(command.chat)}, chat)
            return await self._note(ChatInfo(provider_id=command.chat, archived=command.on))
        await self._modify({"pin": command.on}, chat)
        return await self._note(ChatInfo(provider_id=command.chat, pinned=command.on))

    async def _read(self, chat: Chat) -> Done:
        """Receipts for what was not read; the phone counts by them too."""
        name = chat.info.provider_id
        newest = await self._link.books(lambda books: books.messages(name, None, 1))
        unread = await self._link.books(lambda books: books.messages(name, None, min(chat.unread, _MOST_RECEIPTS), theirs=True))
        if unread:
            await self._link.socket("readMessages", "mark it read", [key_of(message) for message in unread])
        else:
            await self._modify({"markRead": True, "lastMessages": await self._last(name)}, chat)
        if not newest:
            return await self._note(ChatInfo(provider_id=name, unread_count=0))
        event = ReadUpTo(chat=name, provider_id=newest[0].provider_id, at_ms=self._link.clock(), person=None)
        return await self._record(event)

    async def _unread(self, chat: Chat) -> Done:
        name = chat.info.provider_id
        await self._modify({"markRead": False, "lastMessages": await self._last(name)}, chat)
        return await self._note(ChatInfo(provider_id=name, unread_count=max(chat.unread, 1)))

    async def _modify(self, change: dict[str, Any], chat: Chat) -> None:
        await self._link.socket("chatModify", "change the chat", change, chat.info.provider_id)

    async def _last(self, chat: str) -> list[dict[str, Any]]:
        """The newest message, by which WhatsApp knows up to where a change of a chat holds."""
        newest = await self._link.books(lambda books: books.messages(chat, None, _LAST_OF_RANGE))
        return [{"key": key_of(message), "messageTimestamp": message.at_ms // 1000} for message in newest]

    async def _note(self, info: ChatInfo) -> Done:
        return await self._record(ChatChanged(info=info))

    async def _record(self, event: Event) -> Done:
        own = self._link.own
        await self._link.books(lambda books: record(books, own, event))
        return Done(events=(event,))


class ChangesMembers(SetsChats):
    """add_participant, remove_participant"""

    async def change_member(self, command: ChangeMember) -> Done:
        """Add or remove a person."""
        info = (await self._chat(command.chat)).info
        if not is_group(command.chat):
            raise NotPossible("Only a group has members to add or remove. Nothing was changed.")
        jid = person_of(command.person)
        if jid is None:
            raise InvalidRecipient("A person on WhatsApp is named by phone number with country code, or by provider id.")
        if self._is_own(jid):
            raise NotPossible(_OWN_REMOVED if command.change == "remove" else _OWN_ADDED)
        person, is_member = await self._link.books(lambda books: (books.meaning(jid), _is_member(books, info, jid)))
        if command.change == "add" and not is_member:
            await pacing.take(self._link, (person,))
        answers = await self._link.socket(
            "groupParticipantsUpdate", "change the group's members", command.chat, [person], command.change
        )
        status = str((answers or [{}])[0].get("status", "200"))
        if status not in ("200", "409"):
            raise _refused(status)
        own = self._link.own

        def change(books: Books) -> tuple[PersonInfo, ...]:
            known = () if info.members is UNSET else info.members
            others = tuple(each for each in known if books.meaning(each.provider_id) != person)
            members = (*others, known_person(books, own, person)) if command.change == "add" else others
            groups.change_members(books, own, command.chat, members)
            return members

        members = await self._link.books(change)
        return Done(events=(ChatChanged(info=ChatInfo(provider_id=command.chat, members=members)),))


class Labels(SetsChats):
    """label"""

    async def label_chat(self, command: LabelChat) -> Done:
        """Label the chat, making the label where it does not exist."""
        info = (await self._chat(command.chat)).info
        labels = await self._link.books(lambda books: books.facts("label "))
        number = next((number for number, name in labels.items() if name == command.label), None)
        if number is None:
            number = str(max((int(each) for each in labels if each.isdigit()), default=0) + 1)
            made = {"id": number, "name": command.label, "color": int(number) % 20, "deleted": False}
            await self._link.socket("addLabel", "make the label", command.chat, made)
            label = number
            await self._link.books(lambda books: books.set_fact(f"label {label}", command.label))
        await self._link.socket("addChatLabel", "label the chat", command.chat, number)
        known = () if info.labels is UNSET else info.labels
        return await self._note(
            ChatInfo(provider_id=command.chat, labels=(*(each for each in known if each != command.label), command.label))
        )


class GivesInviteLinks(LinkedSession):
    """invite_link"""

    async def invite_link(self, command: GetInviteLink) -> Done:
        """The group's link."""
        await self._chat(command.chat)
        if not is_group(command.chat):
            raise NotPossible("Only a group has an invite link.")
        code = await self._link.socket("groupInviteCode", "give the group's link", command.chat)
        return Done(invite_link=f"https://chat.whatsapp.com/{code}")


class DeletesChats(SetsChats):
    """delete_chat"""

    async def delete_chat(self, command: DeleteChat) -> Done:
        """Delete the chat from the account."""
        chat = await self._chat(command.chat)
        await self._modify({"delete": True, "lastMessages": await self._last(command.chat)}, chat)
        return await self._record(ChatRemoved(chat=command.chat))


def _is_member(books: Books, group: ChatInfo, jid: str) -> bool:
    """By whichever address: a group may list one that was of another person then."""
    known = () if group.members is UNSET else group.members
    return books.meaning(jid) in {books.meaning(each.provider_id) for each in known}


def _refused(status: str) -> Exception:
    if status == "403":
        return NotPossible(
            "This person's privacy settings let nobody add them; send them the invite link. Nothing was changed."
        )
    if status == "401":
        return NotPossible("This person has blocked the account. Nothing was changed.")
    if status == "408":
        return NotPossible("This person left the group a moment ago and cannot be added again yet. Nothing was changed.")
    if status == "404":
        return NotPossible("WhatsApp knows no such member. Nothing was changed.")
    return NoRights(f"WhatsApp did not change the group's members (code {status}).")
