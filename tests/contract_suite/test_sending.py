"""What becomes of a message that is sent."""

from typing import Any

import pytest

from trunkline.contract.capabilities import Bound
from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.contract.events import MessageArrived
from trunkline.model.errors import NetworkRefusal, TooLong

from .bench import Bench
from .listening import Listening, started

TEXT = "Grüße 👋🏽\nשלום עולם\n你好,世界 \u200fاختبار  two spaces\ttab"


@pytest.mark.needs("send")
async def test_sent_text_reaches_the_network_unchanged(bench: Bench) -> None:
    """style.md 5: sent text reaches the wire unchanged (emoji, right-to-left, newlines)."""
    session, chat = await connected(bench)
    await session.send(SendMessage(chat=chat, text=TEXT), "token-1")
    (arrived,) = await bench.arrived("send")
    assert arrived["command"]["text"] == TEXT
    assert [message.text for message in await latest(bench, session, chat, 1)] == [TEXT]


@pytest.mark.needs("send")
async def test_a_send_comes_back_as_one_event_of_our_own(bench: Bench) -> None:
    """networks.md 5.6 R28: own sends come back as events; the id of the answer and of the echo are one."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    done = await session.send(SendMessage(chat=chat, text=TEXT), "token-1")
    await bench.writes(chat, "The end.")
    await listening.until_message("The end.")
    (echo,) = listening.messages(TEXT)
    assert (echo.chat, echo.provider_id, echo.is_own) == (chat, done.provider_id or echo.provider_id, True)
    assert echo.token in ("token-1", None)


@pytest.mark.needs("send")
async def test_the_facts_in_an_answer_are_those_of_the_echo(bench: Bench) -> None:
    """contract/commands.py: `Done.events` are facts to ingest at once, whichever of the two comes first."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    done = await session.send(SendMessage(chat=chat, text=TEXT), "token-1")
    echo = await listening.until_message(TEXT)
    answered = [event for event in done.events if isinstance(event, MessageArrived)]
    assert answered == [echo]


