"""Somebody was taken for two people, by a hidden number and by a phone number: they and their chats become one."""

from msgspec import UNSET, structs

from trunkline.contract.events import (
    ChatChanged,
    ChatMerged,
    Event,
    FileInfo,
    MessageArrived,
    PeopleMerged,
    PersonChanged,
    PersonInfo,
)
from trunkline.networks.whatsapp.books import Books, Chat

_MOST = 1 << 40


def join(books: Books, gone: str, name: str) -> None:
    """All that was known under one address is the other's; who listens is told so, in this order: person, chat."""
    former, known = books.person(gone), books.person(name)
    called = (known and known[0]) or (former and former[0]) or None
    books.put_person(name, called)
    books.drop_person(gone)
    person = PersonInfo(provider_id=name, name=UNSET if called is None else called, also=books.aliases(name), picture=name)
    # Told as a person of the first address's own right, before the second one leads there too.
    books.log(PersonChanged(info=structs.replace(person, also=())), PeopleMerged(into=person, gone=gone))
    chat = books.chat(gone)
    if chat is not None:
        _join_chats(books, chat, person)


def _join_chats(books: Books, gone: Chat, person: PersonInfo) -> None:
    former, name = gone.info.provider_id, person.provider_id
    kept = books.chat(name)
    if kept is None:
        members = gone.info.members
        if members is not UNSET:
            members = tuple(person if each.provider_id == former else each for each in members)
        kept = Chat(structs.replace(gone.info, provider_id=name, peer=name, members=members), gone.active_ms, 0)
        books.log(ChatChanged(info=kept.info))
    books.put_chat(Chat(kept.info, max(kept.active_ms, gone.active_ms), kept.unread + gone.unread))
    for message in books.messages(former, None, _MOST):
        if books.message(name, message.provider_id) is None:
            books.put_message(_said_in(message, former, person))
    for sending in books.sendings(former):
        effects = tuple(_happened_in(effect, former, person) for effect in sending.effects)
        books.redirect(structs.replace(sending, chat=name, effects=effects))
    books.drop_chat(former)
    books.drop_fact(f"whole {former}")
    books.drop_fact(f"whole {name}")
    books.log(ChatMerged(into=name, gone=former))


def _said_in(message: MessageArrived, former: str, person: PersonInfo) -> MessageArrived:
    """The message as it is in the other chat."""
    name = person.provider_id
    quote = message.quote
    if quote is not None:
        sender = name if quote.sender == former else quote.sender
        quote = structs.replace(quote, sender=sender, files=_files(quote.files, former, name))
    return structs.replace(
        message,
        chat=name,
        sender=person if message.sender.provider_id == former else message.sender,
        files=_files(message.files, former, name),
        quote=quote,
        reactions=tuple(structs.replace(each, sender=name) if each.sender == former else each for each in message.reactions),
    )


def _files(files: tuple[FileInfo, ...], former: str, name: str) -> tuple[FileInfo, ...]:
    return tuple(
        structs.replace(each, ref=f"{name}|{each.ref.partition('|')[2]}")
        if each.ref is not None and each.ref.startswith(f"{former}|")
        else each
        for each in files
    )


def _happened_in(event: Event, former: str, person: PersonInfo) -> Event:
    """What will follow from a message of ours, in the other chat."""
    if isinstance(event, MessageArrived):
        return _said_in(event, former, person)
    if getattr(event, "chat", None) == former:
        return structs.replace(event, chat=person.provider_id)
    return event
