"""An agent's day in a WhatsApp account, through MCP, by the real side process, over the scripted client library."""

import base64

import pytest

from trunkline.networks._testing.server import Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import GROUP, JONAS, MAYA, NEW, NEWS, PNG, PRIYA, lid_of
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow
OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(200)


async def test_an_agent_reads_answers_and_mends_in_an_account(server: LinkedServer, network: FakeNetwork) -> None:
    """The 21 tools: what the agent does is seen by the phone, and what others do by the agent."""
    await server.allow(await server.connect())
    await server.until(lambda page: {"Saturday hike", "News of the house"} <= names_in(page), "list_all_chats")
    direct, group, news = [await server.chat(name) for name in (MAYA, GROUP, NEWS)]
    assert [chat["type"] for chat in (direct, group, news)] == [0, 1, 1]
    assert (direct["attendee_name"], direct["unread_count"]) == ("Maya Fernandes", 2)
    assert (group["name"], news["read_only"]) == ("Saturday hike", 1)
    history = await server.until(lambda page: len(page["items"]) == 6, "list_chat_messages", chat_id=direct["id"])
    assert [message["text"] for message in history["items"]] == [f"Said {n}" for n in reversed(range(6))]

    theirs = network.world.message(MAYA, MAYA, {"conversation": "Lunch? 🥗"})
    network.tell("messages.upsert", {"messages": [theirs], "type": "notify"})
    arrived = await server.until_text(direct["id"], "Lunch? 🥗")
    sent = await server.asks(
        "send_message_in_chat", chat_id=direct["id"], text="Yes, 12:30", quote_id=arrived["id"], typing_duration="10"
    )
    mine = await server.asks("get_message", message_id=sent["message_id"])
    assert (mine["text"], mine["is_sender"], mine["quoted"]["text"]) == ("Yes, 12:30", 1, "Lunch? 🥗")
    assert network.typed == [("composing", MAYA), ("paused", MAYA)]

    await server.asks("patch_message", message_id=sent["message_id"], text="Yes, 12:45")
    await server.asks("add_reaction", message_id=arrived["id"], reaction="👍")
    noted = [(each["kind"], each["command"].get("text")) for each in network.world.record]
    assert noted == [("send", "Yes, 12:30"), ("edit", "Yes, 12:45"), ("react", "👍")]

    picture = f"data:image/png;name=view.png;base64,{base64.b64encode(PNG).decode()}"
    voice = f"data:audio/ogg;name=note.ogg;base64,{base64.b64encode(OPUS).decode()}"
    await server.asks("send_message_in_chat", chat_id=direct["id"], text="The view", attachments=[picture])
    with_file = await server.until_text(direct["id"], "The view")
    (attachment,) = with_file["attachments"]
    assert (attachment["type"], attachment["mimetype"]) == ("img", "image/png")
    note = await server.asks("send_message_in_chat", chat_id=direct["id"], voice_message=voice)
    said = await server.asks("get_message", message_id=note["message_id"])
    assert (said["attachments"][0]["type"], said["attachments"][0]["voice_note"]) == ("audio", True)
    got = await server.tries("get_message_attachment", message_id=with_file["id"], attachment_id=attachment["id"])
    assert PNG in [base64.b64decode(each["data"]) for each in got["content"] if each["type"] == "image"]

    await server.asks("forward_message", message_id=arrived["id"], chat_id=group["id"])
    assert (await server.until_text(group["id"], "Lunch? 🥗"))["is_forwarded"] in (1, True)
    await server.asks("delete_message", message_id=sent["message_id"])
    assert (await server.asks("get_message", message_id=sent["message_id"]))["deleted"] == 1

    log = server.log.read_text()
    for secret in ("Lunch", "12:30", MAYA.partition("@")[0], lid_of(MAYA).partition("@")[0], *network.world.secrets):
        assert secret not in log