@pytest.mark.needs("send")
async def test_an_empty_message_is_refused_and_nothing_arrives(bench: Bench) -> None:
    """unipile-v1 7.7: at least text or one file is needed."""
    session, chat = await connected(bench)
    for text in (None, "", " \n "):
        with pytest.raises(NetworkRefusal):
            await session.send(SendMessage(chat=chat, text=text), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("send.text.max_length")
async def test_text_at_the_limit_is_taken_and_text_over_it_never_whole(bench: Bench) -> None:
    """networks.md 4.2: counted as the network counts; over it, refused or (Slack) cut."""
    session, chat = await connected(bench)
    limit = text_limit(bench)
    await session.send(SendMessage(chat=chat, text=of_length(limit, 0)), "token-1")
    try:
        await session.send(SendMessage(chat=chat, text=of_length(limit, 1)), "token-2")
    except TooLong:
        assert len(await bench.arrived("send")) == 1
    longest = max(measured(limit, message.text or "") for message in await latest(bench, session, chat, 2))
    assert longest == limit.value


@pytest.mark.needs("send")
async def test_an_unknown_chat_is_refused_and_nothing_arrives(bench: Bench) -> None:
    """contract/session.py: a NetworkRefusal is certain."""
    session, _ = await connected(bench)
    with pytest.raises(NetworkRefusal):
        await session.send(SendMessage(chat="no-such-chat", text="Hello"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("send")
async def test_a_read_only_chat_takes_nothing(bench: Bench) -> None:
    """unipile-v1 4.2 cant_send_message."""
    session, _ = await connected(bench)
    chat = await bench.read_only()
    if chat is None:
        return
    with pytest.raises(NetworkRefusal):
        await session.send(SendMessage(chat=chat, text="Hello"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("send.quote")
async def test_a_quote_arrives_with_what_it_quotes(bench: Bench) -> None:
    """unipile-v1 5.2 Quoted: provider_id, sender_id and text are required."""
    session, chat = await connected(bench)
    quoted = await bench.writes(chat, "To be quoted")
    done = await session.send(SendMessage(chat=chat, text="So be it", quote=quoted), "token-1")
    message = await newest(bench, session, chat)
    assert message.provider_id == done.provider_id
    assert message.quote is not None
    assert (message.quote.provider_id, message.quote.text) == (quoted, "To be quoted")
    assert message.quote.sender


@pytest.mark.needs("send.quote")
async def test_quoting_what_is_not_there_is_refused(bench: Bench) -> None:
    """contract/session.py: refused rather than sent without its quote."""
    session, chat = await connected(bench)
    with pytest.raises(NetworkRefusal):
        await session.send(SendMessage(chat=chat, text="So be it", quote="999999999"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("send.thread")
async def test_an_answer_in_a_thread_names_its_first_message_and_is_counted_there(bench: Bench) -> None:
    """unipile-v1 5.2: `parent`, `replies`, `reply_by` (Slack). Where threads are topics made apart, nobody counts answers."""
    session = bench.session()
    own = await session.connect()
    is_apart = hasattr(bench, "thread")
    chat, first = await bench.thread() if is_apart else await begun_by_a_message(bench)
    await session.send(SendMessage(chat=chat, text="In the thread", thread=first), "token-1")
    page = await session.history(chat, None, 2)
    answer, parent = page.messages
    assert (answer.text, answer.thread, answer.is_counted) == ("In the thread", first, not is_apart)
    counted = (None, ()) if is_apart else (1, (own.provider_id,))
    assert (parent.provider_id, (parent.replies, parent.reply_by)) == (first, counted)


async def begun_by_a_message(bench: Bench) -> tuple[str, str]:
    """A chat, and a message in it that a thread can hang on."""
    chat = await bench.direct()
    return chat, await bench.writes(chat, "A thread begins")


@pytest.mark.needs("send.typing")
async def test_typing_is_shown_before_the_message_and_does_not_lose_it(bench: Bench) -> None:
    """unipile-v1 7.7: `typing_duration` (WhatsApp), milliseconds before sending."""
    session, chat = await connected(bench)
    await session.send(SendMessage(chat=chat, text="Typed", typing_ms=1), "token-1")
    assert (await newest(bench, session, chat)).text == "Typed"


@pytest.mark.needs("dedupe.token")
async def test_the_same_token_twice_is_one_message(bench: Bench) -> None:
    """security.md 6.3: sent again with the same token, inside the peer's memory window."""
    session, chat = await connected(bench)
    first = await session.send(SendMessage(chat=chat, text="Once"), "token-1")
    await bench.restart()
    session, _ = await connected(bench)
    again = await session.send(SendMessage(chat=chat, text="Once"), "token-1")
    assert again.provider_id == first.provider_id
    assert len(await bench.arrived("send")) == 1


@pytest.mark.needs("dedupe.token")
async def test_two_tokens_with_one_text_are_two_messages(bench: Bench) -> None:
    """security.md R7: deliberate equal texts are all delivered."""
    session, chat = await connected(bench)
    first = await session.send(SendMessage(chat=chat, text="ok"), "token-1")
    second = await session.send(SendMessage(chat=chat, text="ok"), "token-2")
    assert first.provider_id != second.provider_id
    assert len(await bench.arrived("send")) == 2


@pytest.mark.needs("start")
async def test_starting_a_chat_makes_it_and_says_the_first_message(bench: Bench) -> None:
    """unipile-v1 7.3: ChatStarted carries the chat and the message."""
    session = bench.session()
    own = await session.connect()
    listening = Listening(session.listen(None))
    person, _ = await bench.strangers()
    done = await session.start(StartChat(people=(person,), text=TEXT), "token-1")
    message = await listening.until_message(TEXT)
    assert (message.chat, message.is_own) == (done.chat, True)
    info = await chat_info(session, done.chat)
    assert {member.provider_id for member in info.members} == {own.provider_id, person}
    assert (info.type, info.peer) == (0, person)


@pytest.mark.needs("start")
async def test_starting_a_chat_that_exists_finds_it(bench: Bench) -> None:
    """unipile-v1 7.3: an existing 1:1 chat with the same user is reused."""
    session, _ = await connected(bench)
    person, _ = await bench.strangers()
    first = await session.start(StartChat(people=(person,), text="One"), "token-1")
    second = await session.start(StartChat(people=(person,), text="Two"), "token-2")
    assert first.chat == second.chat
    assert [message.text for message in await latest(bench, session, first.chat, 2)] == ["Two", "One"]


@pytest.mark.needs("start")
async def test_starting_a_chat_with_somebody_unknown_is_refused(bench: Bench) -> None:
    """unipile-v1 4.2 invalid_recipient."""
    session, _ = await connected(bench)
    with pytest.raises(NetworkRefusal):
        await session.start(StartChat(people=("nobody-here",), text="Hello"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("start.group")
async def test_a_group_is_made_with_all_its_people_and_its_title(bench: Bench) -> None:
    """unipile-v1 7.3: several attendees make a group; `title` is its name, where groups have one."""
    session = bench.session()
    own = await session.connect()
    people = await bench.strangers()
    assert bench.sheet.start is not None
    title = "A new group" if bench.sheet.start.titled else None
    done = await session.start(StartChat(people=people, text="Welcome", title=title), "token-1")
    info = await chat_info(session, done.chat)
    assert info.type == 1
    assert title is None or info.name == title
    assert {member.provider_id for member in info.members} == {own.provider_id, *people}


@pytest.mark.needs("forward")
async def test_a_forwarded_message_is_marked_and_equal(bench: Bench) -> None:
    """unipile-v1 7.15, 5.2 `is_forwarded`."""
    session, chat = await connected(bench)
    person, _ = await bench.strangers()
    target = (await session.start(StartChat(people=(person,), text="Hello"), "token-1")).chat
    source = await bench.writes(chat, "Pass it on")
    done = await session.forward(ForwardMessage(chat=chat, message=source, to_chat=target), "token-2")
    message = await newest(bench, session, target)
    assert (message.provider_id, message.text, message.is_forwarded) == (done.provider_id, "Pass it on", True)


async def connected(bench: Bench) -> tuple[Any, str]:
    """A connected session, and a chat to write in."""
    session = bench.session()
    await session.connect()
    return session, await bench.direct()


async def newest(bench: Bench, session: Any, chat: str) -> MessageArrived:
    """The newest message of a chat."""
    return (await latest(bench, session, chat, 1))[0]


async def latest(bench: Bench, session: Any, chat: str, count: int) -> tuple[MessageArrived, ...]:
    """The newest messages of a chat, newest first: as history has them; where there is none, as the other side sees them."""
    if bench.sheet.history is None:
        return await bench.shown(chat, count)
    page = await session.history(chat, None, count)
    messages: tuple[MessageArrived, ...] = page.messages
    return messages


async def chat_info(session: Any, chat: str | None) -> Any:
    """What the chat list says of a chat."""
    cursor = None
    while True:
        page = await session.chats(cursor)
        for info in page.chats:
            if info.provider_id == chat:
                return info
        assert page.cursor is not None, f"{chat} is in no list of chats"
        cursor = page.cursor


def text_limit(bench: Bench) -> Bound:
    """The length of text a network takes."""
    assert bench.sheet.send is not None
    assert bench.sheet.send.text.max_length is not None
    return bench.sheet.send.text.max_length


def of_length(limit: Bound, more: int) -> str:
    """A text as long as the limit and so much more, with an emoji that counts differently in each unit."""
    return "👋" + "x" * (limit.value + more - measured(limit, "👋"))


def measured(limit: Bound, text: str) -> int:
    """The length in the limit's unit."""
    if limit.unit == "utf16":
        return len(text.encode("utf-16-le")) // 2
    return len(text.encode()) if limit.unit == "bytes" else len(text)
