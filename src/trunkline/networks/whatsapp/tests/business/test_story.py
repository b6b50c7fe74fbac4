"""An agent's day with a business number, through MCP, over the fake of the Cloud API."""

import base64

import pytest

from trunkline.networks.whatsapp.business_bench import jid
from trunkline.networks.whatsapp.cloud.fake_world import APP_SECRET, JONAS, MAYA, NUMBER_ID, TOKEN
from trunkline.networks.whatsapp.tests.business.place import Place

pytestmark = pytest.mark.slow
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
OPUS = b"OggS" + bytes(24) + b"OpusHead" + bytes(200)
HAS = "It can send messages, react, forward, mark chats as read and start chats."


async def test_an_agent_reads_and_answers_people_who_write_to_a_business(place: Place) -> None:
    """What people write is seen by the agent, what it does by them; what the API cannot is refused in words."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    lunch = world.says(MAYA, {"type": "text", "text": {"body": "Lunch? 🥗"}})
    direct = await server.chat(jid(MAYA))
    arrived = await server.until_text(direct["id"], "Lunch? 🥗")
    assert (direct["type"], direct["attendee_name"], direct["unread_count"]) == (0, "Maya Fernandes", 1)

    sent = await server.asks(
        "send_message_in_chat", chat_id=direct["id"], text="Yes, 12:30", quote_id=arrived["id"], typing_duration="10"
    )
    mine = await server.asks("get_message", message_id=sent["message_id"])
    assert (mine["text"], mine["is_sender"], mine["quoted"]["text"]) == ("Yes, 12:30", 1, "Lunch? 🥗")
    wire = str(mine["provider_id"])
    world.tell_status(world.phones[NUMBER_ID], wire, MAYA, "read")
    await server.until(lambda message: message["seen"] == 1, "get_message", message_id=sent["message_id"])

    await server.asks("add_reaction", message_id=arrived["id"], reaction="👍")
    picture = f"data:image/png;name=view.png;base64,{base64.b64encode(PNG).decode()}"
    voice = f"data:audio/ogg;name=note.ogg;base64,{base64.b64encode(OPUS).decode()}"
    await server.asks("send_message_in_chat", chat_id=direct["id"], text="The view", attachments=[picture])
    with_file = await server.until_text(direct["id"], "The view")
    note = await server.asks("send_message_in_chat", chat_id=direct["id"], voice_message=voice)
    said = await server.asks("get_message", message_id=note["message_id"])
    assert (said["attachments"][0]["type"], said["attachments"][0]["voice_note"]) == ("audio", True)
    (attachment,) = with_file["attachments"]
    got = await server.tries("get_message_attachment", message_id=with_file["id"], attachment_id=attachment["id"])
    assert PNG in [base64.b64decode(each["data"]) for each in got["content"] if each["type"] == "image"]

    world.says(JONAS, {"type": "image", "image": {"id": world.upload(PNG, "image/png"), "mime_type": "image/png"}})
    other = await server.chat(jid(JONAS))
    await server.asks("forward_message", message_id=arrived["id"], chat_id=other["id"])
    await server.until_text(other["id"], "Lunch? 🥗")
    await server.asks("patch_chat", chat_id=direct["id"], action="setReadStatus", value=True)
    assert (await server.asks("get_chat", chat_id=direct["id"]))["unread_count"] == 0
    started = await server.asks("start_new_chat", account_id=direct["account_id"], attendees_ids=[MAYA], text="One more thing")
    assert started["chat_id"] == direct["id"]
    kinds = [(each["kind"], each["chat"]) for each in world.record]
    assert kinds == [
        ("send", MAYA), ("react", MAYA), ("send", MAYA), ("send", MAYA), ("send", JONAS), ("set_chat", MAYA), ("send", MAYA),
    ]  # fmt: skip
    assert world.record[0]["command"]["body"]["context"] == {"message_id": lunch}

    for tool, arguments in (
        ("patch_message", {"message_id": sent["message_id"], "text": "Yes, 12:45"}),
        ("delete_message", {"message_id": sent["message_id"]}),
        ("delete_chat", {"chat_id": direct["id"]}),
        ("patch_chat", {"chat_id": direct["id"], "action": "setMuteStatus", "value": True}),
        ("patch_chat", {"chat_id": direct["id"], "action": "setLabel", "value": "Late"}),
        ("sync_chat_history", {"chat_id": direct["id"]}),
    ):
        refused = await server.tries(tool, **arguments)
        assert refused.get("isError"), tool
        said = refused["content"][0]["text"]
        # WhatsApp itself can: an agent that has both kinds of accounts must not conclude otherwise.
        assert said.startswith("WhatsApp Business cannot "), said
        assert "Send a new" in said or "from now on" in said or said.endswith(HAS), said
    assert len(world.record) == len(kinds)

    log = server.log.read_text()
    for secret in ("Lunch", "12:30", MAYA, TOKEN, APP_SECRET):
        assert secret not in log


async def test_free_text_after_the_window_is_refused_to_the_agent(place: Place) -> None:
    """networks.md 4.5, through the whole server: one sentence that names templates, and nothing leaves."""
    server, world = place.server, place.world
    account = await place.connect()
    await server.allow(account)
    world.wrote[JONAS] = 0
    refused = await server.tries("start_new_chat", account_id=account, attendees_ids=[JONAS], text="Hello?")
    assert refused["isError"]
    assert "approved template" in refused["content"][0]["text"]
    assert world.record == []
