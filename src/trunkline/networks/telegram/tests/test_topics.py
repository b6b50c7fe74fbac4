"""Groups with topics: a topic is a thread, begun by the message that made it."""

from typing import Any

import pytest
from telethon.tl import types

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import MessageArrived
from trunkline.model.errors import NotPossible
from trunkline.networks.telegram.convert.messages import topic_number
from trunkline.networks.telegram.fake.seed import ADA, MAYA, ROOM, TOM, begin_topic
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import Hearing, heard_from
from trunkline.networks.telegram.tests.server import TelegramServer

FORUM = room_name(ROOM)


def newest(bench: TelegramBench) -> Any:
    """The last message of the forum, as Telegram has it."""
    return bench.server.acts.messages(ADA, FORUM)[-1]


async def heard_in(bench: TelegramBench) -> tuple[Hearing, str]:
    """Somebody who listens, and a topic's first message from long ago."""
    first = begin_topic(bench.server, "Cats")
    return await heard_from(bench), f"{ROOM}:{first}"


async def test_messages_of_a_topic_say_which_and_its_first_message_comes_along(bench: TelegramBench) -> None:
    hearing, first = await heard_in(bench)
    number = int(first.split(":")[1])
    bench.server.acts.write(TOM, FORUM, message="Found it", reply_to=number)
    said = newest(bench).id
    bench.server.acts.write(MAYA, FORUM, message="Where?", reply_to=said)
    bench.server.acts.write(MAYA, FORUM, message="In general")
    with_topics: list[MessageArrived] = []
    async for update in hearing.updates:
        with_topics += [event for event in update.events if isinstance(event, MessageArrived)]
        if len(with_topics) == 4:
            break
    assert [(message.text, message.thread, message.live) for message in with_topics] == [
        ("created the topic: Cats", None, False),
        ("Found it", first, True),
        ("Where?", first, True),
        ("In general", None, True),
    ]
    assert [None if each.quote is None else each.quote.text for each in with_topics] == [None, None, "Found it", None]


async def test_an_answer_in_a_topic_lands_there(bench: TelegramBench) -> None:
    hearing, first = await heard_in(bench)
    number = int(first.split(":")[1])
    session = hearing.session
    done = await session.send(SendMessage(chat=FORUM, text="Here I am", thread=first), "one")
    assert topic_number(newest(bench)) == number
    (told,) = [event for event in done.events if isinstance(event, MessageArrived)]
    assert (told.text, told.thread, told.quote) == ("Here I am", first, None)
    bench.server.acts.write(TOM, FORUM, message="Good", reply_to=newest(bench).id)
    quote = f"{ROOM}:{newest(bench).id}"
    for token, thread in (("two", first), ("three", None)):
        await session.send(SendMessage(chat=FORUM, text="Indeed", thread=thread, quote=quote), token)
        assert (topic_number(newest(bench)), f"{ROOM}:{newest(bench).reply_to.reply_to_msg_id}") == (number, quote)
    await session.send(SendMessage(chat=FORUM, text="To all"), "four")
    assert topic_number(newest(bench)) is None


async def test_an_album_lands_in_its_topic_whole(bench: TelegramBench) -> None:
    hearing, first = await heard_in(bench)
    files = tuple(bench.outgoing(f"{n}".encode(), f"{n}.jpg", "image/jpeg") for n in range(3))
    await hearing.session.send(SendMessage(chat=FORUM, text="Three", files=files, thread=first), "token")
    assert [f"{ROOM}:{topic_number(each)}" for each in bench.server.acts.messages(ADA, FORUM)[-3:]] == [first] * 3


@pytest.mark.parametrize("chat", [FORUM, str(MAYA)])
async def test_what_is_no_topic_is_refused_in_words(bench: TelegramBench, chat: str) -> None:
    begin_topic(bench.server, "Cats")
    session = bench.session()
    await session.connect()
    page = await session.history(chat, None, 5)
    with pytest.raises(NotPossible, match="names no topic"):
        await session.send(SendMessage(chat=chat, text="Where?", thread=page.messages[-1].provider_id), "token")
    assert bench.server.record == []


async def test_a_quote_out_of_another_topic_and_a_closed_topic_are_refused_in_words(bench: TelegramBench) -> None:
    hearing, first = await heard_in(bench)
    other = begin_topic(bench.server, "Dogs")
    bench.server.acts.write(TOM, FORUM, message="Woof", reply_to=other)
    quote = f"{ROOM}:{newest(bench).id}"
    with pytest.raises(NotPossible, match="another topic"):
        await hearing.session.send(SendMessage(chat=FORUM, text="?", thread=first, quote=quote), "token")
    bench.server.world.rooms[ROOM].closed.add(other)
    with pytest.raises(NotPossible, match="topic is closed"):
        await hearing.session.send(SendMessage(chat=FORUM, text="?", thread=f"{ROOM}:{other}"), "token")
    assert bench.server.record == []


async def test_history_says_the_topics_and_brings_first_messages_that_lie_further_back(bench: TelegramBench) -> None:
    first = begin_topic(bench.server, "Cats")
    for number in range(5):
        bench.server.acts.write(TOM, FORUM, message=str(number), reply_to=first)
    hearing = await heard_from(bench)
    page = await hearing.session.history(FORUM, None, 3)
    assert [(message.text, message.thread) for message in page.messages] == [
        (text, f"{ROOM}:{first}") for text in ("4", "3", "2")
    ]
    update = await anext(hearing.updates)
    (root,) = update.events
    assert isinstance(root, MessageArrived)
    assert (root.text, root.provider_id, root.live) == ("created the topic: Cats", f"{ROOM}:{first}", False)


def test_a_header_that_quotes_out_of_another_chat_names_its_topic_all_the_same() -> None:
    """core.telegram.org/constructor/messageReplyHeader."""
    peer = types.PeerUser(MAYA)
    for header, expected in (
        (types.MessageReplyHeader(forum_topic=True, reply_to_msg_id=9, reply_to_peer_id=peer, reply_to_top_id=5), 5),
        (types.MessageReplyHeader(forum_topic=True, reply_to_msg_id=9, reply_to_peer_id=peer), None),
        (types.MessageReplyHeader(forum_topic=True, reply_to_msg_id=1), None),
        (types.MessageReplyHeader(reply_to_msg_id=9, reply_to_top_id=5), None),
    ):
        assert topic_number(types.Message(10, types.PeerChannel(ROOM), None, "", reply_to=header)) == expected


@pytest.mark.slow
async def test_an_agent_answers_in_a_topic_by_thread_id(server: TelegramServer, telegram: FakeTelegram) -> None:
    first = begin_topic(telegram, "Cats")
    telegram.acts.write(TOM, FORUM, message="Found it", reply_to=first)
    await server.allow(await server.connect("+33600000001"))
    chat = (await server.chat(FORUM))["id"]
    found = await server.until_text(chat, "Found it")
    root = await server.until_text(chat, "created the topic: Cats")
    assert found["parent"] == root["id"]
    await server.asks("send_message_in_chat", chat_id=chat, text="Thank you", thread_id=root["id"])
    on_the_network = telegram.acts.messages(ADA, FORUM)[-1]
    assert (on_the_network.message, topic_number(on_the_network)) == ("Thank you", first)
    assert (await server.until_text(chat, "Thank you"))["parent"] == root["id"]
