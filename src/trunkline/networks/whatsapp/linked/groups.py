"""Groups as Baileys describes them, taken into the books."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, json, structs

from trunkline.contract.events import ChatChanged, ChatInfo, PersonInfo
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.jids import is_group, is_person
from trunkline.networks.whatsapp.linked.identity import learn, person_in
from trunkline.networks.whatsapp.record import known_chat, known_person, record


class _Standing(Struct, frozen=True):
    """What decides whether our user may write in a group. is_told: WhatsApp has said something of it."""

    announce: bool = False
    is_in: bool = True
    is_admin: bool = False
    is_told: bool = False


_OF_OURS: Mapping[str, Mapping[str, bool]] = {
    "add": {"is_in": True},
    "remove": {"is_in": False, "is_admin": False},
    "promote": {"is_admin": True},
    "demote": {"is_admin": False},
}
"""What becomes of our user, by Baileys' word for what was done to participants."""


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
    before = _standing(books, chat)
    now = before
    if raw.get("participants"):
        members, is_admin = _members(books, own, raw["participants"])
        is_in = any(each.provider_id == own.provider_id for each in members)
        now = structs.replace(before, is_in=is_in, is_admin=is_admin, is_told=True)
    if raw.get("announce") is not None:
        now = structs.replace(now, announce=bool(raw["announce"]), is_told=True)
    made = raw.get("creation")
    info = ChatInfo(
        provider_id=chat,
        type=1,
        name=raw.get("subject") or UNSET,
        members=members,
        picture=chat,
        read_only=_stands(books, chat, now) if now.is_told else UNSET,
        active_at_ms=int(made) * 1_000 if isinstance(made, int) and books.chat(chat) is None else UNSET,
    )
    record(books, own, ChatChanged(info=info, live=live))
    return known_chat(books, own, chat).info


def take_members(books: Books, own: PersonInfo, data: Any) -> None:
    """People were added, removed or left, or became administrators or no more so."""
    chat, action = data.get("id"), data.get("action")
    if not isinstance(chat, str) or not is_group(chat):
        return
    info = known_chat(books, own, chat).info
    named, is_named_admin = _members(books, own, data.get("participants") or ())
    ids = {each.provider_id for each in named}
    if own.provider_id in ids and action in _OF_OURS:
        now = structs.replace(_standing(books, chat), is_told=True, **_OF_OURS[action])
        if action == "add":
            now = structs.replace(now, is_admin=is_named_admin)
        record(books, own, ChatChanged(info=ChatInfo(provider_id=chat, read_only=_stands(books, chat, now))))
    if action in ("add", "remove") and info.members is not UNSET:
        others = tuple(each for each in info.members if books.meaning(each.provider_id) not in ids)
        change_members(books, own, chat, (*others, *named) if action == "add" else others)


def _standing(books: Books, chat: str) -> _Standing:
    kept = books.fact(f"standing {chat}")
    if kept is not None:
        return json.decode(kept, type=_Standing)
    known = books.chat(chat)
    # Written down before this was kept: a group was read only then where administrators alone may write.
    return _Standing(announce=known is not None and known.info.read_only is True)


def _stands(books: Books, chat: str, now: _Standing) -> bool:
    """Keep how our user stands in the group; gives whether it is read only for them."""
    books.set_fact(f"standing {chat}", json.encode(now).decode())
    return not now.is_in or (now.announce and not now.is_admin)


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
