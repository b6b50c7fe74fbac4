"""Letting the people of the world act: write, edit, delete, react, read, rename, leave."""

import msgspec

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    MessageArrived,
    MessageChanged,
    PersonChanged,
    ReactionChanged,
    ReactionInfo,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.model.errors import InvalidArgument
from trunkline.networks.sandbox.controls.arguments import (
    Receive,
    Strange,
    Title,
    Touch,
    Write,
    chat_id,
    direct_chat,
    the_account,
    who_where,
)
from trunkline.networks.sandbox.controls.attached import attached
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.networks.sandbox.world import chats, events, messages, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.messages import Draft
from trunkline.networks.sandbox.world.people import Person
from trunkline.networks.sandbox.world.provider_ids import lid
from trunkline.networks.sandbox.world.world import World

_TITLE_CHANGED = 4
_LEFT = 7


async def write(world: World, logins: Logins, values: Write) -> object:
    """Somebody writes into a chat; a 1:1 chat is made where there is none."""
    return await world.change(lambda change: _write(change, values))


async def edit(world: World, logins: Logins, values: Touch) -> object:
    """Somebody edits a message of theirs."""

    def work(change: Change) -> object:
        account, _, chat = _where(change, values)
        message = _message(change, account, chat, values.message)
        edited = msgspec.structs.replace(message, text=values.text, edited=True, edited_at_ms=change.now_ms)
        messages.replace(change, account.key, edited)
        changed = MessageChanged(chat=chat, provider_id=message.provider_id, at_ms=change.now_ms, text=values.text)
        events.append(change, account.key, changed)
        return {"chat": chat, "provider_id": message.provider_id}

    return await world.change(work)


async def delete(world: World, logins: Logins, values: Touch) -> object:
    """Somebody deletes a message of theirs for everybody."""

    def work(change: Change) -> object:
        account, _, chat = _where(change, values)
        message = _message(change, account, chat, values.message)
        messages.remove(change, account, message, is_echo=False)
        return {"chat": chat, "provider_id": message.provider_id}

    return await world.change(work)


async def react(world: World, logins: Logins, values: Touch) -> object:
    """Somebody puts an emoji (`text`) on a message, or takes theirs off."""

    def work(change: Change) -> object:
        account, person, chat = _where(change, values)
        message = _message(change, account, chat, values.message)
        reactions = SHEETS[account.account_type].react
        several = reactions is not None and reactions.several
        given = ReactionInfo(value=values.text or "👍", sender=person.id)
        kept = tuple(other for other in message.reactions if other != given and (several or other.sender != person.id))
        after = kept if values.remove else (*kept, given)
        messages.replace(change, account.key, msgspec.structs.replace(message, reactions=after))
        changed = ReactionChanged(
            chat=chat, provider_id=message.provider_id, at_ms=change.now_ms, sender=person.info, value=given.value,
            removed=values.remove, several=several,
        )  # fmt: skip
        events.append(change, account.key, changed)
        return {"chat": chat, "provider_id": message.provider_id}

    return await world.change(work)


async def read(world: World, logins: Logins, values: Touch) -> object:
    """Somebody has read the chat up to a message; `me` reads on another device."""

    def work(change: Change) -> object:
        account, person, chat = _where(change, values)
        message = _message(change, account, chat, values.message)
        own = person.id == account.identity
        if own:
            chats.set_unread(change, account.key, chat, 0)
        told = ReadUpTo(chat=chat, provider_id=message.provider_id, at_ms=change.now_ms, person=None if own else person.id)
        events.append(change, account.key, told)
        return {"chat": chat, "provider_id": message.provider_id}

    return await world.change(work)


async def receive(world: World, logins: Logins, values: Receive) -> object:
    """Many messages arrive at once, in one transaction."""

    def work(change: Change) -> object:
        account = the_account(change.fetch, values.account)
        direct = sorted(chat.id for chat in chats.listed(change.fetch, account.key) if chat.peer is not None)
        if not 1 <= values.chats <= len(direct):
            raise InvalidArgument(f"chats must be 1 to {len(direct)}, not {values.chats}.")
        senders = {}
        for chat in direct[: values.chats]:
            found = chats.find(change.fetch, account.key, chat)
            assert found is not None
            person = people.find(change.fetch, account.key, found.peer or "")
            assert person is not None
            senders[chat] = person.info
        made = []
        for n in range(values.first, values.first + values.count):
            chat = direct[n % values.chats]
            text = values.text.replace("{n}", str(n))
            made.append(
                {"chat": chat, "provider_id": messages.post(change, account, Draft(chat, senders[chat], text)).provider_id}
            )
        return {"messages": made}

    return await world.change(work)


