"""A few accounts with chats and messages, small enough to be filtered by hand: every list can be compared with a plain one."""

from dataclasses import dataclass
from typing import Any

from trunkline.contract.events import ChatChanged, ChatInfo, PersonInfo, ReadUpTo
from trunkline.model.networks import AccountType
from trunkline.model.times import to_wire
from trunkline.operations.chats import ListAllChats
from trunkline.store.store import Store

from .world import ME, NOW, World, add_account, new_world, said

PEOPLE = tuple(PersonInfo(provider_id=name, name=name.title()) for name in ("ada", "bob", "cleo"))
TYPES: tuple[AccountType, ...] = ("WHATSAPP", "SLACK", "WHATSAPP")
STEP_MS = 1_000


@dataclass(frozen=True)
class Line:
    """One message of the corpus; `moment` counts steps from NOW."""

    account: int
    chat: str
    name: str
    sender: str
    moment: int

    @property
    def at(self) -> str:
        """Its time on the wire."""
        return at(self.moment)


def at(moment: int) -> str:
    """The wire time of a moment."""
    return to_wire(NOW + moment * STEP_MS)


@dataclass(frozen=True)
class Corpus:
    """Three accounts of one person. Chat n of each is a 1:1 chat with person n; the last one has no messages."""

    worlds: tuple[World, ...]
    lines: tuple[Line, ...]
    chat_ids: dict[tuple[int, str], str]

    @property
    def world(self) -> World:
        """Any of them: a hub sees all accounts."""
        return self.worlds[0]

    def account_id(self, number: int) -> str:
        """The public id of an account."""
        return self.worlds[number].account.id

    def newest(self, account: int, chat: str) -> int:
        """The moment of a chat's newest message."""
        return max(line.moment for line in self.lines if (line.account, line.chat) == (account, chat))


async def new_corpus(store: Store) -> Corpus:
    """Written through ingest. Messages of all chats alternate; of each account the chat with Ada is read, the others not."""
    first = await new_world(store)
    others = [World(store, first.hub, await add_account(store, f"me{number}", TYPES[number])) for number in (1, 2)]
    worlds, lines = (first, *others), list[Line]()
    for number, world in enumerate(worlds):
        for person in PEOPLE:
            info = ChatInfo(provider_id=f"with {person.provider_id}", type=0, peer=person.provider_id, members=(person, ME))
            await world.take(ChatChanged(info=info))
        await world.take(ChatChanged(info=ChatInfo(provider_id="quiet", type=1, name="Quiet", members=(*PEOPLE, ME))))
        for moment in range(number, 90, 3):
            person = PEOPLE[moment // 3 % 3]
            chat, sender = f"with {person.provider_id}", ME if moment % 4 == 0 else person
            name = f"{number}.{moment}"
            lines.append(Line(number, chat, name, sender.provider_id, moment))
            await world.take(said(name, chat=chat, sender=sender, at_ms=NOW + moment * STEP_MS))
        last = max((line for line in lines if (line.account, line.chat) == (number, "with ada")), key=lambda line: line.moment)
        await world.take(ReadUpTo(chat=last.chat, provider_id=last.name, at_ms=NOW, person=None))
    ids: dict[tuple[int, str], str] = {}
    for number, world in enumerate(worlds):
        shown: list[dict[str, Any]] = await world.ask(ListAllChats(account_id=world.account.id))
        ids |= {(number, chat["provider_id"]): chat["id"] for chat in shown}
    return Corpus(worlds, tuple(lines), ids)
