"""Editing, deleting and reacting."""

import pytest

from trunkline.contract.capabilities import Bound
from trunkline.contract.commands import DeleteMessage, EditMessage, React, SendMessage
from trunkline.contract.events import MessageChanged, MessageRemoved, ReactionInfo
from trunkline.model.errors import NetworkRefusal

from .bench import Bench
from .listening import Listening
from .test_sending import begun_by_a_message, connected, newest


@pytest.mark.needs("edit")
async def test_an_edit_changes_the_text_and_says_so(bench: Bench) -> None:
    """unipile-v1 7.12: `text` new, `edited` 1."""
    session, chat = await connected(bench)
    listening = Listening(session.listen(None))
    done = await session.send(SendMessage(chat=chat, text="Befor"), "token-1")
    await session.edit(EditMessage(chat=chat, message=done.provider_id, text="Before ✅"))
    message = await newest(bench, session, chat)
    assert (message.provider_id, message.text, message.edited) == (done.provider_id, "Before ✅", True)
    await listening.until(lambda _: listening.of(MessageChanged))
    assert [(event.provider_id, event.text) for event in listening.of(MessageChanged)] == [(done.provider_id, "Before ✅")]


@pytest.mark.needs("edit.max_age")
async def test_a_late_edit_changes_nothing_whatever_the_network_answers(bench: Bench) -> None:
    """networks.md 4.0, 4.1: WhatsApp accepts a late edit and ignores it; others refuse."""
    session, chat = await connected(bench)
    done = await session.send(SendMessage(chat=chat, text="Befor"), "token-1")
    assert bench.sheet.edit is not None
    await bench.move_clock(age(bench.sheet.edit.max_age) + 1)
    try:
        answer = await session.edit(EditMessage(chat=chat, message=done.provider_id, text="Before"))
    except NetworkRefusal:
        pass
    else:
        assert answer.events == ()
    assert (await newest(bench, session, chat)).text == "Befor"
    assert await bench.arrived("edit") == []


@pytest.mark.needs("edit")
async def test_somebody_elses_message_cannot_be_edited(bench: Bench) -> None:
    """contract/commands.py: EditMessage is about own messages."""
    session, chat = await connected(bench)
    message = await bench.writes(chat, "Not yours")
    with pytest.raises(NetworkRefusal):
        await session.edit(EditMessage(chat=chat, message=message, text="Mine now"))
    assert (await newest(bench, session, chat)).text == "Not yours"


@pytest.mark.needs("delete")
async def test_a_deleted_message_is_gone_or_a_row_without_its_content(bench: Bench) -> None:
    """unipile-v1 7.13: keep the row: `deleted` 1, text null, attachments empty. Slack's history leaves it out."""
    session, chat = await connected(bench)
    listening = Listening(session.listen(None))
    done = await session.send(SendMessage(chat=chat, text="Oops"), "token-1")
    await session.delete(DeleteMessage(chat=chat, message=done.provider_id))
    page = await session.history(chat, None, 10)
    left = [message for message in page.messages if message.provider_id == done.provider_id]
    assert [(message.text, message.files, message.deleted) for message in left] in ([], [(None, (), True)])
    await listening.until(lambda _: listening.of(MessageRemoved))
    assert [event.provider_id for event in listening.of(MessageRemoved)] == [done.provider_id]


@pytest.mark.needs("delete", "send.thread")
async def test_a_deleted_reply_is_counted_no_more(bench: Bench) -> None:
    """contract/events.py `replies`: how many reply, as the network counts at the time. Topics made apart count nothing."""
    session = bench.session()
    own = await session.connect()
    is_apart = hasattr(bench, "thread")
    chat, first = await bench.thread() if is_apart else await begun_by_a_message(bench)
    done = [await session.send(SendMessage(chat=chat, text=text, thread=first), text) for text in ("Once", "Twice")]
    for left, each in ((1, done[1]), (0, done[0])):
        await session.delete(DeleteMessage(chat=chat, message=each.provider_id))
        page = await session.history(chat, None, 10)
        [parent] = [message for message in page.messages if message.provider_id == first]
        counted = (0, ()) if is_apart else (left, (own.provider_id,) * left)
        assert (parent.replies or 0, parent.reply_by) == counted