async def rename(world: World, logins: Logins, values: Title) -> object:
    """Somebody gives a group another title."""

    def work(change: Change) -> object:
        account, person = who_where(change.fetch, values.as_, values.account)
        chat = chat_id(change.fetch, account, values.chat)
        info = ChatInfo(provider_id=chat, name=values.title)
        chats.update(change, account.key, info)
        events.append(change, account.key, ChatChanged(info=info))
        text = f"{person.name} changed the title to {values.title}"
        messages.post(change, account, Draft(chat, person.info, text, extra=(("event_type", _TITLE_CHANGED),)))
        return {"chat": chat}

    return await world.change(work)


async def leave(world: World, logins: Logins, values: Title) -> object:
    """Somebody leaves a group."""

    def work(change: Change) -> object:
        account, person = who_where(change.fetch, values.as_, values.account)
        chat = chat_id(change.fetch, account, values.chat)
        chats.remove_member(change, account.key, chat, person.id)
        members = chats.complete(change.fetch, account.key, chat).members
        events.append(change, account.key, ChatChanged(info=ChatInfo(provider_id=chat, members=members)))
        messages.post(change, account, Draft(chat, person.info, f"{person.name} left", extra=(("event_type", _LEFT),)))
        return {"chat": chat}

    return await world.change(work)


async def alias(world: World, logins: Logins, values: Title) -> object:
    """A second id of a person becomes known, as WhatsApp's LIDs do."""

    def work(change: Change) -> object:
        account, person = who_where(change.fetch, values.as_, values.account)
        info = msgspec.structs.replace(person.info, also=(*person.info.also, lid(f"alias {person.id}")))
        people.add(change, account.key, Person(info, person.answers, person.distance))
        events.append(change, account.key, PersonChanged(info=info))
        return {"provider_id": person.id, "also": list(info.also)}

    return await world.change(work)


async def strange(world: World, logins: Logins, values: Strange) -> object:
    """Something happens that nobody has a word for."""

    def work(change: Change) -> object:
        account = the_account(change.fetch, values.account)
        chat = None if values.chat is None else chat_id(change.fetch, account, values.chat)
        raw = msgspec.json.encode(values.raw).decode()
        events.append(change, account.key, UnknownHappened(kind=values.kind, raw=raw, chat=chat))
        return {"kind": values.kind}

    return await world.change(work)


def _write(change: Change, values: Write) -> object:
    account, person = who_where(change.fetch, values.as_, values.account)
    is_own = person.id == account.identity
    if values.chat is None and is_own:
        raise InvalidArgument("Say which chat: our own user writes on another device.")
    chat = direct_chat(change.fetch, account, person.id) if values.chat is None else chat_id(change.fetch, account, values.chat)
    if chats.find(change.fetch, account.key, chat) is None:
        _make_direct(change, account, chat, person)
    draft = Draft(chat, person.info, values.text, attached(change, values), quote=values.quote, thread=values.thread)
    if values.text is None and not draft.files:
        raise InvalidArgument("A message needs a text or a file.")
    message = messages.post(change, account, draft)
    if is_own:
        # Who writes on another device has read the chat there.
        chats.set_unread(change, account.key, chat, 0)
        seen = ReadUpTo(chat=chat, provider_id=message.provider_id, at_ms=change.now_ms, person=None)
        events.append(change, account.key, seen)
    return {"account": f"{account.account_type}:{account.number}", "chat": chat, "provider_id": message.provider_id}


def _make_direct(change: Change, account: Account, chat: str, person: Person) -> None:
    info = ChatInfo(provider_id=chat, type=0, name=None, peer=person.id)
    chats.add(change, account.key, info, (account.identity, person.id), active_ms=change.now_ms)
    events.append(change, account.key, ChatChanged(info=chats.complete(change.fetch, account.key, chat)))


def _where(change: Change, values: Touch) -> tuple[Account, Person, str]:
    account, person = who_where(change.fetch, values.as_, values.account)
    if values.chat is None:
        return account, person, direct_chat(change.fetch, account, person.id)
    return account, person, chat_id(change.fetch, account, values.chat)


def _message(change: Change, account: Account, chat: str, provider_id: str) -> MessageArrived:
    found = messages.find(change.fetch, account.key, chat, provider_id)
    if found is None:
        raise InvalidArgument(f"The chat {chat} has no message {provider_id}.")
    return found
