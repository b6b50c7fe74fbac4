"""What happened in a few chats, as a list of events, and what must be stored in the end: told twice, by two simple rules.

`events_of` makes the events of a story from a seed. `expected` folds the same events into what a reader should see. The model
knows nothing of arrival: it looks at the times in the events alone.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from trunkline.contract.events import (
    DeliveredUpTo,
    Event,
    FileInfo,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonInfo,
    QuoteInfo,
    ReactionChanged,
    ReactionInfo,
    ReadUpTo,
)
from trunkline.model.times import to_wire

START_MS = 1_790_000_000_000
EMOJIS = ("👍", "❤️", "😂", "🎉")
ME = "me"


@dataclass(frozen=True)
class Chat:
    """One chat of the story. several: its network lets a person put more than one reaction on a message."""

    name: str
    people: tuple[str, ...]
    several: bool
    step_ms: int
    """Between two messages, 0 for many in one millisecond."""
    reads_on: bool


def chats_of(count: int) -> list[Chat]:
    """Chats of every kind: dense and sparse, with two people and with many."""
    return [
        Chat(
            name=f"chat{number}",
            people=tuple(f"person{number % 7 + extra}" for extra in range(1 if number % 3 else 6)),
            several=number % 4 == 0,
            step_ms=(0, 1, 1000)[number % 3],
            reads_on=number % 2 == 0,
        )
        for number in range(count)
    ]


@dataclass
class Teller:
    """Tells one chat's story."""

    chat: Chat
    chance: random.Random
    told: list[Any] = field(default_factory=list)
    messages: list[MessageArrived] = field(default_factory=list)
    clock: int = START_MS
    later: int = START_MS + 10**9
    """Times of what happens to messages, each its own."""

    def tell(self, count: int) -> list[Any]:
        """So many events."""
        while len(self.told) < count:
            self.next()
        return self.told

    def next(self) -> None:
        """One thing happens: mostly a message."""
        tells = (
            self._message, self._edit, self._retold, self._reaction, self._read, self._read_own, self._delivered, self._removal
        )  # fmt: skip
        how = self.chance.choices(tells, weights=(60, 6, 3, 16, 5, 3, 4, 3))[0]
        (how if self.messages else self._message)()

    def _moment(self) -> int:
        self.later += self.chance.randint(1, 1000)
        return self.later

    def _any(self) -> MessageArrived:
        return self.chance.choice(self.messages[-400:])

    def _message(self) -> None:
        number, chance = len(self.messages), self.chance
        if chance.random() < 0.7:
            self.clock += self.chat.step_ms
        if number % 300 == 299:
            self.clock += 1  # a millisecond holds a lot of messages, but no network puts all of them into one
        sender = ME if chance.random() < 0.4 else chance.choice(self.chat.people)
        quoted = self._any() if self.messages and chance.random() < 0.1 else None
        message = MessageArrived(
            chat=self.chat.name,
            provider_id=f"m{number:06}",
            at_ms=self.clock,
            order=number,
            sender=PersonInfo(provider_id=sender, name=sender.title()),
            is_own=sender == ME,
            text=f"said {self.chat.name} word{number}" if chance.random() < 0.95 else None,
            files=(FileInfo(type="img", ref=f"r{number}", media_type="image/png"),) if chance.random() < 0.05 else (),
            quote=None if quoted is None else QuoteInfo(provider_id=quoted.provider_id, sender="x", text=quoted.text),
            thread=self._any().provider_id if self.messages and chance.random() < 0.05 else None,
            reactions=self._shown() if chance.random() < 0.05 else (),
            event_type=1 if chance.random() < 0.02 else None,
            raw=f'{{"n":{number}}}' if chance.random() < 0.5 else None,
        )
        self.messages.append(message)
        self.told.append(message)

    def _shown(self) -> tuple[ReactionInfo, ...]:
        return (ReactionInfo(value=self.chance.choice(EMOJIS), sender=self.chance.choice(self.chat.people)),)

    def _edit(self) -> None:
        target, at = self._any(), self._moment()
        self._add(MessageChanged, target, at_ms=at, text=f"edited {self.chat.name} edit{at}")

    def _retold(self) -> None:
        """The network shows a message again, as it has become meanwhile."""
        at = self._moment()
        text = f"edited {self.chat.name} edit{at}"
        self.told.append(msgspec.structs.replace(self._any(), text=text, edited=True, edited_at_ms=at))

    def _removal(self) -> None:
        self._add(MessageRemoved, self._any(), at_ms=self._moment())

    def _reaction(self) -> None:
        sender = self.chance.choice((ME, *self.chat.people))
        self._add(
            ReactionChanged,
            self._any(),
            at_ms=self._moment(),
            sender=PersonInfo(provider_id=sender),
            value=self.chance.choice(EMOJIS),
            removed=self.chance.random() < 0.3,
            several=self.chat.several,
        )

    def _read(self) -> None:
        """People read on and never back."""
        self._add(ReadUpTo, self.messages[-1], at_ms=self._moment(), person=self.chance.choice(self.chat.people))

    def _read_own(self) -> None:
        """In every other chat our user soon loses interest: much stays unread."""
        if self.chat.reads_on or len(self.messages) < 50:
            self._add(ReadUpTo, self.messages[-1], at_ms=self._moment(), person=None)

    def _delivered(self) -> None:
        self._add(DeliveredUpTo, self.messages[-1], at_ms=self._moment())

    def _add(self, kind: Any, target: MessageArrived, **more: Any) -> None:
        self.told.append(kind(chat=target.chat, provider_id=target.provider_id, **more))


