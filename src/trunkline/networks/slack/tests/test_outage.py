"""What happened while the link was down: recovered from the history, nothing lost, nothing doubled. R9."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from trunkline.contract.events import Event, GapFound, HistoryShown, MessageArrived, ReactionInfo, Update
from trunkline.model.times import system_clock
from trunkline.networks.slack.stamps import ms_of
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, BEGAN_S, DIRECT, MAYA, PRODUCT, stamp
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.user_token.session import SlackSession

WHILE_DOWN = 1_000


async def heard_until(session: SlackSession, position: str | None, text: str) -> list[Update]:
    """What a session hands up until a message of this text."""
    found: list[Update] = []
    async for update in session.listen(position):
        found.append(update)
        if text in texts_of(found):
            return found
    raise AssertionError


async def updates_of(session: SlackSession, position: str | None) -> list[Update]:
    """All that a session hands up of an outage, until its position moves."""
    await session.connect()
    found: list[Update] = []
    with anyio.fail_after(30):
        async for update in session.listen(position):
            found.append(update)
            if len(found) > 1 and update.position is not None:
                break
    await session.close()
    return found


async def heard_whole(session: SlackSession, position: str | None) -> list[Event]:
    """The events of it."""
    return [event for update in await updates_of(session, position) for event in update.events]


def last_shown(events: list[Event], chat: str = DIRECT) -> HistoryShown:
    """What a chat's history was last said to hold."""
    return [event for event in events if isinstance(event, HistoryShown) and event.chat == chat][-1]


def names_in(shown: HistoryShown) -> list[str]:
    """The messages of it."""
    return [each.provider_id for each in shown.messages]


def texts_of(updates: list[Update]) -> list[str | None]:
    """The texts of the messages, in order."""
    return [event.text for update in updates for event in update.events if isinstance(event, MessageArrived)]


def position_of(updates: list[Update]) -> str | None:
    """The last position that was given."""
    return next((update.position for update in reversed(updates) if update.position is not None), None)


@pytest.fixture
async def before(workspace: SlackBench) -> str | None:
    """The position of a session that has heard something and then ended."""
    session = workspace.session()
    await session.connect()
    await workspace.writes(DIRECT, "Before")
    updates = await heard_until(session, None, "Before")
    await session.close()
    return position_of(updates)


@pytest.fixture
async def yesterdays() -> AsyncIterator[tuple[SlackBench, str, str]]:
    """A workspace with a thread of yesterday, and its two replies."""
    began = system_clock() // 1000 - 24 * 3600
    parent, gone, edited = (f"{began + number}.000001" for number in range(3))

    def more(world: dict[str, Any]) -> None:
        for stamp_, text in ((parent, "A question"), (gone, "An answer"), (edited, "Anothr")):
            said = {"ts": stamp_, "channel_id": DIRECT, "user": MAYA, "text": text}
            world["messages"].append(said | ({"reply_count": 2} if stamp_ == parent else {"thread_ts": parent}))

    made = SlackBench("SLACK", more)
    await made.log_in()
    yield made, gone, edited
    await made.close()


async def test_replies_edits_and_what_we_wrote_elsewhere_are_recovered(workspace: SlackBench, before: str | None) -> None:
    """networks.md 1.2: replies are absent from the channel's history."""
    parent = await workspace.writes(DIRECT, "A question")
    await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="An answer", thread_ts=parent)
    await workspace.edits(DIRECT, parent, "A question, mended")
    await workspace.writes_elsewhere(DIRECT, "From the phone")
    await workspace.writes(PRODUCT, "The end")
    session = workspace.session()
    await session.connect()
    updates = await heard_until(session, before, "The end")
    assert texts_of(updates) == ["A question, mended", "An answer", "From the phone", "The end"]
    answer = next(event for update in updates for event in update.events if getattr(event, "text", "") == "An answer")
    assert isinstance(answer, MessageArrived)
    assert (answer.thread, answer.live) == (parent, True)


async def test_a_reply_to_an_older_message_is_recovered_too(workspace: SlackBench) -> None:
    """Up to `slack.lookback_hours` back."""
    parent = await workspace.writes(DIRECT, "Old question")
    session = workspace.session()
    await session.connect()
    await workspace.writes(DIRECT, "Before")
    position = position_of(await heard_until(session, None, "Before"))
    await session.close()
    await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="Late answer", thread_ts=parent)
    await session.connect()
    updates = await heard_until(session, position, "Late answer")
    assert texts_of(updates)[-1] == "Late answer"


