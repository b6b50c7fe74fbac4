"""Who a person is: by phone number, or by Meta's own id of them where they show a user name instead of their number.

Such an id (`US.13491208655302741918`) is one person's for one business. Meta tells it beside the number, and alone where the
number is withheld. Source: developers.facebook.com, WhatsApp Business Platform, business-scoped user IDs, seen 2026-11-23.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from trunkline.contract.events import ChatChanged, ChatInfo, PersonChanged, PersonInfo
from trunkline.networks.whatsapp.books import Books, Chat
from trunkline.networks.whatsapp.record import record

_NUMBER = re.compile(r"[0-9]{5,20}")
_USER = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}")
_PHONE = "@s.whatsapp.net"


def jid_of(number: str) -> str:
    """The address of a phone number. Raises ValueError where it is none."""
    if _NUMBER.fullmatch(number) is None:
        raise ValueError("no phone number")
    return f"{number}{_PHONE}"


def is_user_id(text: str) -> bool:
    """Whether it is Meta's own id of a person."""
    return _USER.fullmatch(text) is not None


def recipient(address: str) -> dict[str, str]:
    """The part of a call that says to whom."""
    return {"recipient": address} if is_user_id(address) else {"to": address.removesuffix(_PHONE)}


def person_in(books: Books, number: Any, user: Any) -> str:
    """The address here of a person with this number, this id of Meta's, or both. What was used here first stays their address.

    Raises ValueError where there is neither.
    """
    phone = jid_of(str(number)) if number else None
    user_id = user if isinstance(user, str) and is_user_id(user) else None
    if phone is None and user_id is None:
        raise ValueError("nobody")
    if phone is not None and user_id is not None and books.meaning(phone) != books.meaning(user_id):
        is_by_user = books.is_used(user_id) and not books.is_used(phone)
        address, alias = (user_id, phone) if is_by_user else (phone, user_id)
        books.put_alias(alias, address)
        if books.is_used(address):
            books.log(PersonChanged(info=PersonInfo(provider_id=address, also=(alias,))))
    return books.meaning(phone or user_id or "")


def names_in(contacts: list[Mapping[str, Any]]) -> dict[str, str]:
    """The names of a post, by number and by Meta's id. A user name stands in where there is no other."""
    names = {}
    for each in contacts:
        profile = each.get("profile")
        profile = profile if isinstance(profile, Mapping) else {}
        user_name = profile.get("username")
        name = profile.get("name") or (f"@{str(user_name).removeprefix('@')}" if user_name else None)
        for key in ("wa_id", "user_id"):
            if name and each.get(key):
                names[str(each[key])] = str(name)
    return names


def known_as(books: Books, person: str) -> PersonInfo:
    """A person as they are known."""
    known = books.person(person)
    name = known[0] if known is not None and known[0] else UNSET
    return PersonInfo(provider_id=person, name=name, also=books.aliases(person))


def chat_with(books: Books, own: PersonInfo, person: PersonInfo, at_ms: int) -> None:
    """The chat with a person; made and told of where it is new, named anew where they have another name."""
    known = books.chat(person.provider_id)
    name = person.name or None
    if known is None:
        info = ChatInfo(provider_id=person.provider_id, type=0, peer=person.provider_id, members=(own, person))
        books.put_chat(Chat(info, at_ms, 0))
        books.put_person(person.provider_id, name)
        books.log(ChatChanged(info=info))
    elif name is not None and books.person(person.provider_id) != (name,):
        books.put_person(person.provider_id, name)
        record(books, own, ChatChanged(info=ChatInfo(provider_id=person.provider_id, members=(own, person))))
