"""What a number writes: messages, reactions, and that it has read. Refused by the clock where Meta would refuse later.

A send is noted before the call, with the caller's token as `biz_opaque_callback_data`: Meta gives it back in each status of the
message, so that one whose answer was lost is recognised when its status is posted. Source: developers.facebook.com, WhatsApp
Business Platform, messages API (message tracking), seen 2026-11-23.
"""

import asyncio
from typing import Any

import msgspec

from trunkline.contract.commands import Done, OutgoingFile, React, SendMessage, SetChat, StartChat
from trunkline.contract.events import ChatChanged, Event, MessageArrived, PersonInfo, ReactionChanged, ReadUpTo
from trunkline.model.errors import (
    AccountError,
    InvalidRecipient,
    NetworkError,
    NetworkFailed,
    NetworkRefusal,
    NotPossible,
    NotReached,
    Throttled,
    TrunklineError,
)
from trunkline.networks.whatsapp.books import Books, Sending
from trunkline.networks.whatsapp.cloud.arriving import confirm, quote_of
from trunkline.networks.whatsapp.cloud.capabilities import WINDOW_MS
from trunkline.networks.whatsapp.cloud.composing import Json, body_of, check, info_of
from trunkline.networks.whatsapp.cloud.files import Files
from trunkline.networks.whatsapp.cloud.people import chat_with, is_user_id, jid_of, known_as, recipient
from trunkline.networks.whatsapp.cloud.refusals import TEMPLATES
from trunkline.networks.whatsapp.emoji import is_emoji
from trunkline.networks.whatsapp.jids import is_jid, is_lid, person_of
from trunkline.networks.whatsapp.record import record

_LONGEST_TYPING_MS = 25_000
"""How long the sign is shown. Source: developers.facebook.com, typing indicators, seen 2026-11-23."""
_HOUR_MS = 3_600_000


class Sends(Files):
    """send, start"""

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send one message."""
        check(command.text, command.files)
        await self._chat(command.chat)
        if command.quote is not None:
            await self._message(command.chat, command.quote)
        await self._check_window(command.chat)
        if command.typing_ms:
            await self._type(command.chat, min(command.typing_ms, _LONGEST_TYPING_MS))
        return await self._say(command.chat, command.text, command.files, token, command.quote)

    async def start(self, command: StartChat, token: str) -> Done:
        """Say the first message to a phone number. Only where the person wrote within 24 hours: Meta wants a template else."""
        check(command.text, command.files)
        if len(command.people) != 1 or command.title is not None:
            raise NotPossible("WhatsApp Business starts chats with one person and without a title. Nothing was sent.")
        named = command.people[0] if is_user_id(command.people[0]) else person_of(command.people[0])
        if named is None or is_lid(named):
            raise InvalidRecipient(
                "A person on WhatsApp Business is named by phone number with country code (+491712345678) or by provider id."
                " Nothing was sent."
            )
        person = await self._number.books(lambda books: books.meaning(named))
        await self._check_window(person)
        done = await self._say(person, command.text, command.files, token, None)
        chat = next((event.chat for event in done.events if isinstance(event, MessageArrived)), person)
        info = (await self._chat(chat)).info
        return msgspec.structs.replace(done, chat=chat, events=(ChatChanged(info=info), *done.events))

    async def _check_window(self, chat: str) -> None:
        """Refuse free text after the person's 24 hours. Raises NotPossible.

        Of somebody who was not heard of here, nobody knows in the first 24 hours of an account; then Meta decides.
        """
        now = self._number.clock()
        wrote, since = await self._number.books(lambda books: (books.fact(f"wrote {chat}"), books.fact("since")))
        last = int(wrote) if wrote is not None else None
        if last is None and now - int(since or 0) < WINDOW_MS:
            return
        if last is not None and now - last < WINDOW_MS:
            return
        ago = "has not written here" if last is None else f"last wrote {(now - last) // _HOUR_MS} hours ago"
        raise NotPossible(f"This person {ago}. Nothing was sent. {TEMPLATES}")

    async def _say(self, chat: str, text: str | None, files: tuple[OutgoingFile, ...], token: str, quote: str | None) -> Done:
        uploaded = [(file, await self._upload(file)) for file in files]
        body = body_of(recipient(chat), text, uploaded[0] if uploaded else None, quote)
        body["biz_opaque_callback_data"] = token
        now, own = self._number.clock(), self._number.own

        def note(books: Books) -> None:
            message = MessageArrived(
                chat=chat, provider_id="", at_ms=now, order=0, sender=own, is_own=True, text=text or None, token=token,
                files=tuple(info_of(file, media) for file, media in uploaded),
                quote=None if quote is None else quote_of(books, chat, quote, chat),
            )  # fmt: skip
            books.put_sending(Sending(token, chat, token, body, (message,)), now)

        await self._number.books(note)
        self._number.awaited.add(token)
        try:
            answer = await self._posted(body, token)
            message = _id_in(answer)
            error = await self._number.verdict(message, self._number.options.status_ms)
            if error is not None:
                raise error
            events = await self._number.books(lambda books: _taken(books, own, token, message, _address_in(answer)))
            if not events and (error := await self._number.verdict(message, 0)) is not None:
                # Meta said so in the moment between.
                raise error
        finally:
            self._number.awaited.discard(token)
        return Done(provider_id=message, events=events)

    async def _posted(self, body: Json, token: str) -> Json:
        """The answer; where it is lost, but Meta's word that it failed has come, that."""
        try:
            return await self._post_or_forget(body, token)
        except NetworkFailed:
            if (error := await self._number.verdict(token, 0)) is not None:
                raise error from None
            raise

    async def _post_or_forget(self, body: Json, token: str) -> Json:
        """Send. What is certain not to have gone out is no more on its way."""
        try:
            return await self._number.client.post(f"{self._number.id}/messages", body)
        except TrunklineError as error:
            if isinstance(error, NotReached) or not isinstance(error, NetworkFailed):
                await self._number.books(lambda books: books.drop_sending(token))
            # The last thing here: it ends the listening, and with it whatever still waits, such as this send's own refusal.
            self._number.fail(error)
            raise

    async def _post(self, body: Json) -> Json:
        try:
            return await self._number.client.post(f"{self._number.id}/messages", body)
        except TrunklineError as error:
            self._number.fail(error)
            raise

    async def _type(self, chat: str, typing_ms: int) -> None:
        """Show that we type, where there is a message to show it for."""
        last = await self._number.books(lambda books: books.fact(f"last {chat}"))
        if last is None:
            return
        try:
            await self._post(_read(last) | {"typing_indicator": {"type": "text"}})
        except (AccountError, Throttled):
            raise
        except (NetworkError, NetworkRefusal):
            # A sign that is not shown keeps no message back: Meta knows no more of a message that is some weeks old.
            return
        await self._note_read(chat, last)
        await asyncio.sleep(typing_ms / 1000)

    async def _note_read(self, chat: str, message: str) -> tuple[Event, ...]:
        own = self._number.own
        read = ReadUpTo(chat=chat, provider_id=message, at_ms=self._number.clock(), person=None)

        def note(books: Books) -> None:
            record(books, own, read)

        await self._number.books(note)
        return (read,)


