"""R14 (security.md 8.1): whatever is sent, edited, deleted, reacted to, patched and read through the gate, in whatever order:
all reads agree with a simple model at every step. The networks are the sandbox's seven; its people act in between.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from tests.hub.sending_world import EVERY, SendingWorld, copied, opened, prepare, until

from trunkline.model.errors import NotPossible, TrunklineError, Unsupported
from trunkline.operations.chats import GetChat, ListAllChats, ListChatMessages, PatchChat, SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import (
    AddReaction,
    DeleteMessage,
    ForwardMessage,
    GetMessage,
    ListAllMessages,
    PatchMessage,
)
from trunkline.operations.own import SearchMessages
from trunkline.store import sqlite

from .conversation import WINDOW, Line, Talk, line_of

T = TypeVar("T")

EMOJIS = ("👍", "🎉", "😁")
STEPS = 30


@dataclass
class Bench:
    """The stack, and a loop to drive it from rules that are no coroutines."""

    runner: asyncio.Runner
    world: SendingWorld
    done: Counter[str] = field(default_factory=Counter)
    words: int = 0

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do it now."""
        return self.runner.run(coroutine)

    def word(self) -> str:
        """A word that nobody has said."""
        self.words += 1
        return f"word{self.words}x"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Everything, over a world of its own. What survives a power cut is another test's business."""
    monkeypatch.setattr(sqlite, "SYNCHRONOUS", "OFF")
    with asyncio.Runner() as runner:
        runner.run(prepare(tmp_path / "prepared"))
        stack = AsyncExitStack()
        world = runner.run(stack.enter_async_context(opened(copied(tmp_path / "prepared", tmp_path))))
        yield Bench(runner, world)
        runner.run(stack.aclose())