def events_of(chats: Iterable[Chat], each: int, seed: int) -> list[Event]:
    """The stories of all chats."""
    return [event for chat in chats for event in Teller(chat, random.Random(f"{seed} {chat.name}")).tell(each)]


def deliveries(events: list[Event], repeats: int, seed: int) -> list[Event]:
    """Each event one to `repeats` times, all shuffled."""
    chance = random.Random(seed)
    many = [event for event in events for _ in range(chance.randint(1, repeats))]
    chance.shuffle(many)
    return many


@dataclass(frozen=True)
class Expected:
    """A chat in the end."""

    messages: Sequence[Mapping[str, Any]]
    """Newest first, cut down to what the story tells of."""
    unread: int
    timestamp: str


def expected(chat: Chat, events: Iterable[Event]) -> Expected:
    """What a reader should see."""
    mine = [event for event in events if getattr(event, "chat", None) == chat.name]
    shown_once = {event.provider_id: event for event in mine if isinstance(event, MessageArrived)}
    arrived = sorted(shown_once.values(), key=lambda one: (one.at_ms, one.order))
    place = {message.provider_id: number for number, message in enumerate(arrived)}
    about: dict[str, list[Any]] = {message.provider_id: [] for message in arrived}
    for event in mine:
        if isinstance(event, MessageChanged | MessageRemoved | ReactionChanged):
            about[event.provider_id].append(event)
        if isinstance(event, MessageArrived) and event.edited_at_ms is not None:
            edit = MessageChanged(chat=event.chat, provider_id=event.provider_id, at_ms=event.edited_at_ms, text=event.text)
            about[event.provider_id].append(edit)
    reads = [event for event in mine if isinstance(event, ReadUpTo)]
    own = max((place[event.provider_id] for event in reads if event.person is None), default=-1)
    peers = [(place[event.provider_id], event.person, event.at_ms) for event in reads if event.person is not None]
    delivered = max((place[event.provider_id] for event in mine if isinstance(event, DeliveredUpTo)), default=-1)
    shown = []
    unread = 0
    for number, message in enumerate(arrived):
        shown.append(_shown(message, about[message.provider_id], several=chat.several))
        readers: dict[str, str] = {}
        for _, person, at in sorted((one for one in peers if one[0] >= number), key=lambda one: -one[2]):
            readers[str(person)] = to_wire(at)
        read_by_others = message.is_own and bool(readers)
        shown[-1] |= {
            "seen": int(read_by_others if message.is_own else number <= own),
            "delivered": int(not message.is_own or read_by_others or number <= delivered),
            "seen_by": readers if message.is_own else {},
        }
        unread += not (message.is_own or message.event_type or shown[-1]["deleted"]) and number > own
    return Expected(shown[::-1], unread, to_wire(arrived[-1].at_ms))


def _shown(message: MessageArrived, about: list[Any], *, several: bool) -> dict[str, Any]:
    removed = any(isinstance(event, MessageRemoved) for event in about)
    edits = [event for event in about if isinstance(event, MessageChanged)]
    text = max(edits, key=lambda event: event.at_ms).text if edits else message.text
    return {
        "provider_id": message.provider_id,
        "sender_id": message.sender.provider_id,
        "timestamp": to_wire(message.at_ms),
        "is_sender": int(message.is_own),
        "is_event": int(message.event_type is not None),
        "deleted": int(removed),
        "edited": int(bool(edits) and not removed),
        "text": None if removed else text,
        "files": 0 if removed else len(message.files),
        "reactions": [] if removed else _reactions(message, about, several=several),
        "quotes": None if removed or message.quote is None else message.quote.provider_id,
        "answers": message.thread,
    }


def _reactions(message: MessageArrived, about: list[Any], *, several: bool) -> list[tuple[str, str]]:
    made = [(message.at_ms, shown.sender, shown.value, False) for shown in message.reactions]
    made += [
        (event.at_ms, event.sender.provider_id, event.value, event.removed)
        for event in about
        if isinstance(event, ReactionChanged)
    ]
    standing: dict[tuple[str, str], tuple[int, str, str]] = {}
    for at, sender, value, removed in sorted(made):
        if not several:
            for other in [key for key in standing if key[0] == sender]:
                del standing[other]
        standing.pop((sender, value), None)
        if not removed:
            standing[sender, value] = (at, sender, value)
    return [(value, sender) for _, sender, value in sorted(standing.values())]
