"""Conversations that are left: gone with all that was said in them, so it must be true now, not only once."""

import anyio
import pytest

from trunkline.contract.events import ChatRemoved
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, DIRECT, MAYA, PRODUCT
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.tests.test_outage import heard_until
from trunkline.networks.slack.tests.test_restart import chat_of
from trunkline.networks.slack.user_token.session import SlackSession

LEFT: tuple[dict[str, object], ...] = (
    {"type": "channel_left", "channel": PRODUCT},
    {"type": "member_left_channel", "channel": PRODUCT, "user": ADA, "channel_type": "C"},
)


async def removed_of(workspace: SlackBench, session: SlackSession, said: dict[str, object]) -> list[str]:
    """The conversations that a session says are gone, after Slack has said something."""
    await workspace.strange(said)
    await workspace.writes(DIRECT, "The end")
    with anyio.fail_after(10):
        updates = await heard_until(session, None, "The end")
    return [event.chat for update in updates for event in update.events if isinstance(event, ChatRemoved)]


@pytest.mark.parametrize("said", LEFT)
async def test_an_old_event_does_not_take_away_a_conversation_that_we_joined_again(
    workspace: SlackBench, said: dict[str, object]
) -> None:
    """Slack delivers again what was not acknowledged. Seen to fail: the channel went, with all its messages."""
    session = workspace.session()
    await session.connect()
    assert await removed_of(workspace, session, said) == []


@pytest.mark.parametrize("said", LEFT)
async def test_a_conversation_that_was_left_is_gone(workspace: SlackBench, said: dict[str, object]) -> None:
    session = workspace.session()
    await session.connect()
    await workspace.asks(ADA, "conversations.leave", channel=PRODUCT)
    assert set(await removed_of(workspace, session, said)) == {PRODUCT}


async def test_a_conversation_that_slack_knows_no_more_is_gone(workspace: SlackBench) -> None:
    session = workspace.session()
    await session.connect()
    assert await removed_of(workspace, session, {"type": "channel_deleted", "channel": "C0GONE"}) == ["C0GONE"]


@pytest.mark.slow
async def test_a_channel_that_was_left_and_joined_again_stays_after_a_restart(
    workspace: SlackBench, server: SlackServer
) -> None:
    """Through a whole server: the event of the leaving comes once more to the next process."""
    product = await chat_of(server, PRODUCT)
    await workspace.asks(ADA, "conversations.leave", channel=PRODUCT)
    await workspace.strange(LEFT[0])
    await server.until(lambda page: all(chat["id"] != product for chat in page["items"]), "list_all_chats")
    await workspace.asks(ADA, "conversations.join", channel=PRODUCT)
    await workspace.writes(PRODUCT, "Welcome back")
    assert await chat_of(server, PRODUCT) == product
    server.kill()
    await workspace.front.run(workspace.front.drop())
    await server.start()
    (account,) = (await server.http.get("/api/v1/accounts")).json()["items"]
    await server.until_status(account["id"])
    await workspace.strange(LEFT[0])
    await workspace.asks(MAYA, "chat.postMessage", channel=PRODUCT, text="Still here?")
    page = await server.until(
        lambda page: any(item["text"] == "Still here?" for item in page["items"]), "list_chat_messages", chat_id=product
    )
    assert [item["text"] for item in page["items"] if item["text"] in ("Welcome back", "Still here?")] == [
        "Still here?",
        "Welcome back",
    ]
