"""What the server knows: people, groups, channels, and each account's own box of messages with its sequence (pts)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telethon.tl import types

NO_PHOTO = types.ChatPhotoEmpty()


@dataclass
class Person:
    """Somebody with an account. verifier: of the second password, 0 for none."""

    id: int
    first_name: str
    username: str | None = None
    phone: str | None = None
    photo: int | None = None
    verifier: int = 0
    is_banned: bool = False
    data_center: int = 2
    is_private: bool = False
    """Cannot be added to groups."""
    contacts: set[int] = field(default_factory=set)

    @property
    def access_hash(self) -> int:
        """By which others address them."""
        return self.id * 7_919 + 17


@dataclass
class Group:
    """A basic group: its messages lie in its members' boxes."""

    id: int
    title: str
    creator: int
    members: list[int]
    date: int
    link: str | None = None
    reactions: Any = None

    access_hash = 0


@dataclass
class Entry:
    """Something in a sequence."""

    pts: int
    count: int
    update: Any


@dataclass
class Sequence:
    """A pts and what it counts. floor: what lies before it was forgotten."""

    pts: int = 1
    floor: int = 1
    entries: list[Entry] = field(default_factory=list)

    def add(self, make: Callable[[int, int], Any], count: int = 1) -> Any:
        """Count something; make(pts, count) is the update."""
        self.pts += count
        update = make(self.pts, count)
        self.entries.append(Entry(self.pts, count, update))
        return update

    def since(self, pts: int) -> list[Entry]:
        """What came after a pts."""
        return [entry for entry in self.entries if entry.pts > pts]

    def forget(self) -> None:
        """Keep nothing of what happened so far."""
        self.floor = self.pts
        self.entries.clear()


@dataclass
class Room:
    """A channel or supergroup: one box of messages for all its members."""

    id: int
    title: str
    creator: int
    members: list[int]
    date: int
    is_broadcast: bool = False
    is_forum: bool = False
    closed: set[int] = field(default_factory=set)
    """Topics where nobody may write."""
    link: str | None = None
    reactions: Any = None
    messages: dict[int, Any] = field(default_factory=dict)
    sequence: Sequence = field(default_factory=Sequence)
    last_id: int = 0
    changed_at: int = 0

    def topic_of(self, number: int) -> int | None:
        """The topic that a message stands in or begins; None for the general one."""
        message = self.messages[number]
        if isinstance(getattr(message, "action", None), types.MessageActionTopicCreate):
            return number
        reply = message.reply_to
        return None if reply is None or not reply.forum_topic else reply.reply_to_top_id or reply.reply_to_msg_id

    @property
    def access_hash(self) -> int:
        """By which members address it."""
        return self.id * 104_729 + 3


@dataclass
class Place:
    """A dialog of an account: what only this account knows of a chat."""

    read_inbox: int = 0
    read_outbox: int = 0
    unread_mark: bool = False
    pinned: bool = False
    folder: int = 0
    mute_until: int = 0


@dataclass
class Box:
    """An account's messages of private chats and basic groups, its sequence, dialogs and folders."""

    owner: int
    messages: dict[int, Any] = field(default_factory=dict)
    by_chat: dict[str, dict[int, Any]] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    """Our number of a message, by its number in the world."""
    own_twins: dict[int, int] = field(default_factory=dict)
    """The other way round."""
    sequence: Sequence = field(default_factory=Sequence)
    places: dict[str, Place] = field(default_factory=dict)
    folders: dict[int, Any] = field(default_factory=dict)
    sent: dict[int, Any] = field(default_factory=dict)
    """Answers to sends, by random_id: a repeat gets the same."""
    last_id: int = 0

    def put(self, chat: str, message: Any) -> None:
        """Keep a message."""
        self.messages[message.id] = message
        self.by_chat.setdefault(chat, {})[message.id] = message

    def drop(self, number: int) -> None:
        """Keep a message no longer."""
        message = self.messages.pop(number)
        del self.by_chat[name_of(message.peer_id)][number]

    def place(self, chat: str) -> Place:
        """The dialog, made where there is none."""
        return self.places.setdefault(chat, Place())