async def test_an_outage_that_ends_in_another_one_is_made_up_for_from_its_beginning(
    workspace: SlackBench, before: str | None
) -> None:
    """The position does not move before all was read."""
    for number in range(5):
        await workspace.writes(DIRECT, f"Missed {number}")
        await workspace.writes(PRODUCT, f"Missed there {number}")
    session = workspace.session()
    await session.connect()
    first = await heard_until(session, before, "Missed 4")
    await session.close()
    assert position_of(first) == before
    await workspace.writes(PRODUCT, "The end")
    await session.connect()
    again = await heard_until(session, before, "The end")
    assert {f"Missed {number}" for number in range(5)} | {f"Missed there {number}" for number in range(5)} <= set(
        texts_of(again)
    )


async def test_what_was_deleted_meanwhile_is_not_in_what_is_shown(workspace: SlackBench) -> None:
    """R9: deletions of an outage; the newest message heard before it too, and a reply to a message that stays."""
    names = [await workspace.writes(DIRECT, text) for text in ("Stays", "Goes", "Goes as the last one heard")]
    reply = (await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="A reply", thread_ts=names[0]))["ts"]
    session = workspace.session()
    await session.connect()
    last = await workspace.writes(DIRECT, "Before")
    position = position_of(await heard_until(session, None, "Before"))
    await session.close()
    for name in (names[1], names[2], reply, last):
        await workspace.deletes(DIRECT, name)
    new = await workspace.writes(PRODUCT, "Meanwhile")
    shown = last_shown(events := await heard_whole(session, position))
    assert names_in(shown) == [names[0]]
    assert shown.from_ms <= ms_of(names[0])
    assert ms_of(last) <= shown.to_ms < workspace.clock()
    assert shown.messages[0].with_replies
    assert names_in(last_shown(events, PRODUCT)) == [new]


async def test_a_thread_that_stood_still_is_looked_into_all_the_same(yesterdays: tuple[SlackBench, str, str]) -> None:
    """Its newest reply is old, so that nothing in the channel tells that another one was deleted, or edited."""
    workspace, gone, edited = yesterdays
    session = workspace.session()
    await session.connect()
    await workspace.writes(DIRECT, "Before")
    position = position_of(await heard_until(session, None, "Before"))
    await session.close()
    await workspace.deletes(DIRECT, gone)
    await workspace.edits(DIRECT, edited, "Mended")
    events = await heard_whole(session, position)
    shown = last_shown(events)
    assert gone not in names_in(shown)
    assert edited in names_in(shown)
    assert all(each.with_replies for each in shown.messages)
    assert "Mended" in [event.text for event in events if isinstance(event, MessageArrived)]


async def test_what_a_reply_and_a_reaction_became_meanwhile_is_shown(workspace: SlackBench, before: str | None) -> None:
    """In threads too, where nothing in the channel tells of it."""
    parent = await workspace.writes(DIRECT, "A question")
    reply = (await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="An anser", thread_ts=parent))["ts"]
    await workspace.reacts(DIRECT, parent, "👍")
    await workspace.reacts(DIRECT, reply, "🎉")
    session = workspace.session()
    position = position_of(await updates_of(session, before))
    await workspace.edits(DIRECT, reply, "An answer")
    await workspace.asks(MAYA, "reactions.remove", channel=DIRECT, timestamp=parent, name="+1")
    await workspace.reacts(DIRECT, reply, "👋")
    events = await heard_whole(session, position)
    stands = {each.provider_id: each.reactions for each in last_shown(events).messages}
    assert stands[parent] == ()
    assert stands[reply] == (ReactionInfo(value="🎉", sender=MAYA), ReactionInfo(value="👋", sender=MAYA))
    edited = [event for event in events if isinstance(event, MessageArrived) and event.provider_id == reply]
    assert {(event.text, event.live) for event in edited} == {("An answer", False)}


async def test_what_no_look_back_can_see_is_a_gap(workspace: SlackBench, before: str | None) -> None:
    """security.md 6.6: edits, deletions and replies to old messages; said once, for the time that nobody listened."""
    began = workspace.clock()
    parent = stamp(0)
    await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="To an old one", thread_ts=parent)
    await workspace.deletes(DIRECT, stamp(2))
    assert began - 72 * 3_600_000 > BEGAN_S * 1000
    events = await heard_whole(workspace.session(), before)
    (gap,) = [event for event in events if isinstance(event, GapFound)]
    assert gap.chat is None
    assert gap.from_ms <= began <= gap.to_ms
    assert "more than 72 hours" in gap.reason
    assert last_shown(events).from_ms > ms_of(stamp(2))


