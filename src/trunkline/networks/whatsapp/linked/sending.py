"""Sending, starting chats and forwarding."""

import asyncio
from contextlib import AsyncExitStack, nullcontext
from typing import Any

import msgspec
from msgspec import UNSET

from trunkline.contract.commands import Done, ForwardMessage, OutgoingFile, SendMessage, StartChat
from trunkline.contract.events import ChatInfo, Event, MessageArrived, PersonInfo
from trunkline.model.errors import InvalidArgument, InvalidRecipient, NotPossible, ReadOnlyChat
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.content import Said, said
from trunkline.networks.whatsapp.jids import is_lid, person_of
from trunkline.networks.whatsapp.linked import groups, pacing
from trunkline.networks.whatsapp.linked.messages import arrived, ref_of
from trunkline.networks.whatsapp.linked.outgoing import Part, as_edited, check, mentions_in, parts_of
from trunkline.networks.whatsapp.linked.partly import told_of, told_of_group
from trunkline.networks.whatsapp.linked.saying import Effects, Saying, message_id, prepare, said_before, say
from trunkline.networks.whatsapp.linked.session import LinkedSession
from trunkline.networks.whatsapp.record import known_chat
from trunkline.networks.whatsapp.voice import as_voice, is_opus

_LONGEST_TYPING_MS = 25_000
_ONE_WITH_SUBJECT = (
    "subject names a group, and attendees_ids holds one person only. Nothing was sent. Leave subject out for a"
    " chat with this person, or name another person for a group."
)


