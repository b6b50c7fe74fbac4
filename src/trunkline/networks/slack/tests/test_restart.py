"""The server ends in the middle of a sync, and in the middle of a send."""

import anyio
import pytest

from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT, GENERAL, MAYA
from trunkline.networks.slack.tests.server import SlackServer

pytestmark = pytest.mark.slow
MESSAGES = 400


async def chat_of(server: SlackServer, provider_id: str) -> str:
    """Our id of a conversation, once it is listed."""
    page = await server.until(lambda page: any(chat["provider_id"] == provider_id for chat in page["items"]), "list_all_chats")
    return str(next(chat["id"] for chat in page["items"] if chat["provider_id"] == provider_id))


async def test_a_sync_that_is_cut_off_goes_on_where_it_was(workspace: SlackBench, server: SlackServer) -> None:
    """Issue 4: restart in the middle of a sync; R9."""
    chat = await chat_of(server, GENERAL)
    for number in range(MESSAGES):
        await workspace.asks(MAYA, "chat.postMessage", channel=GENERAL, text=f"Number {number}")
    reads = workspace.state.calls.count("conversations.history")
    await server.asks("sync_chat_history", chat_id=chat)
    with anyio.fail_after(5):
        while workspace.state.calls.count("conversations.history") == reads:  # noqa: ASYNC110 (another process)
            await anyio.sleep(0.002)
    server.kill()
    await server.start()
    done = await server.until(lambda answer: answer["status"] == "SYNC_DONE", "sync_chat_history", chat_id=chat)
    assert done["status"] == "SYNC_DONE"
    texts = [item["text"] for item in await server.pages("list_chat_messages", chat_id=chat, limit=250)]
    assert texts == [*(f"Number {number}" for number in reversed(range(MESSAGES))), "Hello all"]


async def test_a_send_that_is_cut_off_is_found_in_the_history_and_not_sent_again(
    workspace: SlackBench, server: SlackServer
) -> None:
    """Issue 4: restart in the middle of a send; R1, R30."""
    chat = await chat_of(server, DIRECT)
    await workspace.fault("stalled_answer")
    async with anyio.create_task_group() as group:
        group.start_soon(sends, server, chat, "Once only :wave: @maya")
        with anyio.fail_after(10):
            while not await workspace.arrived("send"):  # noqa: ASYNC110 (another process)
                await anyio.sleep(0.01)
        server.kill()
    await server.start()
    shown = "Once only 👋 @Maya Fernandes"
    page = await server.until(
        lambda page: any(item["text"] == shown for item in page["items"]), "list_chat_messages", chat_id=chat
    )
    assert len([item for item in page["items"] if item["text"] == shown]) == 1
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    assert [each["command"]["text"] for each in await workspace.arrived("send")] == ["Once only :wave: <@U0MAYA>", "And then"]


async def sends(server: SlackServer, chat: str, text: str) -> None:
    """Send, whatever becomes of it."""
    try:
        await server.tries("send_message_in_chat", chat_id=chat, text=text)
    except Exception:
        return