async def test_a_message_that_the_history_does_not_show_yet_is_not_called_deleted(workspace: SlackBench) -> None:
    """Slack does not promise that its history shows at once what its events told."""
    session = workspace.session()
    await session.connect()
    await workspace.writes(DIRECT, "First")
    last = await workspace.writes(DIRECT, "Last")
    position = position_of(await heard_until(session, None, "Last"))
    await session.close()
    workspace.state.unshown = {last}
    events = await heard_whole(session, position)
    assert workspace.state.unshown == set()
    shown = [event for event in events if isinstance(event, HistoryShown) and event.chat == DIRECT]
    assert [names_in(each)[-1] for each in shown] == [last]


async def test_malformed_messages_of_an_outage_stop_nothing(workspace: SlackBench, before: str | None) -> None:
    """Issue 4: malformed payloads, in history too: what stands before and after them is heard, and where to go on from."""
    garbage: list[dict[str, object]] = [
        {"user": 5, "text": 7, "subtype": ["x"], "edited": "x", "blocks": "x"},
        {"reactions": [{"name": 5, "users": 1}], "files": [5, {"id": 5, "size": "big"}], "latest_reply": 5},
        {"reactions": "x", "files": "x", "reply_users": 5, "reply_count": "many", "thread_ts": 5, "attachments": [5]},
        {"ts": None},
        {"ts": "9999999999.000000"},
    ]
    for number, each in enumerate(garbage):
        workspace.state.garbled[await workspace.writes(DIRECT, f"Garbled {number}")] = dict(each)
    await workspace.writes(DIRECT, "In order")
    await workspace.writes(PRODUCT, "The end")
    updates = await updates_of(workspace.session(), before)
    assert {"In order", "The end"} <= set(texts_of(updates))
    position = position_of(updates)
    assert position is not None
    assert "9999999999" not in position
    shown = [event for update in updates for event in update.events if isinstance(event, HistoryShown)]
    assert DIRECT not in {event.chat for event in shown}


async def test_what_a_free_plan_hides_is_not_called_deleted(workspace: SlackBench, before: str | None) -> None:
    """It may still be there, for who pays."""
    await workspace.forget()
    await workspace.writes(DIRECT, "Afterwards")
    events = await heard_whole(workspace.session(), before)
    assert workspace.state.forgotten is not None
    hidden_ms = ms_of(workspace.state.forgotten)
    assert [event for event in events if isinstance(event, HistoryShown) and event.from_ms <= hidden_ms] == []
    assert len([event for event in events if isinstance(event, GapFound)]) == 2


async def test_a_conversation_that_cannot_be_read_loses_nothing(workspace: SlackBench, before: str | None) -> None:
    """A scope that was taken away says nothing of the messages."""
    workspace.state.unreadable = frozenset({DIRECT})
    events = await heard_whole(workspace.session(), before)
    assert {event.chat for event in events if isinstance(event, HistoryShown)} == {"C0GENERAL", PRODUCT, "D0ELIF", "G0TRIO"}


@pytest.mark.slow
async def test_1000_messages_of_an_outage_are_there_once(workspace: SlackBench, server: SlackServer) -> None:
    """Issue 4: an outage with 1,000 messages meanwhile; nothing is lost or doubled, the account goes on by itself."""
    server.kill()
    await workspace.front.run(workspace.front.drop())
    for number in range(WHILE_DOWN):
        await workspace.asks((MAYA, ADA)[number % 2], "chat.postMessage", channel=DIRECT, text=f"While down {number}")
    await server.start()
    account = (await server.http.get("/api/v1/accounts")).json()["items"][0]["id"]
    await server.until_status(account)
    chat = next(chat for chat in (await server.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)
    await server.until(
        lambda page: page["items"][0]["text"] == f"While down {WHILE_DOWN - 1}",
        "list_chat_messages",
        chat_id=chat["id"],
        limit=1,
    )
    texts = [item["text"] for item in await server.pages("list_chat_messages", chat_id=chat["id"], limit=250)]
    missed = [text for text in reversed(texts) if text.startswith("While down")]
    assert missed == [f"While down {number}" for number in range(WHILE_DOWN)]