class World:
    """All of it. now: milliseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.rooms: dict[int, Room] = {}
        self.boxes: dict[int, Box] = {}
        self.files: dict[int, bytes] = {}
        self.documents: dict[int, Any] = {}
        self.photos: dict[int, bytes] = {}
        self.photo_centers: dict[int, int] = {}
        """In which data centre a picture lies, where it is not the first."""
        self.last_number = 0
        self.reference = b"reference-1"
        """What a file must be asked for with, until references end."""

    def date(self) -> datetime:
        """The world's time in whole seconds, as messages carry it."""
        return datetime.fromtimestamp(self.now() // 1000, UTC)

    def seconds(self) -> int:
        """The same as a number."""
        return self.now() // 1000

    def number(self) -> int:
        """A number nobody has."""
        self.last_number += 1
        return self.last_number

    def user(self, number: int, viewer: int) -> Any:
        """A User as somebody sees it."""
        person = self.people[number]
        photo = types.UserProfilePhoto(person.photo, 2) if person.photo else None
        return types.User(
            id=person.id, is_self=number == viewer, access_hash=person.access_hash, first_name=person.first_name,
            username=person.username, phone=person.phone if number == viewer else None, photo=photo,
            contact=number in self.people[viewer].contacts,
        )  # fmt: skip

    def chat(self, name: str, viewer: int) -> Any:
        """A Chat or Channel as somebody sees it."""
        if is_room(name):
            room = self.rooms[room_number(name)]
            return types.Channel(
                id=room.id, title=room.title, photo=NO_PHOTO, date=datetime.fromtimestamp(room.date, UTC),
                access_hash=room.access_hash, broadcast=room.is_broadcast, megagroup=not room.is_broadcast, forum=room.is_forum,
                creator=room.creator == viewer, left=viewer not in room.members, participants_count=len(room.members),
            )  # fmt: skip
        group = self.groups[-int(name)]
        return types.Chat(
            id=group.id, title=group.title, photo=NO_PHOTO, participants_count=len(group.members),
            date=datetime.fromtimestamp(group.date, UTC), version=1, creator=group.creator == viewer,
            left=viewer not in group.members,
        )  # fmt: skip

    def with_them(self, viewer: int, things: list[Any]) -> tuple[list[Any], list[Any]]:
        """(users, chats) that messages and updates speak of."""
        people, chats = {viewer}, set()
        for peer in _peers_in(things):
            match peer:
                case types.PeerUser():
                    people.add(peer.user_id)
                case types.PeerChat():
                    chats.add(str(-peer.chat_id))
                case types.PeerChannel():
                    chats.add(room_name(peer.channel_id))
        users = [self.user(number, viewer) for number in sorted(people) if number in self.people]
        return users, [self.chat(name, viewer) for name in sorted(chats)]


def room_name(number: int) -> str:
    """A channel's id as bots write it."""
    return str(-1_000_000_000_000 - number)


def room_number(name: str) -> int:
    """The channel's own number."""
    return -int(name) - 1_000_000_000_000


def name_of(peer: Any) -> str:
    """The id of a Peer."""
    match peer:
        case types.PeerUser():
            return str(peer.user_id)
        case types.PeerChat():
            return str(-peer.chat_id)
    return room_name(peer.channel_id)


def is_room(name: str) -> bool:
    """Whether an id is a channel's or supergroup's."""
    return int(name) < -1_000_000_000_000


def peer_of(name: str) -> Any:
    """The Peer of a chat's id."""
    if is_room(name):
        return types.PeerChannel(room_number(name))
    return types.PeerChat(-int(name)) if name.startswith("-") else types.PeerUser(int(name))


def _peers_in(things: list[Any]) -> Iterator[Any]:
    for thing in things:
        message = getattr(thing, "message", thing)
        for each in (thing, message):
            yield getattr(each, "peer_id", None)
            yield getattr(each, "from_id", None)
            yield getattr(each, "peer", None)
            yield getattr(getattr(each, "fwd_from", None), "from_id", None)
            yield from (types.PeerUser(number) for number in getattr(getattr(each, "action", None), "users", None) or ())
        if hasattr(thing, "channel_id"):
            yield types.PeerChannel(thing.channel_id)
        for folder in getattr(thing, "folder_peers", None) or ():
            yield folder.peer
