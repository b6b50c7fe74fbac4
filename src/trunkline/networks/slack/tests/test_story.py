"""An agent's day in a Slack workspace, through MCP, on somebody else's emulator."""

import base64

import pytest

from trunkline.networks._testing.server import Json
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, DIRECT, GENERAL, MAYA, PRODUCT, RAVI
from trunkline.networks.slack.tests.server import SlackServer

pytestmark = pytest.mark.slow


async def test_an_agent_reads_answers_and_mends_in_a_workspace(server: SlackServer, workspace: SlackBench) -> None:
    """The 21 tools, as far as Slack can: what the agent does is seen by Maya, and what Maya does by the agent."""
    chats = (await server.asks("list_all_chats"))["items"]
    by_provider = {chat["provider_id"]: chat for chat in chats}
    assert {chat["type"] for chat in chats} == {0, 1, 2}
    assert by_provider[GENERAL]["name"] == "general"
    direct = by_provider[DIRECT]
    assert (direct["attendee_name"], direct["unread_count"]) == ("Maya Fernandes", 1)
    history = (await server.asks("list_chat_messages", chat_id=direct["id"]))["items"]
    assert [message["text"] for message in history] == [f"Message {n} of us two" for n in reversed(range(6))]

    theirs = await workspace.writes(DIRECT, "Lunch? <https://example.org|the place> :wave: &lt;3")
    arrived = await until_text(server, direct["id"], "Lunch? the place (https://example.org) 👋 <3")
    assert arrived["provider_id"] == theirs

    sent = await server.asks("send_message_in_chat", chat_id=direct["id"], text="Yes @maya, <12:30> & not later")
    (on_the_wire,) = await workspace.arrived("send")
    assert on_the_wire["command"]["text"] == f"Yes <@{MAYA}>, <12:30> & not later"
    assert (on_the_wire["command"]["unfurl_links"], on_the_wire["command"]["unfurl_media"]) == ("false", "false")
    mine = await server.asks("get_message", message_id=sent["message_id"])
    assert (mine["text"], mine["is_sender"]) == ("Yes @Maya Fernandes, <12:30> & not later", 1)

    await server.asks("add_reaction", message_id=arrived["id"], reaction="👍🏽")
    await server.asks("patch_message", message_id=sent["message_id"], text="Yes, 12:45")
    reply = await server.asks("send_message_in_chat", chat_id=direct["id"], text="In the thread", thread_id=arrived["id"])
    page = await workspace.asks(MAYA, "conversations.replies", channel=DIRECT, ts=theirs)
    assert [each["text"] for each in page["messages"]][1:] == ["In the thread"]
    assert page["messages"][0]["reactions"][0]["name"] == "+1::skin-tone-4"
    answered = await server.asks("get_message", message_id=reply["message_id"])
    assert answered["parent"] == arrived["id"]

    file = f"data:text/plain;name=menu.txt;base64,{base64.b64encode(b'Soup').decode()}"
    await server.asks("send_message_in_chat", chat_id=direct["id"], text="The menu", attachments=[file])
    with_file = await until_text(server, direct["id"], "The menu")
    assert [attachment["file_name"] for attachment in with_file["attachments"]] == ["menu.txt"]

    await server.asks("delete_message", message_id=sent["message_id"])
    assert (await server.asks("get_message", message_id=sent["message_id"]))["deleted"] == 1

    started = await server.asks("start_new_chat", account_id=direct["account_id"], attendees_ids=[RAVI], text="Hello Ravi")
    assert started["chat_id"]
    await server.asks("patch_chat", chat_id=by_provider[PRODUCT]["id"], action="addParticipant", value=RAVI)
    people = (await server.asks("list_attendees", chat_id=by_provider[PRODUCT]["id"]))["items"]
    assert RAVI in {person["provider_id"] for person in people}
    refused = await server.tries("patch_chat", chat_id=direct["id"], action="setArchiveStatus", value=True)
    assert refused["isError"]
    await server.asks("patch_chat", chat_id=direct["id"], action="setReadStatus", value=True)
    assert await workspace.unread(DIRECT) == 0
    assert "xoxp" not in server.log.read_text()
    assert "Lunch" not in server.log.read_text()


