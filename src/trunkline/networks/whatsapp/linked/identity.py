"""One person, two addresses: a phone number and a hidden number (LID). The first that was used here stays the name of both.

Were both used before it was known that they are one, the phone number stays, and all that was the other's becomes its own.
"""

from collections.abc import Mapping
from typing import Any

from trunkline.contract.events import PersonChanged, PersonInfo
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.jids import is_lid, is_person, plain_jid
from trunkline.networks.whatsapp.linked.joining import join


def learn(books: Books, one: object, other: object) -> None:
    """Two addresses are one person's. A phone number is preferred as the name, unless the hidden one was used already."""
    if not isinstance(one, str) or not isinstance(other, str) or not one or not other:
        return
    phone, lid = plain_jid(one), plain_jid(other)
    if is_lid(phone):
        phone, lid = lid, phone
    if not is_lid(lid) or is_lid(phone) or not is_person(phone):
        return
    if books.meaning(lid) == books.meaning(phone):
        return
    name, alias = (lid, phone) if books.is_used(lid) and not books.is_used(phone) else (phone, lid)
    was_apart = books.is_used(alias)
    books.rename_aliases(alias, name)
    books.put_alias(alias, name)
    if was_apart:
        join(books, alias, name)
        return
    if books.is_used(name):
        books.log(PersonChanged(info=PersonInfo(provider_id=name, also=(alias,))))


def learn_from_key(books: Books, key: Mapping[str, Any]) -> None:
    """What a message's key tells of who is who."""
    learn(books, key.get("remoteJid"), key.get("remoteJidAlt"))
    learn(books, key.get("participant"), key.get("participantAlt"))


def person_in(books: Books, jid: object) -> str:
    """The name here of the person at an address."""
    return books.meaning(plain_jid(jid)) if isinstance(jid, str) else ""


def chat_in(books: Books, key: Mapping[str, Any]) -> str:
    """The chat a key is about."""
    return person_in(books, key.get("remoteJid"))


def sender_in(books: Books, own: str, key: Mapping[str, Any], raw: Mapping[str, Any] | None = None) -> str:
    """Who wrote it."""
    if key.get("fromMe"):
        return own
    return person_in(books, key.get("participant") or (raw or {}).get("participant") or key.get("remoteJid"))