class Conversation(RuleBasedStateMachine):
    """One account, two of its chats where it has two."""

    bench: Bench

    @initialize(account_type=st.sampled_from(EVERY))
    def open(self, account_type: str) -> None:
        self.account_type = account_type
        self.bench.run(self._open())

    async def _open(self) -> None:
        account = await self.bench.world.account(self.account_type)
        assert account.capabilities is not None
        self.account_id, self.own_id, self.sheet = account.id, account.identity, account.capabilities
        self.talks = [await self._talk(chat) for chat in await self._plain_chats()]

    async def _plain_chats(self) -> list[dict[str, Any]]:
        listed = await self.bench.world.listed(self.account_type)
        there = await self.bench.world.control("chats", account=self.account_type)
        people = {chat["provider_id"]: chat["with"] for chat in there}
        plain = [
            chat | {"with": people[chat["provider_id"]][0]}
            for chat in listed
            if chat["type"] == 0 and not chat["read_only"] and "disabledFeatures" not in chat and "subject" not in chat
        ]
        return sorted(plain, key=lambda chat: str(chat["id"]))[:2]

    async def _talk(self, chat: dict[str, Any]) -> Talk:
        if self.sheet.read is not None:
            await self._ask(PatchChat(chat_id=chat["id"], action="setReadStatus", value=True))
        lines = [line_of(message) for message in await self._listed(chat["id"])]
        fresh = await self._ask(GetChat(chat_id=chat["id"]))
        flags = {name: fresh[name] for name in ("archived", "pinned", "muted_until")}
        return Talk(chat["id"], chat["provider_id"], chat["with"], lines, fresh["unread_count"], fresh["unread_count"], flags)

    # What is asked, and how

    async def _ask(self, operation: Operation[Any]) -> Any:
        return await self.bench.world.ask(operation)

    async def _listed(self, chat_id: str) -> list[dict[str, Any]]:
        return list((await self._ask(ListChatMessages(chat_id=chat_id, limit=WINDOW)))["items"])

    def do(self, name: str, operation: Operation[Any], refused: type[TrunklineError] | None = None) -> Any:
        """Ask; None when it is refused, as it should be."""
        self.bench.done[name if refused is None else f"{name} refused"] += 1
        if refused is None:
            return self.bench.run(self._ask(operation))
        with pytest.raises(refused):
            self.bench.run(self._ask(operation))
        return None

    def play(self, name: str, talk: Talk, **values: Any) -> Any:
        """The other side does something."""
        self.bench.done[f"other side: {name}"] += 1
        control = self.bench.world.control(name, account=self.account_type, chat=talk.provider_id, **values)
        return self.bench.run(control)

    def arrives(self, is_so: Callable[[], Awaitable[object]]) -> None:
        """Wait for the other side's doing to come in."""
        self.bench.run(until(is_so))

    # What we do

    @rule(data=st.data(), quoting=st.booleans())
    def send(self, data: st.DataObject, quoting: bool) -> None:
        assert self.sheet.send is not None
        talk = data.draw(st.sampled_from(self.talks))
        quoted = data.draw(st.sampled_from(talk.born)) if quoting and talk.born else None
        refused: type[TrunklineError] | None = None
        if quoted is not None and self.sheet.send.quote is None:
            refused = Unsupported
        elif quoted is not None and quoted.deleted:
            refused = NotPossible
        text = f"we say {self.bench.word()}"
        operation = SendMessageInChat(chat_id=talk.id, text=text, quote_id=None if quoted is None else quoted.id)
        sent = self.do("send", operation, refused)
        if sent is not None:
            message = self.bench.run(self._ask(GetMessage(message_id=sent["message_id"])))
            quotes = None if quoted is None else quoted.id
            talk.add(Line(message["id"], message["provider_id"], text, own=True, seen=False, quotes=quotes, born=True))

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        _, line = self._born(data)
        text = f"we correct {self.bench.word()}"
        if self.do("edit", PatchMessage(message_id=line.id, text=text), self._refused(line, self.sheet.edit)) is not None:
            line.say(text)

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        _, line = self._born(data)
        if self.do("delete", DeleteMessage(message_id=line.id), self._refused(line, self.sheet.delete)) is not None:
            line.take_back()

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data(), value=st.sampled_from(("", *EMOJIS)))
    def react(self, data: st.DataObject, value: str) -> None:
        _, line = self._born(data)
        refused = Unsupported if self.sheet.react is None else NotPossible if line.deleted else None
        if self.do("react", AddReaction(message_id=line.id, reaction=value), refused) is not None:
            line.react(self.own_id, value, several=self.sheet.react is not None and self.sheet.react.several)

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data())
    def forward(self, data: st.DataObject) -> None:
        _, line = self._born(data)
        target = data.draw(st.sampled_from(self.talks))
        refused = Unsupported if self.sheet.forward is None else NotPossible if line.deleted else None
        sent = self.do("forward", ForwardMessage(message_id=line.id, chat_id=target.id), refused)
        if sent is not None:
            assert self.sheet.forward is not None
            message = self.bench.run(self._ask(GetMessage(message_id=sent["message_id"])))
            new = Line(message["id"], message["provider_id"], line.text, own=True, seen=False, born=True)
            new.forwarded = self.sheet.forward.way == "native"
            target.add(new)

    @rule(data=st.data(), on=st.booleans())
    def set_read(self, data: st.DataObject, on: bool) -> None:
        talk = data.draw(st.sampled_from(self.talks))
        refused: type[TrunklineError] | None = Unsupported if self.sheet.read is None else None
        if refused is None and not on and self.account_type == "MESSENGER":
            refused = NotPossible
        if self.do("mark read", PatchChat(chat_id=talk.id, action="setReadStatus", value=on), refused) is not None:
            talk.read() if on else talk.mark_unread()

    @rule(data=st.data(), action=st.sampled_from(("setMuteStatus", "setArchiveStatus", "setPinnedStatus")), on=st.booleans())
    def patch(self, data: st.DataObject, action: str, on: bool) -> None:
        talk = data.draw(st.sampled_from(self.talks))
        field_name, needs, value = {
            "setMuteStatus": ("muted_until", self.sheet.mute, -1 if on else None),
            "setArchiveStatus": ("archived", self.sheet.archive, int(on)),
            "setPinnedStatus": ("pinned", self.sheet.pin, int(on)),
        }[action]
        refused = Unsupported if needs is None else None
        operation = PatchChat(chat_id=talk.id, action=action, value=on)  # type: ignore[arg-type]  # one of the eight
        if self.do("patch", operation, refused) is not None:
            talk.flags[field_name] = value

    # What the other side does

    @rule(data=st.data())
    def peer_says(self, data: st.DataObject) -> None:
        talk = data.draw(st.sampled_from(self.talks))
        text = f"they say {self.bench.word()}"
        made = self.play("write", talk, **{"as": talk.peer}, text=text)

        async def is_there() -> bool:
            return bool((await self._listed(talk.id))[0]["provider_id"] == made["provider_id"])

        self.arrives(is_there)
        message = self.bench.run(self._listed(talk.id))[0]
        talk.add(Line(message["id"], message["provider_id"], text, own=False, seen=False, born=True))

    @precondition(lambda self: self._theirs())
    @rule(data=st.data())
    def peer_edits(self, data: st.DataObject) -> None:
        talk, line = data.draw(st.sampled_from(self._theirs()))
        text = f"they correct {self.bench.word()}"
        self.play("edit", talk, **{"as": talk.peer}, message=line.provider_id, text=text)
        line.say(text)
        self._until_shown(line)

    @precondition(lambda self: self._theirs())
    @rule(data=st.data())
    def peer_deletes(self, data: st.DataObject) -> None:
        talk, line = data.draw(st.sampled_from(self._theirs()))
        self.play("delete", talk, **{"as": talk.peer}, message=line.provider_id)
        talk.peer_takes_back(line)
        self._until_shown(line)

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data())
    def peer_reads(self, data: st.DataObject) -> None:
        talk = data.draw(st.sampled_from([talk for talk in self.talks if talk.born]))
        self.play("read", talk, **{"as": talk.peer}, message=talk.lines[0].provider_id)
        talk.peer_reads()
        newest_own = next((line for line in talk.lines[:WINDOW] if line.own), None)
        if newest_own is not None:
            self._until_shown(newest_own)

    # What is seen, after every step

    @invariant()
    def the_chats_are_as_the_model_says(self) -> None:
        for talk in getattr(self, "talks", ()):
            shown = [line_of(message).shown() for message in self.bench.run(self._listed(talk.id))]
            assert shown == [line.shown() for line in talk.lines[:WINDOW]]
            chat = self.bench.run(self._ask(GetChat(chat_id=talk.id)))
            assert {name: chat[name] for name in talk.flags} == talk.flags
            assert chat["unread_count"] == talk.unread
            assert chat["lastMessage"]["id"] == talk.lines[0].id

    @precondition(lambda self: any(talk.born for talk in self.talks))
    @rule(data=st.data())
    def every_other_read_agrees(self, data: st.DataObject) -> None:
        talk, line = self._born(data)
        assert line_of(self.do("get", GetMessage(message_id=line.id))).shown() == line.shown()
        self._search(talk, line)
        self._list()

    def _search(self, talk: Talk, line: Line) -> None:
        """Messages are found by the words they have now, and by no words that they had."""
        for number in range(max(1, self.bench.words - 3), self.bench.words + 1):
            word = f"word{number}x"
            saying = {one.id for talk in self.talks for one in talk.lines if word in (one.text or "").split()}
            found = self.do("search", SearchMessages(query=word, account_id=self.account_id))["items"]
            assert {message["id"] for message in found} == saying
        if line.text is not None:
            found = self.do("search", SearchMessages(query=f'"{line.text}"', chat_id=talk.id))["items"]
            assert line.id in {message["id"] for message in found}

    def _list(self) -> None:
        """Lists over the account show the same."""
        born = [line for talk in self.talks for line in talk.lines if line.born]
        listed = self.do("list", ListAllMessages(account_id=self.account_id, limit=250))["items"]
        assert {line.id for line in born} <= {message["id"] for message in listed[: len(born)]}
        mine = {talk.id for talk in self.talks}
        for is_unread in (True, False):
            found = self.do("list", ListAllChats(account_id=self.account_id, unread=is_unread, limit=250))["items"]
            shown = {chat["id"] for chat in found} & mine
            assert shown == {talk.id for talk in self.talks if (talk.unread > 0) == is_unread}

    # Choosing

    def _born(self, data: st.DataObject) -> tuple[Talk, Line]:
        return data.draw(st.sampled_from([(talk, line) for talk in self.talks for line in talk.born]))

    def _theirs(self) -> list[tuple[Talk, Line]]:
        talks: list[Talk] = getattr(self, "talks", [])
        return [(talk, line) for talk in talks for line in talk.born if not line.own and not line.deleted]

    def _refused(self, line: Line, ability: object) -> type[TrunklineError] | None:
        if ability is None:
            return Unsupported
        return NotPossible if line.deleted or not line.own else None

    def _until_shown(self, line: Line) -> None:
        async def is_shown() -> bool:
            return line_of(await self._ask(GetMessage(message_id=line.id))).shown() == line.shown()

        self.arrives(is_shown)


def converse(bench: Bench, conversations: int, *, same: bool) -> None:
    """Run the machine. same: the same conversations each time."""

    class Here(Conversation):
        pass

    Here.bench = bench
    chosen = settings(
        max_examples=conversations,
        stateful_step_count=STEPS,
        phases=[Phase.generate],  # a failure is shown as it happened: to shrink it would take minutes
        derandomize=same,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=chosen)
    print(f"R14: {conversations} conversations, {sum(bench.done.values())} steps: {dict(sorted(bench.done.items()))}")
    wanted = {"send", "edit", "delete", "react", "forward", "mark read", "patch", "get", "search", "list"}
    assert wanted <= bench.done.keys(), "every kind of step was taken"


@pytest.mark.slow
def test_whatever_is_done_every_read_agrees_with_a_model(bench: Bench) -> None:
    converse(bench, 100, same=True)


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(10))
def test_whatever_is_done_two_thousand_times_every_read_agrees_with_a_model(bench: Bench, part: int) -> None:
    converse(bench, 200, same=False)
