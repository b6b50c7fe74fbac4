"""An outage through a whole server: what was deleted, edited and reacted to meanwhile is in the store and told, once."""

import anyio
import pytest

from trunkline.networks._testing.server import CEILING_S
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT, MAYA, stamp
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.tests.test_restart import chat_of

pytestmark = pytest.mark.slow


async def test_what_became_of_messages_during_an_outage_is_known_after_it(workspace: SlackBench, server: SlackServer) -> None:
    """Issue 4: nothing is lost or doubled; R9: what cannot be recovered is named."""
    chat = await chat_of(server, DIRECT)
    names = {text: await workspace.writes(DIRECT, text) for text in ("Stays", "Goes", "Edited", "Reacted to", "The last one")}
    reply = (await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="A reply", thread_ts=names["Stays"]))["ts"]
    await workspace.reacts(DIRECT, names["Reacted to"], "👍")
    await server.until(
        lambda page: any(item["text"] == "Reacted to" and item["reactions"] for item in page["items"]),
        "list_chat_messages",
        chat_id=chat,
    )
    server.kill()
    await workspace.front.run(workspace.front.drop())
    for name in (names["Goes"], names["The last one"], reply):
        await workspace.deletes(DIRECT, name)
    await workspace.edits(DIRECT, names["Edited"], "Mended")
    await workspace.asks(MAYA, "reactions.remove", channel=DIRECT, timestamp=names["Reacted to"], name="+1")
    await workspace.reacts(DIRECT, names["Reacted to"], "🎉")
    await server.start()
    await server.until(
        lambda page: any(item["provider_id"] == names["Goes"] and item["deleted"] for item in page["items"]),
        "list_chat_messages",
        chat_id=chat,
    )
    messages = {item["provider_id"]: item for item in await server.pages("list_chat_messages", chat_id=chat, limit=100)}
    assert {name for name, item in messages.items() if item["deleted"]} == {names["Goes"], names["The last one"], reply}
    assert messages[names["Goes"]]["text"] is None
    assert messages[names["Edited"]]["text"] == "Mended"
    assert [each["value"] for each in messages[names["Reacted to"]]["reactions"]] == ["🎉"]
    assert messages[stamp(0)]["text"] == "Message 0 of us two"
    with anyio.fail_after(CEILING_S):
        while not await gap_is_named(server):  # noqa: ASYNC110 (another process: there is no event)
            await anyio.sleep(0.05)


async def gap_is_named(server: SlackServer) -> bool:
    """Whether doctor says what could not be seen."""
    status = (await server.http.get("/api/v1/status")).json()
    return any("more than 72 hours old" in finding["text"] for finding in status["findings"])
