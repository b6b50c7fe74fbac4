"""What happened while the link was down: recovered from the history, nothing lost, nothing doubled. R9."""

import pytest

from trunkline.contract.events import GapFound, MessageArrived, Update
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, DIRECT, MAYA, PRODUCT
from trunkline.networks.slack.tests.server import Server
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
    assert not [event for update in updates for event in update.events if isinstance(event, GapFound)]


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


@pytest.mark.slow
async def test_1000_messages_of_an_outage_are_there_once(workspace: SlackBench, server: Server) -> None:
    """Issue 4: an outage with 1,000 messages meanwhile; nothing is lost or doubled, the account goes on by itself."""
    server.kill()
    await workspace.front.run(workspace.front.drop())
    for number in range(WHILE_DOWN):
        await workspace.asks((MAYA, ADA)[number % 2], "chat.postMessage", channel=DIRECT, text=f"While down {number}")
    again = await server.again()
    account = (await again.http.get("/api/v1/accounts")).json()["items"][0]["id"]
    await again.until_connected(account)
    chat = next(chat for chat in (await again.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)
    await again.until(
        lambda page: page["items"][0]["text"] == f"While down {WHILE_DOWN - 1}",
        "list_chat_messages",
        chat_id=chat["id"],
        limit=1,
    )
    texts = [item["text"] for item in await again.pages("list_chat_messages", chat_id=chat["id"], limit=250)]
    missed = [text for text in reversed(texts) if text.startswith("While down")]
    assert missed == [f"While down {number}" for number in range(WHILE_DOWN)]
