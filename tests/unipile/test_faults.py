"""Everything that can break between us and the server: nothing lost, nothing sent twice, a clear error in time."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec import json

from trunkline.model.errors import (
    Disconnected,
    KeyRefused,
    NetworkFailed,
    NotFound,
    NotReached,
    OutcomeUnknown,
    Throttled,
    TrunklineError,
)
from trunkline.operations.chats import ListAllChats, ListChatMessages, SendMessageInChat, StartNewChat
from trunkline.operations.messages import AddReaction, ForwardMessage, GetMessageAttachment
from trunkline.store import calls, connections, remote_writes
from trunkline.store.engine import Transaction
from trunkline.unipile.remote import Remote, seal_remote

from .certificate import self_signed
from .conftest import World
from .fake_unipile import Fault, Kind, problem

HELLO = SendMessageInChat(chat_id="chat-wa", text="only once")
SENDING = "POST /chats/chat-wa/messages"

BROKEN: tuple[Kind, ...] = ("reset", "cut", "garbage", "html", "500", "502", "503", "504")
AGAIN: tuple[Kind, ...] = ("reset", "cut", "garbage", "429", "500", "502", "503", "504")


@pytest.mark.parametrize("kind", AGAIN)
async def test_a_read_is_repeated_until_it_succeeds(world: World, kind: Kind) -> None:
    """Recovery without anybody's help."""
    world.remote.faults = [Fault(kind), Fault(kind)]
    assert len((await world.ask(ListAllChats()))["items"]) == 3
    assert len(world.remote.requests) == 3


@pytest.mark.parametrize("kind", AGAIN)
async def test_a_read_that_keeps_failing_ends_in_a_clear_error(world: World, kind: Kind) -> None:
    """Five tries, then words; the next call is as if nothing had been."""
    world.remote.faults = [Fault(kind) for _ in range(5)]
    with pytest.raises(TrunklineError) as caught:
        await world.ask(ListAllChats())
    assert type(caught.value) in (NotReached, NetworkFailed, Throttled, OutcomeUnknown)
    assert len(world.remote.requests) == 5
    await world.ask(ListAllChats())


@pytest.mark.parametrize("kind", ["html", "redirect"])
async def test_what_is_no_api_is_said_to_be_none(world: World, kind: Kind) -> None:
    """A captive portal, a redirect: nothing is followed, least of all with the key."""
    world.remote.faults = [Fault(kind)]
    with pytest.raises(TrunklineError):
        await world.ask(ListAllChats())
    assert len(world.remote.requests) == 1


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_send_whose_answer_is_lost_is_found_in_the_chat(world: World, kind: Kind) -> None:
    """It was sent once, and the caller learns its id."""
    world.remote.faults = [Fault(kind, on=SENDING, late=True)]
    sent = await world.ask(HELLO)
    assert sent == {"object": "MessageSent", "message_id": world.remote.sent[0]["id"]}
    assert (len(world.remote.sent), world.remote.lines().count(SENDING)) == (1, 1)


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_send_that_never_arrived_is_unknown_and_not_repeated(world: World, kind: Kind) -> None:
    """unipile-v1 4.6: never blindly."""
    world.pauses.held = True
    world.remote.faults = [Fault(kind, on=SENDING)]
    with pytest.raises(OutcomeUnknown, match="do not repeat") as caught:
        await world.ask(HELLO)
    assert caught.value.call is not None
    row = await calls.by_no(world.store.db, caught.value.call)
    assert row is not None
    assert row.state == "unknown"
    assert (world.remote.sent, world.remote.lines().count(SENDING)) == ([], 1)
    assert await remote_writes.unclear_of(world.store.db, world.me.principal) == 1
    assert await remote_writes.unclear_of(world.store.db, world.me.principal + 1) == 0