class Sends(LinkedSession):
    """send"""

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send; one message per file. The answer names the last."""
        check(command.text, command.files)
        chat = (await self._chat(command.chat)).info
        if chat.read_only is True:
            raise ReadOnlyChat
        quoted = None if command.quote is None else await self._raw(command.chat, command.quote)
        if command.typing_ms:
            await self._type(chat.provider_id, min(command.typing_ms, _LONGEST_TYPING_MS))
        return await self._say_all(chat, command.text, command.files, token, quoted)

    async def _say_all(
        self,
        chat: ChatInfo,
        text: str | None,
        files: tuple[OutgoingFile, ...],
        token: str,
        quoted: dict[str, Any] | None = None,
    ) -> Done:
        """Say each part, as soon as all of them can be: none goes out while another is not there yet.

        The last one carries the token: what came of the send is known once that one has arrived. The others carry it with
        their number.
        """
        parts = parts_of(text, files, mentions_in(text, chat))
        events: list[Event] = []
        async with AsyncExitStack() as stack:
            ready: list[tuple[Saying, Effects]] = []
            for number, part in enumerate(parts):
                part_id = message_id(token if number == 0 else f"{token} {number}")
                known = await said_before(self._link, chat.provider_id, part_id)
                if known is not None:
                    events.append(known)
                    continue
                with told_of(len(events), len(parts)):
                    content = await self._content(stack, part)
                saying = Saying(
                    chat=chat.provider_id,
                    id=part_id,
                    content=content,
                    token=token if number == len(parts) - 1 else f"{token} {number}",
                    quoted=quoted if number == 0 else None,
                )
                ready.append((saying, _makes(self._link.own, saying.token, part.file)))
            with told_of(len(events), len(parts)):
                for saying, effects in ready:
                    await prepare(self._link, saying, effects)
            for number, (saying, effects) in enumerate(ready, len(events)):
                with told_of(number, len(parts)):
                    events += await say(self._link, saying, effects)
        last = len(parts) - 1
        return Done(provider_id=message_id(token if last == 0 else f"{token} {last}"), events=tuple(events))

    async def _content(self, stack: AsyncExitStack, part: Part) -> dict[str, Any]:
        if part.file is None:
            return part.content
        return part.content | {part.slot: {"url": str(await self._path(stack, part.file))}}

    async def _path(self, stack: AsyncExitStack, file: OutgoingFile) -> Any:
        data = await self._media.read(file.content)
        path = await stack.enter_async_context(self._passing.file(data))
        if file.role != "voice" or is_opus(data):
            return path
        converted = await stack.enter_async_context(self._passing.path(".ogg"))
        await as_voice(path, converted, self._link.options.ffmpeg)
        return converted

    async def _type(self, chat: str, typing_ms: int) -> None:
        await self._link.socket("sendPresenceUpdate", "show that you type", "composing", chat)
        await asyncio.sleep(typing_ms / 1000)
        await self._link.socket("sendPresenceUpdate", "show that you type", "paused", chat)

    async def _raw(self, chat: str, message: str) -> dict[str, Any]:
        """A message as WhatsApp has it, with what it says now."""
        known = await self._message(chat, message)
        if known.raw is None:
            raise NotPossible("This message cannot be quoted or forwarded. Nothing was sent.")
        raw: dict[str, Any] = msgspec.json.decode(known.raw)
        return as_edited(raw, known.text or "") if known.edited else raw


class Starts(Sends):
    """start"""

    async def start(self, command: StartChat, token: str) -> Done:
        """Start or find the chat and say the first message. New people are written to slowly: else the number is banned."""
        if command.text or command.files:
            check(command.text, command.files)
        people = tuple(dict.fromkeys([await self._person(each) for each in command.people]))
        if len(people) == 1 and command.title is not None:
            raise InvalidArgument(_ONE_WITH_SUBJECT)
        if len(people) == 1:
            chat = await self._direct(people[0], token)
        else:
            chat = await self._group(people, command.title, token)
        if not command.text and not command.files:
            return Done(chat=chat.provider_id)
        with told_of_group(command.title) if len(people) > 1 else nullcontext():
            done = await self._say_all(chat, command.text, command.files, token)
        return msgspec.structs.replace(done, chat=chat.provider_id)

    async def _person(self, name: str) -> str:
        jid = person_of(name)
        if jid is None:
            raise InvalidRecipient(
                "A person on WhatsApp is named by phone number with country code (+491712345678) or by provider id."
                " Nothing was sent."
            )
        if self._is_own(jid):
            raise InvalidArgument("attendees_ids holds the account's own id; give only the other people. Nothing was sent.")
        return await self._link.books(lambda books: books.meaning(jid))

    async def _direct(self, person: str, token: str) -> ChatInfo:
        known = await self._link.books(lambda books: books.chat(person))
        if known is not None:
            return known.info
        if not is_lid(person):
            found = await self._link.socket("onWhatsApp", "look the number up", person)
            if not any(each.get("exists") for each in found or ()):
                raise InvalidRecipient("This phone number is not on WhatsApp. Nothing was sent.")
        await pacing.take(self._link, (person,))
        own, now = self._link.own, self._link.clock()
        return await self._link.books(lambda books: known_chat(books, own, person, at_ms=now).info)

    async def _group(self, people: tuple[str, ...], title: str | None, token: str) -> ChatInfo:
        own = self._link.own
        made = await self._link.books(lambda books: books.fact(f"group {token}"))
        if made is None:
            await pacing.take(self._link, people)
            raw = await self._made_before(people, title, token)
            if raw is None:
                await self._link.books(lambda books: books.set_fact(f"grouping {token}", str(self._link.clock())))
                raw = await self._link.socket("groupCreate", "make the group", title or "", list(people))
        else:
            raw = await self._link.socket("groupMetadata", "read the group", made)

        def keep(books: Books) -> ChatInfo | None:
            books.set_fact(f"group {token}", str(raw.get("id")))
            return groups.take_group(books, own, raw)

        info = await self._link.books(keep)
        if info is None:
            raise NotPossible("WhatsApp made no group of it.")
        return info

    async def _made_before(self, people: tuple[str, ...], title: str | None, token: str) -> dict[str, Any] | None:
        """The group that an earlier try made, whose answer was lost."""
        began = await self._link.books(lambda books: books.fact(f"grouping {token}"))
        if began is None:
            return None
        found = await self._link.socket("groupFetchAllParticipating", "list the groups")
        own = self._link.own

        def matching(books: Books) -> dict[str, Any] | None:
            for raw in (found or {}).values():
                info = groups.take_group(books, own, raw)
                members = set() if info is None or info.members is UNSET else {each.provider_id for each in info.members}
                is_new = int(raw.get("creation") or 0) * 1_000 >= int(began) - 60_000
                if raw.get("subject") == (title or "") and is_new and members >= set(people):
                    return dict(raw)
            return None

        return await self._link.books(matching)


class Forwards(Sends):
    """forward"""

    async def forward(self, command: ForwardMessage, token: str) -> Done:
        """Forward, marked as forwarded."""
        chat = (await self._chat(command.to_chat)).info
        if chat.read_only is True:
            raise ReadOnlyChat
        raw = await self._raw(command.chat, command.message)
        if known := await said_before(self._link, chat.provider_id, message_id(token)):
            return Done(provider_id=known.provider_id, events=(known,))
        content = {"forward": raw, "force": True}
        saying = Saying(chat=chat.provider_id, id=message_id(token), content=content, token=token)
        events = await say(self._link, saying, _makes(self._link.own, token, None))
        return Done(provider_id=message_id(token), events=events)


def _makes(own: PersonInfo, token: str | None, file: OutgoingFile | None) -> Effects:
    """A message of ours follows. The file is told by the name it had here: WhatsApp names few kinds of files."""

    def effects(books: Books, composed: dict[str, Any]) -> tuple[MessageArrived, ...]:
        key = composed["key"]
        what = said(composed.get("message") or {}, ref_of(key["remoteJid"], key["id"])) or Said("unknown")
        message = arrived(books, own, composed, what, live=True, token=token)
        if file is not None and message.files:
            (info,) = message.files
            named = msgspec.structs.replace(info, file_name=file.file_name, media_type=file.media_type)
            if not info.width:
                named = msgspec.structs.replace(named, width=file.width, height=file.height)
            if info.size is None and file.role != "voice":
                named = msgspec.structs.replace(named, size=file.size)
            message = msgspec.structs.replace(message, files=(named,))
        return (message,)

    return effects
