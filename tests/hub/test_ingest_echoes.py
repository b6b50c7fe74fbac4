"""Our own messages come back: the echo and the answer settle the send once, whichever is first, and make one message."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import MessageArrived, MessageChanged
from trunkline.operations.backend import Call
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.store import calls, chats, connections, leases, outbox
from trunkline.store.engine import Transaction
from trunkline.store.outbox import Attempt, NewRow

from .world import ADA, ME, NOW, OWNER, World, said

TOKEN = "T" * 32


@dataclass(frozen=True)
class Send:
    """A send that is under way."""

    world: World
    row_no: int
    call_no: int
    public_id: str

    async def state(self) -> tuple[str, str]:
        """The row's and the call's."""
        row, call = await outbox.by_no(self.world.store.db, self.row_no), await calls.by_no(self.world.store.db, self.call_no)
        assert row is not None
        assert call is not None
        return row.state, call.state

    async def answer(self) -> Any:
        """What the caller is told."""
        call = await calls.by_no(self.world.store.db, self.call_no)
        assert call is not None
        assert call.answer is not None
        return json.loads(call.answer)["body"]


@pytest.fixture
async def send(world: World) -> Send:
    """Claimed, and not answered yet, in a chat where Ada has written."""
    store, public_id = world.store, world.store.new_id()
    await world.take(said("hello"))

    async def work(tx: Transaction) -> tuple[int, int]:
        chat = await chats.by_provider_id(tx, world.account.no, "chat")
        assert chat is not None
        granted = await connections.add(
            tx, pcid="p", principal=1, owner=OWNER, name="c", roads={"test"}, accounts=None, chats=None, effects={"send"},
            mode="open", at_ms=NOW,
        )  # fmt: skip
        call = Call(
            principal=1, connection=granted.no, key_id=None, surface="rest", operation="send_message_in_chat", at_ms=NOW,
            fingerprint=b"f" * 32, deadline_ms=NOW + 30_000,
        )  # fmt: skip
        begun = await calls.begin(tx, call)
        new = NewRow(
            call_no=begun.no, account_no=world.account.no, chat_no=chat.no, queue="q", public_id=public_id, token=TOKEN,
            command=SendMessage(chat="chat", text="mine"), created_at=NOW, deadline_at=NOW + 30_000,
        )  # fmt: skip
        no = await outbox.put(tx, new)
        epoch = await leases.take(tx, world.account.no, "worker", 2**62)
        assert await outbox.claim(tx, no, Attempt(epoch=epoch, now=NOW, network_now=NOW)) is not None
        return no, begun.no

    return Send(world, *await store.db.write(work), public_id)


def echo(token: str | None = TOKEN, provider_id: str = "p1", **more: Any) -> MessageArrived:
    """Our message, as the network tells of it."""
    return said(provider_id, "mine", NOW + 1, ME, token=token, **more)


async def own(world: World) -> list[dict[str, Any]]:
    """Our messages of the chat."""
    [chat] = await world.ask(ListAllChats())
    return [message for message in await world.ask(ListChatMessages(chat_id=chat["id"])) if message["is_sender"]]


async def test_an_echo_settles_the_send_and_has_the_reserved_id(world: World, send: Send) -> None:
    assert (await world.ask(GetMessage(message_id=send.public_id)))["send_state"] == "sending"
    assert await world.take(echo()) == [send.call_no]
    assert await send.state() == ("sent", "done")
    assert await send.answer() == {"object": "MessageSent", "message_id": send.public_id}
    [message] = await own(world)
    assert (message["id"], message["provider_id"], message["text"]) == (send.public_id, "p1", "mine")
    assert "send_state" not in await world.ask(GetMessage(message_id=send.public_id))


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_the_answer_first_then_the_echo_is_one_message(world: World, send: Send, token: str | None) -> None:
    """The answer named the message; its facts and the echo tell of it again."""
    [row] = await world.store.db.fetch("SELECT no FROM chat")
    await world.store.db.write(lambda tx: outbox.set_place(tx, send.row_no, row[0], "p1"))
    assert await world.take(echo(token)) == [send.call_no]
    for again in (echo(token), echo(token, live=False), echo()):
        assert await world.take(again) == []
    assert [message["id"] for message in await own(world)] == [send.public_id]
    assert await send.state() == ("sent", "done")
    told = await world.store.db.fetch("SELECT object_id FROM journal WHERE kind = 'message_received'")
    assert [one[0] for one in told].count(send.public_id) == 1


async def test_one_update_with_the_echo_twice_settles_once(world: World, send: Send) -> None:
    assert await world.take(echo(), said("answer", at_ms=NOW + 2), echo(live=False)) == [send.call_no]
    assert len(await own(world)) == 1


async def test_our_words_from_the_phone_are_not_the_send(world: World, send: Send) -> None:
    assert await world.take(echo(token=None)) == []
    assert await world.take(echo(token="somebody else's", provider_id="p2")) == []
    assert await send.state() == ("sending", "running")
    assert send.public_id not in [message["id"] for message in await own(world)]
    await world.take(echo(provider_id="p3"))
    assert [message["id"] for message in await own(world) if message["provider_id"] == "p3"] == [send.public_id]


async def test_a_token_in_somebody_elses_message_is_nobodys(world: World, send: Send) -> None:
    assert await world.take(said("p1", "mine", NOW + 1, ADA, token=TOKEN)) == []
    assert await send.state() == ("sending", "running")


async def test_a_token_that_comes_back_under_a_second_name_is_a_second_message(world: World, send: Send) -> None:
    """The network forgot the token and took the message twice: both are shown, only one is the send."""
    await world.take(echo(), echo(provider_id="p2"))
    ids = {message["provider_id"]: message["id"] for message in await own(world)}
    assert ids["p1"] == send.public_id != ids["p2"]


async def test_an_echo_that_comes_after_the_send_was_given_up_settles_it(world: World, send: Send) -> None:
    await world.store.db.write(lambda tx: outbox.give_up(tx, send.row_no, NOW))
    assert await world.take(echo()) == [send.call_no]
    assert await send.state() == ("sent", "done")


async def test_history_settles_a_send_as_an_echo_does(world: World, send: Send) -> None:
    assert await world.take(echo(live=False)) == [send.call_no]
    assert [message["id"] for message in await own(world)] == [send.public_id]


async def test_an_edit_that_comes_before_the_echo_is_not_lost(world: World, send: Send) -> None:
    await world.take(MessageChanged(chat="chat", provider_id="p1", at_ms=NOW + 5, text="mine, edited"), echo())
    [message] = await own(world)
    assert (message["id"], message["text"], message["edited"]) == (send.public_id, "mine, edited", 1)