@pytest.mark.needs("delete.max_age")
async def test_a_late_deletion_deletes_nothing_whatever_the_network_answers(bench: Bench) -> None:
    """networks.md 4.1."""
    session, chat = await connected(bench)
    done = await session.send(SendMessage(chat=chat, text="Too late"), "token-1")
    assert bench.sheet.delete is not None
    await bench.move_clock(age(bench.sheet.delete.max_age) + 1)
    try:
        answer = await session.delete(DeleteMessage(chat=chat, message=done.provider_id))
    except NetworkRefusal:
        pass
    else:
        assert answer.events == ()
    assert (await newest(bench, session, chat)).text == "Too late"
    assert await bench.arrived("delete") == []


@pytest.mark.needs("delete")
async def test_somebody_elses_message_cannot_be_deleted(bench: Bench) -> None:
    """contract/commands.py: DeleteMessage is about own messages."""
    session, chat = await connected(bench)
    message = await bench.writes(chat, "Not yours")
    with pytest.raises(NetworkRefusal):
        await session.delete(DeleteMessage(chat=chat, message=message))
    assert (await newest(bench, session, chat)).text == "Not yours"


@pytest.mark.needs("react")
async def test_an_emoji_is_put_replaced_or_added_and_taken_off(bench: Bench) -> None:
    """networks.md 4.6: one per person, a new one replacing the old; several on Slack."""
    session = bench.session()
    own = (await session.connect()).provider_id
    chat = await bench.direct()
    message = await bench.writes(chat, "Like it?")
    assert bench.sheet.react is not None
    for value in ("👍", "👍", "🎉"):
        await session.react(React(chat=chat, message=message, value=value))
    expected = ["👍", "🎉"] if bench.sheet.react.several else ["🎉"]
    assert await own_reactions(bench, chat, own) == [ReactionInfo(value=value, sender=own) for value in expected]
    await session.react(React(chat=chat, message=message, value=""))
    assert await own_reactions(bench, chat, own) == []


@pytest.mark.needs("react")
async def test_a_repeated_emoji_is_no_error_and_no_event(bench: Bench) -> None:
    """contract/session.py: a repeat is no error (Slack's `already_reacted` is success)."""
    session, chat = await connected(bench)
    message = await bench.writes(chat, "Like it?")
    first = await session.react(React(chat=chat, message=message, value="👍"))
    again = await session.react(React(chat=chat, message=message, value="👍"))
    assert len(first.events) == 1
    assert again.events == ()


@pytest.mark.needs("react")
async def test_what_is_no_emoji_is_refused(bench: Bench) -> None:
    """contract/capabilities.py Reactions: native emoji."""
    session, chat = await connected(bench)
    message = await bench.writes(chat, "Like it?")
    with pytest.raises(NetworkRefusal):
        await session.react(React(chat=chat, message=message, value=":thumbsup:"))
    assert await bench.arrived() == []


@pytest.mark.needs("react.allowed")
async def test_an_emoji_outside_the_allowed_set_is_refused(bench: Bench) -> None:
    """networks.md 4.6: Telegram without premium has a set of its own."""
    session, chat = await connected(bench)
    message = await bench.writes(chat, "Like it?")
    with pytest.raises(NetworkRefusal):
        await session.react(React(chat=chat, message=message, value="🦩"))
    assert await bench.arrived() == []


async def own_reactions(bench: Bench, chat: str, own: str) -> list[ReactionInfo]:
    """Our emoji on the chat's newest message."""
    session = bench.session()
    await session.connect()
    return [given for given in (await newest(bench, session, chat)).reactions if given.sender == own]


def age(bound: Bound | None) -> int:
    """A bound of age that is there."""
    assert bound is not None
    return bound.value
