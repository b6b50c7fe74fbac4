"""What a session remembers of people and recent messages, so that what Telegram leaves out can be told all the same.

Telegram sends a quote as the number of the quoted message, a deletion in a private chat without its chat, and reactions as
what stands now instead of what changed.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Struct

from trunkline.contract.events import PersonInfo, ReactionInfo
from trunkline.networks.telegram.convert.ids import channel_number, entity_id
from trunkline.networks.telegram.convert.people import person_of

_MESSAGES_MOST = 10_000
_PEOPLE_MOST = 5_000

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Struct, kw_only=True):
    """A message that was seen in this session. topic: the number of its topic's first message."""

    sender: str
    text: str | None
    reactions: tuple[ReactionInfo, ...] = ()
    topic: int | None = None


class _Newest(Generic[K, V]):
    """A dictionary that forgets what was not used for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: K, value: V) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Known:
    """The memory of one session."""

    def __init__(self, own: PersonInfo) -> None:
        self.own = own
        self._people: _Newest[str, PersonInfo] = _Newest(_PEOPLE_MOST)
        self._messages: _Newest[tuple[str, int], Remembered] = _Newest(_MESSAGES_MOST)
        self._places: _Newest[int, str] = _Newest(_MESSAGES_MOST)

    def meet(self, entities: Iterable[Any]) -> None:
        """Users and chats that came with something."""
        for entity in entities:
            if type(entity).__name__.endswith(("Empty", "Forbidden")):
                continue
            person = person_of(entity)
            before = self._people.get(person.provider_id)
            if getattr(entity, "min", False) and before is not None and before.picture is not UNSET:
                person = msgspec.structs.replace(person, picture=before.picture)
            self._people.put(entity_id(entity), person)
            if person.is_self:
                self.own = person

    def person(self, provider_id: str) -> PersonInfo:
        """The person as far as known; nothing but the id where nobody told more."""
        if provider_id == self.own.provider_id:
            return self.own
        return self._people.get(provider_id) or PersonInfo(provider_id=provider_id)

    def note(self, chat: str, number: int, seen: Remembered) -> None:
        """A message was seen in a chat."""
        self._messages.put((chat, number), seen)
        if channel_number(chat) is None:
            self._places.put(number, chat)

    def message(self, chat: str, number: int) -> Remembered | None:
        """A message that was seen."""
        return self._messages.get((chat, number))

    def place(self, number: int) -> str | None:
        """The private chat or basic group of a message that was seen: they are numbered together."""
        return self._places.get(number)
