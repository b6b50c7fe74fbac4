"""Editing, deleting and reacting."""

from typing import Any

import msgspec

from trunkline.contract.capabilities import Bound
from trunkline.contract.commands import DeleteMessage, Done, EditMessage, React
from trunkline.contract.events import Event, MessageArrived, MessageChanged, MessageRemoved, ReactionChanged
from trunkline.model.errors import EmptyMessage, NotPossible
from trunkline.networks.whatsapp.emoji import is_emoji
from trunkline.networks.whatsapp.linked.capabilities import LINKED
from trunkline.networks.whatsapp.linked.saying import Saying, message_id, say
from trunkline.networks.whatsapp.linked.session import LinkedSession


class Edits(LinkedSession):
    """edit"""

    async def edit(self, command: EditMessage) -> Done:
        """Edit. WhatsApp takes a late edit and ignores it: it is refused here."""
        assert LINKED.edit is not None
        known = await self._own(command.chat, command.message, LINKED.edit.max_age, "edit")
        if not command.text.strip():
            raise EmptyMessage
        if known.files:
            raise NotPossible("Captions of files cannot be edited here. Nothing was changed.")
        now = self._link.clock()
        event = MessageChanged(chat=command.chat, provider_id=command.message, at_ms=now, text=command.text)
        return await self._change(
            f"edit {command.message} {known.edited_at_ms} {command.text}",
            command.chat, {"text": command.text, "edit": key_of(known)}, {"edit": "1"}, event,
        )  # fmt: skip

    async def _own(self, chat: str, message: str, bound: Bound | None, what: str) -> MessageArrived:
        known = await self._message(chat, message)
        if not known.is_own or known.event_type is not None:
            raise NotPossible(f"Nobody can {what} somebody else's message. Nothing was changed.")
        age = self._link.clock() - known.at_ms
        if bound is not None and age > bound.value:
            raise NotPossible(
                f"WhatsApp lets nobody {what} a message after {bound.value // 60_000} minutes; this one is"
                f" {age // 60_000} minutes old. Nothing was changed. (Source: {bound.source}, {bound.seen}.)"
            )
        return known

    async def _change(self, name: str, chat: str, content: dict[str, Any], attributes: dict[str, str], event: Event) -> Done:
        """Say a message that changes another."""
        saying = Saying(chat=chat, id=message_id(name), content=content, attributes=attributes)
        return Done(events=await say(self._link, saying, lambda books, composed: (event,)))


class Deletes(Edits):
    """delete"""

    async def delete(self, command: DeleteMessage) -> Done:
        """Delete for everybody."""
        assert LINKED.delete is not None
        known = await self._own(command.chat, command.message, LINKED.delete.max_age, "delete")
        event = MessageRemoved(chat=command.chat, provider_id=command.message, at_ms=self._link.clock())
        return await self._change(f"delete {command.message}", command.chat, {"delete": key_of(known)}, {"edit": "7"}, event)


class Reacts(Edits):
    """react"""

    async def react(self, command: React) -> Done:
        """Put or take off an emoji; one per person, a new one replaces the old."""
        if command.value and not is_emoji(command.value):
            raise NotPossible("WhatsApp takes one native emoji, such as 👍. Nothing was done.")
        known = await self._message(command.chat, command.message)
        own = self._link.own
        mine = next((each.value for each in known.reactions if each.sender == own.provider_id), "")
        if mine == command.value:
            return Done()
        now = self._link.clock()
        event = ReactionChanged(
            chat=command.chat,
            provider_id=command.message,
            at_ms=now,
            sender=own,
            value=command.value,
            removed=not command.value,
        )
        content = {"react": {"text": command.value, "key": key_of(known)}}
        return await self._change(f"react {command.message} {mine} {command.value} {now}", command.chat, content, {}, event)


def key_of(message: MessageArrived) -> dict[str, Any]:
    """WhatsApp's name for a message."""
    if message.raw is not None:
        key: dict[str, Any] = msgspec.json.decode(message.raw)["key"]
        return key
    return {"remoteJid": message.chat, "id": message.provider_id, "fromMe": message.is_own}