async def test_a_server_that_hangs_takes_no_longer_than_the_call(world: World) -> None:
    """The time limit holds; the write ends unknown."""
    world.pauses.held = True
    world.remote.faults = [Fault("hang", on=SENDING)]
    with anyio.fail_after(30), pytest.raises(OutcomeUnknown):
        await world.ask(HELLO, wait_ms=300)


async def test_a_read_from_a_server_that_hangs_ends(world: World) -> None:
    """Within its own time."""
    world.backend._wait_ms = 300
    world.remote.faults = [Fault("hang") for _ in range(9)]
    with anyio.fail_after(30), pytest.raises(NetworkFailed):
        await world.ask(ListAllChats())


async def test_no_session_there_means_that_nothing_was_done(world: World) -> None:
    """503 no_client_session: certain, so the send is tried again."""
    world.remote.faults = [Fault("no session", on=SENDING)]
    await world.ask(HELLO)
    assert len(world.remote.sent) == 1


async def test_a_server_that_is_away_is_waited_for_and_nothing_is_lost(world: World) -> None:
    """The connection is refused: nothing left, so a write is tried again too."""
    port = world.remote.port
    await world.remote.stop()

    async def back(seconds: float) -> None:
        world.clock.now += int(seconds * 1000)
        await world.remote.start(port=port)

    world.backend._http._sleep = back
    await world.ask(HELLO)
    assert len(world.remote.sent) == 1


async def test_a_server_that_stays_away_is_said_to_be(world: World) -> None:
    """And is used again when it is back, without a restart of ours."""
    port = world.remote.port
    await world.remote.stop()
    for operation in (HELLO, ListAllChats()):
        with pytest.raises(NotReached, match="Nothing was done"):
            await world.ask(operation)
    await world.remote.start(port=port)
    await world.ask(HELLO)
    assert len(world.remote.sent) == 1


async def test_an_unknown_send_is_settled_later_by_reading(world: World) -> None:
    """Once it can be seen, the same call has its answer."""
    world.pauses.held = True
    world.remote.faults = [Fault("reset", on=SENDING, late=True), *_unreadable()]
    with pytest.raises(OutcomeUnknown):
        await world.ask(HELLO, key="k", wait_ms=20_000)
    world.remote.faults.clear()
    assert (await world.ask(HELLO, key="k"))["message_id"] == world.remote.sent[0]["id"]
    assert world.remote.lines().count(SENDING) == 1
    assert await remote_writes.unclear_of(world.store.db, world.me.principal) == 0


async def test_an_unknown_send_is_looked_for_by_itself(world: World) -> None:
    """Also when nobody asks again."""
    world.pauses.held = True
    world.remote.faults = [Fault("reset", on=SENDING, late=True), *_unreadable()]
    with pytest.raises(OutcomeUnknown) as caught:
        await world.ask(HELLO, wait_ms=20_000)
    world.remote.faults.clear()
    world.pauses.go.set()
    assert caught.value.call is not None
    assert await _answer(world, caught.value.call) == world.remote.sent[0]["id"]


async def test_what_was_never_found_stays_for_a_person_to_settle(world: World) -> None:
    """After the last look it is still in the pending list (`trunkline pending`)."""
    world.remote.faults = [Fault("reset", on=SENDING)]
    with pytest.raises(OutcomeUnknown):
        await world.ask(HELLO)
    await asyncio.gather(*world.backend._writer._following.values())
    (pending,) = await remote_writes.pending_of(world.store.db, world.me.principal, 0, 10)
    assert (pending.operation, pending.chat_id, pending.is_unclear) == ("send_message_in_chat", "chat-wa", True)


async def test_what_was_running_when_the_process_ended_is_settled_at_the_next_start(world: World) -> None:
    """Nothing lost, nothing sent twice."""
    world.remote.faults = [Fault("hang", on=SENDING, late=True)]
    asking = asyncio.create_task(world.ask(HELLO, key="k"))
    with anyio.fail_after(30):
        while not world.remote.sent:
            await anyio.lowlevel.checkpoint()
    for task in world.backend._writer._running.values():
        task.cancel()  # as a kill does: no word of it reaches the books
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await world.restart()
    assert (await world.ask(HELLO, key="k"))["message_id"] == world.remote.sent[0]["id"]
    assert world.remote.lines().count(SENDING) == 1


