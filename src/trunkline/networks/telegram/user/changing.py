"""edit, delete, react."""

from typing import Any

from telethon import functions, types

from trunkline.contract.commands import DeleteMessage, Done, EditMessage, React
from trunkline.contract.events import MessageChanged, MessageRemoved, ReactionChanged
from trunkline.model.errors import NotPossible
from trunkline.networks.telegram.convert.ids import message_number
from trunkline.networks.telegram.user.session import BaseSession


class Edits(BaseSession):
    """edit"""

    async def edit(self, command: EditMessage) -> Done:
        """Edit the text, or the caption. The same text again is no error."""
        desk = self._desk
        peer = await desk.peer(command.chat)
        number = message_number(command.chat, command.message)
        try:
            answer = await desk.call(functions.messages.EditMessageRequest(peer, number, message=command.text))
        except NotPossible as refused:
            if "MESSAGE_NOT_MODIFIED" in refused.text:
                return Done(provider_id=command.message)
            raise
        events = tuple(event for event in await desk.told(answer) if isinstance(event, MessageChanged))
        return Done(provider_id=command.message, events=events)


class Deletes(BaseSession):
    """delete"""

    async def delete(self, command: DeleteMessage) -> Done:
        """Delete for everybody. Telegram would delete other people's messages too where it can; we do not."""
        desk = self._desk
        found = await desk.message(command.chat, command.message)
        if not found.out:
            raise NotPossible("Only one's own messages can be deleted. Nothing was changed.")
        self._check_age(found)
        channel = await desk.channel(command.chat)
        if channel is not None:
            await desk.call(functions.channels.DeleteMessagesRequest(channel, [found.id]))
        else:
            await desk.call(functions.messages.DeleteMessagesRequest([found.id], revoke=True))
        removed = MessageRemoved(chat=command.chat, provider_id=command.message, at_ms=self._clock())
        return Done(provider_id=command.message, events=desk.note(removed))

    def _check_age(self, message: Any) -> None:
        """After the time for it Telegram would delete it for us alone."""
        bound = None if self.capabilities.delete is None else self.capabilities.delete.max_age
        if bound is not None and self._clock() - message.date.timestamp() * 1000 > bound.value:
            raise NotPossible("Telegram no longer deletes this message for everybody: it is too old. Nothing was changed.")


class Reacts(BaseSession):
    """react"""

    async def react(self, command: React) -> Done:
        """Put an emoji in the place of ours, or take ours off. A repeat is no error."""
        desk = self._desk
        allowed = None if self.capabilities.react is None else self.capabilities.react.allowed
        if command.value and allowed is not None and command.value not in allowed:
            raise NotPossible(f"Telegram takes one of these: {' '.join(allowed)}. Nothing was changed.")
        await self._check_chat(command)
        peer = await desk.peer(command.chat)
        number = message_number(command.chat, command.message)
        wanted = [types.ReactionEmoji(command.value)] if command.value else []
        try:
            answer = await desk.call(functions.messages.SendReactionRequest(peer, number, reaction=wanted))
        except NotPossible as refused:
            if "MESSAGE_NOT_MODIFIED" in refused.text:
                return Done(provider_id=command.message)
            raise
        events = tuple(event for event in await desk.told(answer) if isinstance(event, ReactionChanged))
        return Done(provider_id=command.message, events=events)

    async def _check_chat(self, command: React) -> None:
        """A group or channel may allow fewer. Raises NotPossible, naming those it allows."""
        if not command.value or not command.chat.startswith("-"):
            return
        allowed = await self._allowed_in(command.chat)
        if allowed is not None and command.value not in allowed:
            words = f"one of these: {' '.join(allowed)}" if allowed else "no reactions"
            raise NotPossible(f"This chat allows {words}. Nothing was changed.")

    async def _allowed_in(self, chat: str) -> list[str] | None:
        """The emoji a chat allows; None: all."""
        desk = self._desk
        channel = await desk.channel(chat)
        request = (
            functions.messages.GetFullChatRequest(-int(chat))
            if channel is None
            else functions.channels.GetFullChannelRequest(channel)
        )
        reactions = (await desk.call(request)).full_chat.available_reactions
        if isinstance(reactions, types.ChatReactionsSome):
            return [each.emoticon for each in reactions.reactions if isinstance(each, types.ReactionEmoji)]
        return None if isinstance(reactions, types.ChatReactionsAll) else []
