"""Writing: send, start, edit, delete, react, mark read, members. Nothing is unfurled, and no text can ping a whole channel."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import msgspec

from trunkline.contract.commands import (
    ChangeMember,
    DeleteMessage,
    Done,
    EditMessage,
    OutgoingFile,
    React,
    SendMessage,
    SetChat,
    StartChat,
)
from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    Event,
    MessageChanged,
    MessageRemoved,
    ReactionChanged,
    ReadUpTo,
)
from trunkline.model.errors import EmptyMessage, NetworkRefusal, NotPossible, TooLong, TrunklineError
from trunkline.networks.slack.convert import message_of
from trunkline.networks.slack.emoji import name_of, native_of
from trunkline.networks.slack.stamps import NEVER, before, is_stamp, ms_of
from trunkline.networks.slack.text import marked_up, readable
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.capabilities import SLACK
from trunkline.networks.slack.user_token.refusals import AlreadySo
from trunkline.networks.slack.user_token.started import Started
from trunkline.networks.slack.user_token.uploading import Uploading


class Writing:
    """send, start, edit, delete, react, read, add_participant, remove_participant"""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send. Slack takes no id of ours: `token` stays here."""
        return await self._say(command.chat, command.text, command.files, command.thread)

    async def start(self, command: StartChat, token: str) -> Done:
        """Open the conversation with these people, or find it, and say the first message."""
        _check_said(command.text, command.files)
        if command.title is not None:
            raise NotPossible("A group message of Slack has no title. Nothing was done; leave the title out.")
        opened = await self._account.client.call("conversations.open", users=",".join(command.people))
        chat = str(opened["channel"]["id"])
        await Started(self._account.keeper).note(chat)
        done = await self._say(chat, command.text, command.files, None)
        info = await self._info_or_none(chat)
        events: tuple[Event, ...] = done.events if info is None else (ChatChanged(info=info), *done.events)
        return msgspec.structs.replace(done, chat=chat, events=events)

    async def edit(self, command: EditMessage) -> Done:
        """Edit."""
        text = await self._marked_up(command.text)
        answer = await self._account.client.call("chat.update", channel=command.chat, ts=command.message, text=text)
        message = answer.get("message")
        edited = message.get("edited") if isinstance(message, dict) else None
        stamp = edited.get("ts") if isinstance(edited, dict) else None
        at_ms = ms_of(stamp) if isinstance(stamp, str) and is_stamp(stamp) else self._account.clock()
        changed = MessageChanged(chat=command.chat, provider_id=command.message, at_ms=at_ms, text=self._shown(command.text))
        return Done(events=(changed,))

    async def delete(self, command: DeleteMessage) -> Done:
        """Delete for everybody."""
        await self._account.client.call("chat.delete", channel=command.chat, ts=command.message)
        return Done(events=(MessageRemoved(chat=command.chat, provider_id=command.message, at_ms=self._account.clock()),))

    async def react(self, command: React) -> Done:
        """Put an emoji on a message, or take all of ours off. A repeat is no error."""
        target = {"channel": command.chat, "timestamp": command.message}
        if not command.value:
            return await self._unreact(command, target)
        name = name_of(command.value)
        if name is None:
            raise NotPossible("Slack has no such emoji. Nothing was changed.")
        if not await self._done_once("reactions.add", "already_reacted", target | {"name": name}):
            return Done()
        return Done(events=(self._reaction(command, native_of(name), removed=False),))

    async def set_chat(self, command: SetChat) -> Done:
        """Mark read up to the newest message, or unread from it on."""
        client, chat = self._account.client, command.chat
        page = await client.call("conversations.history", channel=chat, limit=1 if command.on else 50)
        found = [each for each in page.get("messages", ()) if isinstance(each, dict) and is_stamp(each.get("ts"))]
        if command.on:
            stamp = str(found[0]["ts"]) if found else NEVER
            await client.call("conversations.mark", channel=chat, ts=stamp)
            read = ReadUpTo(chat=chat, provider_id=stamp, at_ms=self._account.clock(), person=None)
            return Done(events=(read,) if found else (ChatChanged(info=ChatInfo(provider_id=chat, unread_count=0)),))
        theirs = next((str(each["ts"]) for each in found if each.get("user") != self._account.own), None)
        if theirs is None:
            raise NotPossible("Nobody else has said anything here that could be unread. Nothing was changed.")
        await client.call("conversations.mark", channel=chat, ts=before(theirs))
        return Done(events=(ChatChanged(info=ChatInfo(provider_id=chat, unread_count=1)),))

    async def change_member(self, command: ChangeMember) -> Done:
        """Invite a person to a channel, or remove one from it."""
        channel = await self._account.workspace.conversation(command.chat)
        if channel.get("is_im") or channel.get("is_mpim"):
            raise NotPossible(
                "Slack changes the people of channels only; start a new chat with whom it shall be. Nothing was done."
            )
        if command.change == "add":
            await self._done_once(
                "conversations.invite", "already_in_channel", {"channel": command.chat, "users": command.person}
            )
        else:
            await self._done_once(
                "conversations.kick", "user_not_in_channel", {"channel": command.chat, "user": command.person}
            )
        info = await self._info_or_none(command.chat)
        return Done(events=() if info is None else (ChatChanged(info=info),))

    async def shown(self, text: str) -> str:
        """What Slack will make of a text of ours when it shows it. Raises what keeps the names of people from being known."""
        workspace = self._account.workspace
        if "@" in text:
            await workspace.learn_all()
        return self._shown(text)

    def _shown(self, text: str) -> str:
        names = self._account.workspace.names
        return readable(marked_up(text, names.mentionable()), names.person, names.channel)

    async def _say(self, chat: str, text: str | None, files: tuple[OutgoingFile, ...], thread: str | None) -> Done:
        _check_said(text, files)
        marked = await self._marked_up(text or "")
        if files:
            return await Uploading(self._account).share(chat, marked, files, thread)
        answer = await self._account.client.call(
            "chat.postMessage", channel=chat, text=marked, thread_ts=thread, unfurl_links=False, unfurl_media=False
        )
        workspace = self._account.workspace
        raw = answer.get("message")
        message = None
        if isinstance(raw, dict):
            raw = {"ts": answer.get("ts"), **raw}
            await workspace.learn_of([raw])
            message = message_of(raw, chat, workspace.names, live=True)
        stamp = answer.get("ts")
        provider_id = stamp if isinstance(stamp, str) and is_stamp(stamp) else None
        return Done(provider_id=provider_id, events=() if message is None else (message,))

    async def _marked_up(self, text: str) -> str:
        """Over-long text is refused before it is sent: Slack would cut it and post the rest."""
        assert SLACK.send is not None
        assert SLACK.send.text.max_length is not None
        workspace = self._account.workspace
        if "@" in text:
            with suppress(NetworkRefusal):  # without the scope, or the pace: only those already known can be mentioned
                await workspace.learn_all()
        marked = marked_up(text, workspace.names.mentionable())
        if len(marked) > SLACK.send.text.max_length.value:
            raise TooLong
        return marked

    async def _unreact(self, command: React, target: dict[str, str]) -> Done:
        answer = await self._account.client.call("reactions.get", **target, full=True)
        names = list(own_reactions(answer.get("message"), self._account.own))
        for name in names:
            await self._done_once("reactions.remove", "no_reaction", target | {"name": name})
        return Done(events=tuple(self._reaction(command, native_of(name), removed=True) for name in names))

    async def _done_once(self, method: str, done_before: str, arguments: dict[str, str]) -> bool:
        """Whether this call did it; False where it was so already."""
        try:
            await self._account.client.call(method, **arguments)
        except AlreadySo as error:
            if error.word != done_before:
                raise
            return False
        return True

    def _reaction(self, command: React, value: str, *, removed: bool) -> ReactionChanged:
        return ReactionChanged(
            chat=command.chat,
            provider_id=command.message,
            at_ms=self._account.clock(),
            sender=self._account.workspace.names.info(self._account.own),
            value=value,
            removed=removed,
            several=True,
        )

    async def _info_or_none(self, chat: str) -> ChatInfo | None:
        """What has been done is done, whatever can be told of it now."""
        try:
            return await self._account.workspace.chat_info(chat, is_known=True, waits=False)
        except TrunklineError:
            return None


def own_reactions(message: Any, own: str) -> Iterable[str]:
    """Names of the emoji that our user has put on a message."""
    for reaction in message.get("reactions", ()) if isinstance(message, dict) else ():
        if own in reaction.get("users", ()):
            yield str(reaction["name"])


def _check_said(text: str | None, files: tuple[OutgoingFile, ...]) -> None:
    if not files and not (text and text.strip()):
        raise EmptyMessage
    most = SLACK.send.max_attachments if SLACK.send is not None else None
    if most is not None and len(files) > most.value:
        raise NotPossible(f"Slack takes at most {most.value} files in one message. Nothing was sent.")