async def test_what_never_arrived_before_the_end_stays_unknown(world: World) -> None:
    """A person looks; we do not guess."""
    world.remote.faults = [Fault("hang", on=SENDING)]
    asking = asyncio.create_task(world.ask(HELLO, key="k"))
    with anyio.fail_after(30):
        while not world.remote.requests:
            await anyio.lowlevel.checkpoint()
    for task in world.backend._writer._running.values():
        task.cancel()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await world.restart()
    with pytest.raises(OutcomeUnknown):
        await world.ask(HELLO, key="k")
    assert (world.remote.sent, world.remote.lines().count(SENDING)) == ([], 1)


async def test_two_equal_sends_whose_answers_are_lost_are_two_messages(world: World) -> None:
    """No message is taken for two writes."""
    world.remote.faults = [Fault("reset", on=SENDING, late=True) for _ in range(2)]
    sent = await asyncio.gather(world.ask(HELLO), world.ask(HELLO))
    assert {each["message_id"] for each in sent} == {each["id"] for each in world.remote.sent}
    assert len(world.remote.sent) == 2


async def test_an_equal_message_of_before_is_not_taken_for_the_lost_one(world: World) -> None:
    """An answer of ours has named it already."""
    await world.ask(HELLO)
    world.pauses.held = True
    world.remote.faults = [Fault("reset", on=SENDING)]
    with pytest.raises(OutcomeUnknown):
        await world.ask(HELLO, wait_ms=20_000)


async def test_a_lost_start_and_a_lost_forward_are_found_too(world: World) -> None:
    """By their people, and by what was forwarded."""
    world.remote.faults = [Fault("reset", on="POST /chats", late=True), Fault("reset", on="POST .*/forward", late=True)]
    started = await world.ask(StartNewChat(account_id="wa", attendees_ids=("33600000009@s.whatsapp.net",), text="hello you"))
    assert started == {"object": "ChatStarted", "chat_id": "chat-3", "message_id": world.remote.sent[0]["id"]}
    original = next(each["id"] for each in world.remote.messages if each["chat_id"] == "chat-wb")
    sent = await world.ask(ForwardMessage(message_id=original, chat_id="chat-wa"))
    assert sent == {"object": "MessageForwarded", "message_id": world.remote.sent[1]["id"]}


async def test_a_lost_reaction_is_unknown(world: World) -> None:
    """It makes no message that could be looked for."""
    message_id = world.remote.messages[0]["id"]
    world.remote.faults = [Fault("reset", on="POST .*")]
    with pytest.raises(OutcomeUnknown, match="look before you repeat it"):
        await world.ask(AddReaction(message_id=message_id, reaction="x"))
    assert len(world.remote.requests) == 1


async def test_the_key_being_refused_is_our_503(world: World) -> None:
    """design.md 10: it says nothing of the caller's own key."""
    world.remote.key = "another"
    for operation in (HELLO, ListAllChats()):
        with pytest.raises(KeyRefused, match="trunkline doctor") as caught:
            await world.ask(operation)
        assert caught.value.status == 503
    world.remote.key = "cHJlZml4.c2VjcmV0"
    await world.ask(HELLO)


async def test_an_account_that_is_logged_out_is_not_taken_for_a_wrong_key(world: World) -> None:
    """unipile-v1 4.2: 401 has several meanings."""
    world.remote._page = lambda *_: (401, problem(401, "expired_credentials", "Expired credentials"))  # type: ignore[method-assign]
    with pytest.raises(Disconnected, match="Expired credentials"):
        await world.ask(ListChatMessages(chat_id="chat-wa"))


