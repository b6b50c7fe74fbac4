"""An agent's day in a Telegram account, through MCP, over the fake at the wire."""

import base64

import pytest

from trunkline.networks.telegram.fake.seed import ADA, CHANNEL, CHEN, GROUP, MAYA, TOM
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.tests.server import TelegramServer

pytestmark = pytest.mark.slow


async def test_an_agent_reads_answers_and_mends_in_an_account(server: TelegramServer, telegram: FakeTelegram) -> None:
    """What the agent does is seen by Maya, and what Maya does by the agent."""
    await server.allow(await server.connect("+33600000001"))
    direct, group, channel = [await server.chat(name) for name in (str(MAYA), str(-GROUP), room_name(CHANNEL))]
    assert [chat["type"] for chat in (direct, group, channel)] == [0, 1, 2]
    assert (group["name"], channel["read_only"]) == ("Reading circle 📚", 1)
    history = await server.until(lambda page: len(page["items"]) == 6, "list_chat_messages", chat_id=direct["id"])
    assert [message["text"] for message in history["items"]][:2] == ["Good to hear.", "Fine, thanks."]

    telegram.acts.write(MAYA, str(ADA), message="Lunch?")
    arrived = await server.until_text(direct["id"], "Lunch?")
    sent = await server.asks("send_message_in_chat", chat_id=direct["id"], text="Yes, 12:30 🥗", quote_id=arrived["id"])
    mine = await server.asks("get_message", message_id=sent["message_id"])
    assert (mine["text"], mine["is_sender"], mine["quoted"]["text"]) == ("Yes, 12:30 🥗", 1, "Lunch?")
    assert [each["command"]["text"] for each in telegram.record if each["kind"] == "send"] == ["Yes, 12:30 🥗"]

    await server.asks("patch_message", message_id=sent["message_id"], text="Yes, 12:45")
    await server.asks("add_reaction", message_id=arrived["id"], reaction="👍")
    on_the_network = telegram.acts.messages(ADA, str(MAYA))[-2:]
    assert [message.message for message in on_the_network] == ["Lunch?", "Yes, 12:45"]
    assert on_the_network[0].reactions.results[0].reaction.emoticon == "👍"

    file = f"data:text/plain;name=menu.txt;base64,{base64.b64encode(b'Soup').decode()}"
    await server.asks("send_message_in_chat", chat_id=direct["id"], text="The menu", attachments=[file])
    with_file = await server.until_text(direct["id"], "The menu")
    assert [attachment["file_name"] for attachment in with_file["attachments"]] == ["menu.txt"]

    await server.asks("forward_message", message_id=arrived["id"], chat_id=group["id"])
    assert (await server.until_text(group["id"], "Lunch?"))["is_forwarded"] in (1, True)
    await server.asks("delete_message", message_id=sent["message_id"])
    assert (await server.asks("get_message", message_id=sent["message_id"]))["deleted"] == 1
    assert "Yes, 12:45" not in [message.message for message in telegram.acts.messages(ADA, str(MAYA))]

    started = await server.asks("start_new_chat", account_id=direct["account_id"], attendees_ids=[str(CHEN)], text="Hello Chen")
    assert (await server.until_text(started["chat_id"], "Hello Chen"))["is_sender"] == 1
    for action, value in (
        ("setReadStatus", True), ("setMuteStatus", True), ("setArchiveStatus", True), ("setPinnedStatus", True),
        ("setLabel", "Follow up"),
    ):  # fmt: skip
        await server.asks("patch_chat", chat_id=direct["id"], action=action, value=value)
    await server.asks("patch_chat", chat_id=group["id"], action="removeParticipant", value=str(TOM))
    await server.asks("patch_chat", chat_id=group["id"], action="addParticipant", value="@viktor_lund")
    link = await server.asks("patch_chat", chat_id=group["id"], action="getInviteLink")
    assert link["invite_link"].startswith("https://t.me/+")
    place = telegram.world.boxes[ADA].places[str(MAYA)]
    assert (place.folder, place.pinned, place.mute_until > 0) == (1, True, True)
    refused = await server.tries("send_message_in_chat", chat_id=channel["id"], text="Hello everybody")
    assert refused["isError"]
    assert "Lunch" not in server.log.read_text()
    assert "33600000001" not in server.log.read_text()