def names_in(page: Json) -> set[str | None]:
    """The names of listed chats. Those of groups are asked for after the connect."""
    return {chat["name"] for chat in page["items"]}


async def test_an_agent_rules_groups_and_states_of_chats(server: LinkedServer, network: FakeNetwork) -> None:
    """Starting, members, links, all the patch actions, history on demand, deleting."""
    await server.allow(await server.connect())
    direct, group, news = [await server.chat(name) for name in (MAYA, GROUP, NEWS)]
    started = await server.asks("start_new_chat", account_id=direct["account_id"], attendees_ids=[NEW], text="Hello Ana")
    assert (await server.until_text(started["chat_id"], "Hello Ana"))["is_sender"] == 1
    made = await server.asks(
        "start_new_chat",
        account_id=direct["account_id"],
        attendees_ids=[JONAS, PRIYA],
        subject="Picnic",
        text="Who brings what?",
    )
    assert (await server.asks("get_chat", chat_id=made["chat_id"]))["name"] == "Picnic"
    for action, value in (
        ("setReadStatus", True), ("setMuteStatus", True), ("setArchiveStatus", True), ("setPinnedStatus", True),
        ("setLabel", "Follow up"),
    ):  # fmt: skip
        await server.asks("patch_chat", chat_id=direct["id"], action=action, value=value)
    assert network.world.unread[MAYA] == 0
    await server.asks("patch_chat", chat_id=group["id"], action="removeParticipant", value=JONAS)
    await server.asks("patch_chat", chat_id=group["id"], action="addParticipant", value=PRIYA)
    assert network.world.people(GROUP) >= {MAYA, PRIYA}
    assert JONAS not in network.world.people(GROUP)
    link = await server.asks("patch_chat", chat_id=group["id"], action="getInviteLink")
    assert link["invite_link"].startswith("https://chat.whatsapp.com/")
    refused = await server.tries("send_message_in_chat", chat_id=news["id"], text="Hello everybody")
    assert refused["isError"]
    await server.asks("sync_chat_history", chat_id=direct["id"])
    await server.until(lambda answer: answer["status"] == "SYNC_DONE", "sync_chat_history", chat_id=direct["id"])
    await server.asks("delete_chat", chat_id=started["chat_id"])


async def test_an_agent_looks_people_up(server: LinkedServer, network: FakeNetwork) -> None:
    """The tools that ask for people, and for what one of them said: a phone number and a hidden number are one."""
    await server.allow(await server.connect())
    group = await server.chat(GROUP)
    hidden = network.world.message(GROUP, MAYA, {"conversation": "From the hidden number"})
    network.tell("messages.upsert", {"messages": [hidden], "type": "notify"})
    said = await server.until_text(group["id"], "From the hidden number")
    assert (said["sender_id"], hidden["key"]["participant"]) == (MAYA, lid_of(MAYA))
    people = (await server.asks("list_attendees", chat_id=group["id"]))["items"]
    maya = next(each for each in people if each["provider_id"] == MAYA)
    assert [each["id"] for each in (await server.asks("list_all_attendees", limit=250))["items"]].count(maya["id"]) == 1
    assert (await server.asks("get_attendee_by_id", id=maya["id"]))["name"] == "Maya Fernandes"
    picture = await server.tries("get_attendee_profile_picture", id=maya["id"])
    assert PNG in [base64.b64decode(each["data"]) for each in picture["content"] if each["type"] == "image"]
    chats = (await server.asks("list_chats_by_attendee", attendee_id=maya["id"]))["items"]
    assert MAYA in {each["provider_id"] for each in chats}
    theirs = (await server.asks("list_messages_by_attendee", sender_id=maya["id"]))["items"]
    assert theirs[0]["text"] == "From the hidden number"
    assert {each["sender_id"] for each in theirs} == {MAYA}
    everything = (await server.asks("list_all_messages", limit=1))["items"]
    assert everything[0]["text"] == "From the hidden number"