async def test_a_certificate_that_nobody_vouches_for_is_refused(world: World, tmp_path: Path) -> None:
    """Nothing is sent into such a connection, and the error is clear."""
    await world.remote.stop()
    certificate, key = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    await world.remote.start(tls, port=world.remote.port)
    await _point_at(world, f"https://127.0.0.1:{world.remote.port}")
    with pytest.raises(NotReached):
        await world.ask(HELLO)
    assert world.remote.requests == []


async def test_a_name_that_does_not_resolve_is_said_to_be_out_of_reach(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS failure: nothing was done."""

    async def unresolved(*_args: object, **_how: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unresolved, raising=False)
    await _point_at(world, "https://gone.example.com")
    with pytest.raises(NotReached):
        await world.ask(HELLO)


async def test_a_file_that_is_cut_ends_in_an_error_not_in_half_a_file(world: World) -> None:
    """The caller must not take it for whole."""
    made = world.remote.add("chat-wa", "file", files=1)
    world.remote.faults = [Fault("cut", on="GET .*/attachments/.*")]
    reply = await world.reply(GetMessageAttachment(message_id=made["id"], attachment_id="file-0=="))
    assert not isinstance(reply.body, bytes)
    with pytest.raises(NetworkFailed, match="broke off"):
        async for _ in reply.body.chunks:
            pass


@pytest.mark.parametrize("kind", ["reset", "429", "500", "503"])
async def test_a_file_is_asked_for_again(world: World, kind: Kind) -> None:
    """Until it begins; what is missing is said as always."""
    made = world.remote.add("chat-wa", "file", files=1)
    world.remote.faults = [Fault(kind)]
    wanted = GetMessageAttachment(message_id=made["id"], attachment_id="file-0==")
    reply = await world.reply(wanted)
    assert not isinstance(reply.body, bytes)
    assert b"".join([chunk async for chunk in reply.body.chunks]) == b"bytes of file-0=="
    with pytest.raises(NotFound):
        await world.reply(GetMessageAttachment(message_id="gone", attachment_id="x"))


async def test_a_file_from_a_server_that_hangs_ends(world: World) -> None:
    """Within the time of a read."""
    world.backend._wait_ms = 300
    made = world.remote.add("chat-wa", "file", files=1)
    world.remote.faults = [Fault("hang") for _ in range(9)]
    with anyio.fail_after(30), pytest.raises(NotReached):
        await world.reply(GetMessageAttachment(message_id=made["id"], attachment_id="file-0=="))


async def test_a_send_is_not_repeated_even_if_a_hundred_answers_are_lost(world: World) -> None:
    """One request each, one message each, every id known."""
    world.remote.faults = [Fault("reset", on=SENDING, late=True) for _ in range(100)]
    wanted = [SendMessageInChat(chat_id="chat-wa", text=f"number {number % 10}") for number in range(100)]
    sent = [(await world.ask(each))["message_id"] for each in wanted]
    assert [each["id"] for each in world.remote.sent] == sent
    assert world.remote.lines().count(SENDING) == 100


def _unreadable() -> list[Fault]:
    return [Fault("500", on="GET .*/messages") for _ in range(200)]


async def _answer(world: World, call_no: int) -> Any:
    with anyio.fail_after(30):
        while (row := await calls.by_no(world.store.db, call_no)) is None or row.state != "done":
            await anyio.lowlevel.checkpoint()
    assert row.answer is not None
    return json.decode(row.answer)["body"]["message_id"]


async def _point_at(world: World, url: str) -> None:
    """Let the connection go elsewhere, unchecked."""
    row = await connections.by_pcid(world.store.db, world.pcid)
    assert row is not None
    sealed = seal_remote(world.store.seal, world.pcid, Remote(url, "key"))

    async def work(tx: Transaction) -> None:
        await tx.run("UPDATE connection SET settings = $1 WHERE no = $2", sealed, row.no)

    await world.store.db.write(work)
