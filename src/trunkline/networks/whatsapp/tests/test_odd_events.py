"""What WhatsApp tells rarely: deletions for oneself, and messages without a time."""

import pytest

from trunkline.model.times import to_wire
from trunkline.networks._testing.server import Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import JONAS, MAYA
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow


async def test_what_is_deleted_for_oneself_on_the_phone_is_deleted_here(server: LinkedServer, network: FakeNetwork) -> None:
    """One message, and then all of a chat that are there."""
    await server.allow(await server.connect())
    chat, other = (await server.chat(MAYA))["id"], (await server.chat(JONAS))["id"]
    said = [network.world.message(JONAS, JONAS, {"conversation": f"Secret {number}"}) for number in range(2)]
    network.tell("messages.upsert", {"messages": said, "type": "notify"})
    await server.until_text(other, "Secret 1")
    network.tell("messages.delete", {"keys": [{"remoteJid": JONAS, "id": said[0]["key"]["id"], "fromMe": False}]})
    number = said[0]["key"]["id"]
    await server.until(lambda page: deleted(page) == [number], "list_chat_messages", chat_id=other, limit=250)
    assert "Secret 0" not in await server.texts(other)
    await server.until_text(chat, "Said 5")
    network.tell("messages.delete", {"jid": MAYA, "all": True})
    await server.until(lambda page: all(each["deleted"] for each in page["items"]), "list_chat_messages", chat_id=chat)
    assert "Secret 1" in await server.texts(other)


def deleted(page: Json) -> list[str]:
    """Provider ids of the deleted messages of a page."""
    return [each["provider_id"] for each in page["items"] if each["deleted"]]


@pytest.mark.parametrize("given", [None, 0, "soon", 10**14])
async def test_a_message_without_a_possible_time_has_the_time_of_its_arrival(
    server: LinkedServer, network: FakeNetwork, given: object
) -> None:
    """It lies in its chat, among the newest; doctor has nothing to say."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    await server.until_text(chat, "Said 5")
    before = network.world.clock()
    raw = network.world.message(MAYA, MAYA, {"conversation": "Timeless"})
    if given is None:
        del raw["messageTimestamp"]
    else:
        raw["messageTimestamp"] = given
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    message = await server.until_text(chat, "Timeless")
    assert (await server.texts(chat))[0] == "Timeless"
    assert message["timestamp"][:13] >= to_wire(before)[:13]
    assert (await server.http.get("/api/v1/status")).json()["findings"] == []
