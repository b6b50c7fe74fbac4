"""How messages arrive: by socket, by post, or by asking again and again; through a whole server."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import apsw
import pytest

from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT, MAYA, SIGNING_SECRET, TEAM
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.tests.test_outage import heard_until, texts_of
from trunkline.networks.slack.user_token import socket

pytestmark = pytest.mark.slow


@pytest.fixture
async def bare(workspace: SlackBench, tmp_path: Path) -> AsyncIterator[SlackServer]:
    """A server without an account that looks into its chats every second where nothing comes by itself."""
    async with AsyncExitStack() as ending:
        made = SlackServer(tmp_path / "data", workspace, poll_seconds="1")
        ending.push_async_callback(made.stop)
        await made.start()
        yield made


async def direct_of(server: SlackServer) -> str:
    """Our id of the direct message with Maya."""
    page = await server.until(lambda page: any(chat["provider_id"] == DIRECT for chat in page["items"]), "list_all_chats")
    return str(next(chat["id"] for chat in page["items"] if chat["provider_id"] == DIRECT))


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers of a post of Slack's."""
    stamp = str(int(time.time()))
    proof = hmac.digest(secret.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hex()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={proof}", "content-type": "application/json"}


async def test_a_post_is_stored_when_it_is_answered_and_a_forged_one_is_not(workspace: SlackBench, bare: SlackServer) -> None:
    """security.md 6.6 and S31 through the door: no key, the signature alone."""
    await bare.allow(await bare.connect(app_token="", signing_secret=SIGNING_SECRET))
    chat = await direct_of(bare)
    event = {"type": "message", "channel": DIRECT, "user": MAYA, "text": "By post", "ts": f"{int(time.time())}.000100"}
    payload = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    body = json.dumps(payload).encode()
    del bare.http.headers["x-api-key"]
    forged = await bare.http.post("/provider/slack/events", content=body, headers=signed(body, "a guess"))
    true = [
        await bare.http.post("/provider/slack/events", content=body, headers=signed(body, SIGNING_SECRET)) for _ in range(2)
    ]
    assert (forged.status_code, [answer.status_code for answer in true]) == (401, [200, 200])
    bare.authorize()
    texts = [item["text"] for item in (await bare.asks("list_chat_messages", chat_id=chat, limit=2))["items"]]
    assert texts == ["By post", "Message 5 of us two"]


async def test_posts_that_come_again_after_a_restart_do_nothing_twice(
    workspace: SlackBench, bare: SlackServer, tmp_path: Path
) -> None:
    """What was taken before is remembered in memory alone; after a restart the messages themselves are known.

    A webhook is told of each row of the journal.
    """
    await bare.allow(await bare.connect(app_token="", signing_secret=SIGNING_SECRET))
    chat = await direct_of(bare)
    posts = [json.dumps(payload).encode() for payload in await a_short_life(workspace)]
    headers = [signed(body, SIGNING_SECRET) for body in posts]
    assert [await posted(bare, *each) for each in zip(posts, headers, strict=True)] == [200] * len(posts)
    before = await bare.asks("list_chat_messages", chat_id=chat, limit=3)
    bare.kill()
    told = journal_of(tmp_path / "data")
    await bare.start()
    with anyio.fail_after(30):
        while await posted(bare, posts[0], headers[0]) != 200:  # noqa: ASYNC110 (its account is not connected yet)
            await anyio.sleep(0.05)
    assert [await posted(bare, *each) for each in zip(posts, headers, strict=True)] == [200] * len(posts)
    assert (await bare.asks("list_chat_messages", chat_id=chat, limit=3))["items"] == before["items"]
    bare.kill()
    assert journal_of(tmp_path / "data") == told
    assert [kind for kind, _ in told] == [
        *("message_received", "message_received", "message_edited"),
        *("message_reaction", "message_reaction", "message_deleted"),
    ]


async def a_short_life(workspace: SlackBench) -> list[dict[str, object]]:
    """Two messages: one is edited, reacted to, and not any more; the other is deleted. All told in posts."""
    stays, goes = [await workspace.writes(DIRECT, text) for text in ("By post", "Goes")]
    await workspace.edits(DIRECT, stays, "Mended")
    await workspace.deletes(DIRECT, goes)
    page = await workspace.asks(MAYA, "conversations.history", channel=DIRECT, limit=1)
    edited = page["messages"][0]
    said = {"type": "message", "user": MAYA, "text": "By post", "ts": stays}
    on = {"item": {"type": "message", "channel": DIRECT, "ts": stays}, "user": MAYA, "reaction": "wave"}
    events: list[dict[str, object]] = [
        {**said, "channel": DIRECT},
        {**said, "channel": DIRECT, "ts": goes},
        {"type": "message", "subtype": "message_changed", "channel": DIRECT, "message": edited, "previous_message": said},
        {"type": "reaction_added", **on},
        {"type": "reaction_removed", **on},
        {"type": "message", "subtype": "message_deleted", "channel": DIRECT, "deleted_ts": goes},
    ]
    return [
        {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{number}",
            "event_time": int(time.time()),
            "event": {**event, "event_ts": f"{int(time.time())}.{number}000"},
        }
        for number, event in enumerate(events, start=300)
    ]


async def posted(server: SlackServer, body: bytes, headers: dict[str, str]) -> int:
    """The status that a post is answered with."""
    return (await server.http.post("/provider/slack/events", content=body, headers=headers)).status_code


def journal_of(folder: Path) -> list[tuple[str, str]]:
    """What the journal of a server that has ended says of messages."""
    (file,) = folder.glob("*.db")
    database = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
    found = list(database.execute("SELECT kind, object_id FROM journal WHERE kind LIKE 'message_%' ORDER BY seq"))
    database.close()
    return [(str(kind), str(name)) for kind, name in found]


async def test_without_socket_and_posts_the_chats_are_asked_again_and_again(workspace: SlackBench, bare: SlackServer) -> None:
    """The third way, within Slack's pace."""
    await bare.allow(await bare.connect(app_token=""))
    chat = await direct_of(bare)
    await workspace.writes(DIRECT, "Found by asking")
    await bare.until(lambda page: page["items"][0]["text"] == "Found by asking", "list_chat_messages", chat_id=chat, limit=1)
    assert workspace.state.calls.count("apps.connections.open") == workspace.logins


async def test_a_socket_that_slack_renews_is_followed_by_another_and_nothing_is_lost(
    workspace: SlackBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs.slack.dev, Socket Mode: `disconnect` with the reason `refresh_requested`."""
    monkeypatch.setattr(socket, "SHORTEST_S", 0.0)  # else one that ends so soon is taken for none
    session = workspace.session()
    await session.connect()
    await workspace.writes(DIRECT, "Before")
    await heard_until(session, None, "Before")
    await session.connect()
    opened = workspace.state.calls.count("apps.connections.open")
    await workspace.front.run(workspace.front.say({"type": "disconnect", "reason": "refresh_requested"}))
    with anyio.fail_after(5):
        while workspace.state.calls.count("apps.connections.open") == opened or not workspace.front.is_heard:
            await anyio.lowlevel.checkpoint()
    await workspace.writes(DIRECT, "After")
    assert texts_of(await heard_until(session, None, "After")) == ["After"]


async def test_a_socket_is_told_that_an_event_was_taken_once_it_was_stored(workspace: SlackBench) -> None:
    """security.md 6.6: the network is acknowledged after the commit."""
    session = workspace.session()
    await session.connect()
    updates = session.listen(None)
    await anext(updates)
    await workspace.writes(DIRECT, "Not yet")
    update = await anext(updates)
    assert "Not yet" in texts_of([update])
    assert workspace.state.acknowledged == []
    await workspace.writes(DIRECT, "Then")
    await anext(updates)
    with anyio.fail_after(5):
        while len(workspace.state.acknowledged) < 1:  # noqa: ASYNC110 (another thread's)
            await anyio.sleep(0.005)
    assert workspace.state.acknowledged == workspace.state.delivered[:1]
