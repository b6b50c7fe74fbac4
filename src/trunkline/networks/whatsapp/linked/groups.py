"""Groups as Baileys describes them, taken into the books."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from trunkline.contract.events import ChatChanged, ChatInfo, PersonInfo
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.jids import is_group, is_person
from trunkline.networks.whatsapp.linked.identity import learn, person_in
from trunkline.networks.whatsapp.record import known_chat, known_person, record


def take_all(books: Books, own: PersonInfo, data: Any, *, live: bool = True) -> None:
    """Groups, whole or what changed of them."""
    for raw in data:
        take_group(books, own, raw, live=live)


def take_group(books: Books, own: PersonInfo, raw: Mapping[str, Any], *, live: bool = True) -> ChatInfo | None:
    """One group, whole or what changed of it; gives what is known of it then."""
    chat = raw.get("id")
    if not isinstance(chat, str) or not is_group(chat):
        return None
    members: tuple[PersonInfo, ...] | Any = UNSET
    is_admin = False
    if raw.get("participants"):
        members, is_admin = _members(books, own, raw["participants"])
    announce = raw.get("announce")
    made = raw.get("creation")
    info = ChatInfo(
        provider_id=chat,
        type=1,
        name=raw.get("subject") or UNSET,
        members=members,
        picture=chat,
        read_only=bool(announce) and not is_admin if announce is not None and members is not UNSET else UNSET,
        active_at_ms=int(made) * 1_000 if isinstance(made, int) and books.chat(chat) is None else UNSET,
    )
    record(books, own, ChatChanged(info=info, live=live))
    return known_chat(books, own, chat).info


def take_members(books: Books, own: PersonInfo, data: Any) -> None:
    """People were added, removed or left."""
    chat = data.get("id")
    if not isinstance(chat, str) or not is_group(chat):
        return
    info = known_chat(books, own, chat).info
    if info.members is UNSET:
        return
    named, _ = _members(books, own, data.get("participants") or ())
    ids = {each.provider_id for each in named}
    others = tuple(each for each in info.members if each.provider_id not in ids)
    action = data.get("action")
    if action in ("add", "remove"):
        change_members(books, own, chat, (*others, *named) if action == "add" else others)


def change_members(books: Books, own: PersonInfo, chat: str, members: tuple[PersonInfo, ...]) -> ChatChanged | None:
    """The group's people are these now; None where they were so already."""
    known = known_chat(books, own, chat).info.members
    before = set() if known is UNSET else {each.provider_id for each in known}
    if {each.provider_id for each in members} == before:
        return None
    event = ChatChanged(info=ChatInfo(provider_id=chat, members=members))
    record(books, own, event)
    return event


def _members(books: Books, own: PersonInfo, participants: Any) -> tuple[tuple[PersonInfo, ...], bool]:
    """The people, and whether our own user is an administrator."""
    people: dict[str, PersonInfo] = {}
    is_admin = False
    for each in participants:
        raw = {"id": each} if isinstance(each, str) else each
        learn(books, raw.get("phoneNumber") or raw.get("id"), raw.get("lid") or raw.get("id"))
        person = person_in(books, raw.get("id"))
        if person in own.also:
            person = own.provider_id
        if not is_person(person):
            continue
        people[person] = known_person(books, own, person)
        is_admin = is_admin or (person == own.provider_id and bool(raw.get("admin")))
    return tuple(people.values()), is_admin