async def test_an_answer_to_a_reply_goes_to_its_thread(server: SlackServer, workspace: SlackBench) -> None:
    """docs.slack.dev, chat.postMessage: "avoid using a reply's ts value; use its parent's". Seen to fail."""
    theirs = await workspace.writes(DIRECT, "A thread begins")
    direct = next(chat for chat in (await server.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)["id"]
    first = await until_text(server, direct, "A thread begins")
    thread_id = first["id"]
    for text in ("One", "Two", "Three"):
        sent = await server.asks("send_message_in_chat", chat_id=direct, text=text, thread_id=thread_id)
        thread_id = sent["message_id"]
        assert (await server.asks("get_message", message_id=thread_id))["parent"] == first["id"]
    page = await workspace.asks(MAYA, "conversations.replies", channel=DIRECT, ts=theirs)
    assert [each["text"] for each in page["messages"]] == ["A thread begins", "One", "Two", "Three"]


async def test_a_threads_first_message_counts_its_replies_as_they_come_and_go(
    server: SlackServer, workspace: SlackBench
) -> None:
    """unipile-v1 5.2 `replies`, `reply_by`. Seen to fail: they changed only when the history was read again."""
    theirs = await workspace.writes(DIRECT, "Who comes along?")
    direct = next(chat for chat in (await server.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)["id"]
    first = (await until_text(server, direct, "Who comes along?"))["id"]

    async def counted(replies: int | None, *by: str) -> None:
        await server.until(
            lambda found: (found.get("replies"), found.get("reply_by", [])) == (replies, list(by)),
            "get_message",
            message_id=first,
        )

    ours = await server.asks("send_message_in_chat", chat_id=direct, text="I do", thread_id=first)
    await counted(1, ADA)
    answer = await workspace.asks(MAYA, "chat.postMessage", channel=DIRECT, text="Me too", thread_ts=theirs)
    await counted(2, ADA, MAYA)
    await server.asks("sync_chat_history", chat_id=direct)
    await until_text(server, direct, "Me too")
    await counted(2, ADA, MAYA)
    await server.asks("delete_message", message_id=ours["message_id"])
    await counted(1, MAYA)
    await workspace.deletes(DIRECT, str(answer["ts"]))
    await counted(None)


async def test_a_reaction_stands_once_however_its_emoji_was_written(server: SlackServer, workspace: SlackBench) -> None:
    """Keyboards give ❤ with the variation selector or without; Slack has one heart. Seen to fail: one stayed for ever."""
    await workspace.writes(DIRECT, "React to this")
    direct = next(chat for chat in (await server.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)["id"]
    message = (await until_text(server, direct, "React to this"))["id"]
    await server.asks("add_reaction", message_id=message, reaction="\u2764")
    await server.asks("add_reaction", message_id=message, reaction="👍🏽")
    await server.until(lambda found: values_of(found) == ["\u2764\ufe0f", "👍🏽"], "get_message", message_id=message)
    await server.asks("add_reaction", message_id=message, reaction="")
    await server.until(lambda found: values_of(found) == [], "get_message", message_id=message)


async def test_what_the_token_may_not_is_refused_with_the_scope_that_it_lacks(
    server: SlackServer, workspace: SlackBench
) -> None:
    """Issue 4: account without permission. Seen to fail: "Slack cannot send messages", which it can."""
    workspace.state.scopes = ("channels:read", "channels:history", "im:read", "im:history", "users:read", "chat:write")
    (account,) = (await server.http.get("/api/v1/accounts")).json()["items"]
    assert (await server.http.post(f"/api/v1/accounts/{account['id']}/restart")).status_code == 200
    direct = next(chat for chat in (await server.asks("list_all_chats"))["items"] if chat["provider_id"] == DIRECT)["id"]
    sent = await server.asks("send_message_in_chat", chat_id=direct, text="This it may")
    refused = await server.tries("add_reaction", message_id=sent["message_id"], reaction="👍")
    assert "This account of Slack cannot react to messages: its token lacks the scope reactions:write;" in str(
        refused["content"]
    )
    file = f"data:text/plain;name=menu.txt;base64,{base64.b64encode(b'Soup').decode()}"
    without = await server.tries("send_message_in_chat", chat_id=direct, text="The menu", attachments=[file])
    assert "takes no attachments: its token lacks the scope files:write;" in str(without["content"])
    muted = await server.tries("patch_chat", chat_id=direct, action="setMuteStatus", value=True)
    assert "Slack cannot mute chats." in str(muted["content"])


def values_of(message: Json) -> list[str]:
    """Its reactions."""
    return sorted(each["value"] for each in message["reactions"])


async def until_text(server: SlackServer, chat: str, text: str) -> Json:
    """The message of this text, once it is there."""
    found = await server.until(
        lambda page: any(item["text"] == text for item in page["items"]), "list_chat_messages", chat_id=chat
    )
    message: Json = next(item for item in found["items"] if item["text"] == text)
    return message