class Reads(Sends):
    """read"""

    async def set_chat(self, command: SetChat) -> Done:
        """Mark the person's last message as read, and what came before it. It cannot be taken back."""
        await self._chat(command.chat)
        if command.switch != "read" or not command.on:
            raise NotPossible("WhatsApp Business cannot mark a chat as unread. Nothing was changed.")
        last = await self._number.books(lambda books: books.fact(f"last {command.chat}"))
        if last is None:
            raise NotPossible("The person has said nothing here that could be marked as read. Nothing was changed.")
        await self._post(_read(last))
        return Done(events=await self._note_read(command.chat, last))


class Reacts(Reads):
    """react"""

    async def react(self, command: React) -> Done:
        """Put or take off an emoji; one per person, a new one replaces the old."""
        if command.value and not is_emoji(command.value):
            raise NotPossible("WhatsApp takes one native emoji, such as 👍. Nothing was done.")
        known = await self._message(command.chat, command.message)
        own = self._number.own
        if next((each.value for each in known.reactions if each.sender == own.provider_id), "") == command.value:
            return Done()
        await self._check_window(command.chat)
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient(command.chat),
            "type": "reaction",
            "reaction": {"message_id": command.message, "emoji": command.value},
        }
        await self._post(body)
        event = ReactionChanged(
            chat=command.chat,
            provider_id=command.message,
            at_ms=self._number.clock(),
            sender=own,
            value=command.value,
            removed=not command.value,
        )
        kept = await self._number.books(lambda books: record(books, own, event))
        return Done(events=() if kept is None else (kept,))


def _taken(books: Books, own: PersonInfo, token: str, message: str, address: str | None) -> tuple[Event, ...]:
    """Meta has taken it under this id; its status may have been posted before. address: the number that it found."""
    sending = books.sending(token)
    if sending is not None and address is not None and address != sending.chat and books.chat(sending.chat) is None:
        # Some countries write a number in two ways; WhatsApp has its own.
        books.put_alias(sending.chat, address)
        effects = tuple(
            msgspec.structs.replace(each, chat=address) for each in sending.effects if isinstance(each, MessageArrived)
        )
        books.put_sending(Sending(token, address, token, sending.composed, effects), sending_at(effects))
    confirm(books, own, token, message)
    known = books.message_anywhere(message)
    if known is not None:
        chat_with(books, own, known_as(books, known.chat), known.at_ms)
    return () if known is None else (known,)


def sending_at(effects: tuple[MessageArrived, ...]) -> int:
    """When a send was noted."""
    return effects[0].at_ms if effects else 0


def _read(message: str) -> Json:
    return {"messaging_product": "whatsapp", "status": "read", "message_id": message}


def _id_in(answer: Json) -> str:
    """The id of the message. Raises NetworkFailed: it went out, and nobody knows as what; its status tells."""
    messages: Any = answer.get("messages")
    found = messages[0].get("id") if isinstance(messages, list) and messages and isinstance(messages[0], dict) else None
    if not isinstance(found, str) or not found:
        raise NetworkFailed("WhatsApp did not say under which id it took the message.")
    return found


def _address_in(answer: Json) -> str | None:
    contacts: Any = answer.get("contacts")
    number = contacts[0].get("wa_id") if isinstance(contacts, list) and contacts and isinstance(contacts[0], dict) else None
    try:
        address = jid_of(str(number))
    except ValueError:
        return None
    return address if is_jid(address) else None
