"""Writing down what happened, once: what is known already is neither kept again nor told again."""

import msgspec
from msgspec import UNSET

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatRemoved,
    Event,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonChanged,
    PersonInfo,
    ReactionChanged,
    ReactionInfo,
    ReadUpTo,
)
from trunkline.networks.whatsapp.books import Books, Chat, changed
from trunkline.networks.whatsapp.jids import is_channel, is_group, is_person
from trunkline.networks.whatsapp.keyless import keyless


def record(books: Books, own: PersonInfo, event: Event) -> Event | None:
    """Take an event into the books. Gives it as it is kept; None where it brought nothing new."""
    if isinstance(event, MessageArrived):
        return _message(books, own, event)
    if isinstance(event, MessageChanged):
        return _edit(books, event)
    if isinstance(event, MessageRemoved):
        return _removal(books, event)
    if isinstance(event, ReactionChanged):
        return _reaction(books, event)
    if isinstance(event, ReadUpTo):
        return _read(books, event)
    if isinstance(event, ChatChanged):
        return _chat(books, own, event)
    if isinstance(event, ChatRemoved):
        return _gone(books, event)
    if isinstance(event, PersonChanged):
        books.put_person(event.info.provider_id, event.info.name or None)
    books.log(event)
    return event


def known_person(books: Books, own: PersonInfo, person: str, name: str | None = None) -> PersonInfo:
    """A person as they are known here."""
    if person == own.provider_id:
        return own
    known = books.person(person)
    if known is None or (name and known[0] != name):
        books.put_person(person, name)
    kept = name or (known[0] if known else None)
    return PersonInfo(provider_id=person, name=UNSET if kept is None else kept, also=books.aliases(person), picture=person)


def known_chat(books: Books, own: PersonInfo, chat: str, *, live: bool = True, at_ms: int = 0) -> Chat:
    """A chat; made and told of where it is new."""
    known = books.chat(chat)
    if known is not None:
        return known
    info = ChatInfo(provider_id=chat, type=0)
    if is_group(chat):
        info = ChatInfo(provider_id=chat, type=1, picture=chat)
        books.made_groups.add(chat)
    elif is_channel(chat):
        info = ChatInfo(provider_id=chat, type=2, read_only=True)
    elif is_person(chat):
        members = (own,) if chat == own.provider_id else (own, known_person(books, own, chat))
        info = ChatInfo(provider_id=chat, type=0, peer=chat, members=members)
    made = Chat(info, at_ms, 0)
    books.put_chat(made)
    books.log(ChatChanged(info=info, live=live))
    return made


def _message(books: Books, own: PersonInfo, event: MessageArrived) -> MessageArrived | None:
    known = books.message(event.chat, event.provider_id)
    if known is not None:
        return None
    chat = known_chat(books, own, event.chat, live=event.live, at_ms=event.at_ms)
    kept = msgspec.structs.replace(event, order=books.next_rank())
    books.put_message(kept)
    unread = chat.unread
    if kept.live:
        counts = not (kept.is_own or kept.hidden or kept.event_type is not None)
        unread = unread + 1 if counts else 0 if kept.is_own else unread
    books.put_chat(Chat(chat.info, max(chat.active_ms, kept.at_ms), unread))
    told = keyless(kept)
    books.log(told)
    return told


def _edit(books: Books, event: MessageChanged) -> MessageChanged | None:
    known = books.message(event.chat, event.provider_id)
    if known is not None:
        if known.deleted or (known.edited and (known.edited_at_ms or 0) > event.at_ms) or known.text == event.text:
            return None
        books.put_message(msgspec.structs.replace(known, text=event.text, edited=True, edited_at_ms=event.at_ms))
    books.log(event)
    return event


def _removal(books: Books, event: MessageRemoved) -> MessageRemoved | None:
    known = books.message(event.chat or "", event.provider_id)
    if known is not None:
        if known.deleted:
            return None
        gone = msgspec.structs.replace(
            known, text=None, files=(), quote=None, reactions=(), raw=None, deleted=True, edited=False
        )
        books.put_message(gone)
    books.log(event)
    return event


def _reaction(books: Books, event: ReactionChanged) -> ReactionChanged | None:
    known = books.message(event.chat, event.provider_id)
    if known is not None:
        sender = event.sender.provider_id
        others = tuple(each for each in known.reactions if books.meaning(each.sender) != sender)
        mine = () if event.removed else (ReactionInfo(value=event.value, sender=sender),)
        if known.deleted or {*others, *mine} == set(known.reactions):
            return None
        books.put_message(msgspec.structs.replace(known, reactions=(*others, *mine)))
    books.log(event)
    return event


def _read(books: Books, event: ReadUpTo) -> ReadUpTo | None:
    chat = books.chat(event.chat)
    if event.person is None and chat is not None:
        books.put_chat(Chat(chat.info, chat.active_ms, 0))
    books.log(event)
    return event


def _chat(books: Books, own: PersonInfo, event: ChatChanged) -> ChatChanged | None:
    chat = known_chat(books, own, event.info.provider_id, live=event.live)
    unread = event.info.unread_count
    info = msgspec.structs.replace(event.info, unread_count=UNSET)
    merged = changed(chat.info, info)
    is_read = unread is not UNSET and unread != chat.unread
    if merged is None and not is_read:
        return None
    active = info.active_at_ms if isinstance(info.active_at_ms, int) else 0
    books.put_chat(Chat(merged or chat.info, max(chat.active_ms, active), chat.unread if unread is UNSET else unread))
    books.log(event)
    return event


def _gone(books: Books, event: ChatRemoved) -> ChatRemoved | None:
    if books.chat(event.chat) is None:
        return None
    books.drop_chat(event.chat)
    books.log(event)
    return event


def confirm(books: Books, own: PersonInfo, message: str, at_ms: int | None = None) -> tuple[Event, ...]:
    """A message of ours is known to have arrived: what follows from it, as it is kept.

    at_ms: when the server took it. Nothing follows for what is not, or no more, on its way.
    """
    sending = books.sending(message)
    if sending is None:
        return ()
    books.drop_sending(message)
    kept = []
    for effect in sending.effects:
        event = effect
        if isinstance(event, MessageArrived) and at_ms is not None:
            event = msgspec.structs.replace(event, at_ms=at_ms)
        taken = record(books, own, event)
        if taken is not None:
            kept.append(taken)
    return tuple(kept)
