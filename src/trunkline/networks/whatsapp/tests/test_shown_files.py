"""What is shown of a message with a file: no keys to it, and a name that fits it."""

import json

import pytest

from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import MAYA
from trunkline.networks.whatsapp.tests.kept_files import files, has
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow


async def test_nobody_is_shown_the_keys_of_a_file_and_it_loads_all_the_same(server: LinkedServer, network: FakeNetwork) -> None:
    """Neither as it arrives nor from history; the voice note is named after its type without parameters."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    keys = {"mediaKey": {"$bytes": "TUVESUE="}, "fileEncSha256": {"$bytes": "RU5D"}, "url": "https://mmg.whatsapp.net/v/enc"}
    part = network.world.file_message(b"OggS voice", None)["documentMessage"]
    voice = {"mimetype": "audio/ogg; codecs=opus", "ptt": True, "seconds": 2, "directPath": part["directPath"], **keys}
    secret = {"messageContextInfo": {"messageSecret": {"$bytes": "U0VDUkVU"}}}
    raw = network.world.message(MAYA, MAYA, {"audioMessage": voice, **secret})
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    number = raw["key"]["id"]
    page = await server.until(
        lambda page: any(each["provider_id"] == number for each in page["items"]), "list_chat_messages", chat_id=chat
    )
    (found,) = [each for each in page["items"] if each["provider_id"] == number]
    shown = json.loads((await server.asks("get_message", message_id=found["id"]))["original"])
    assert shown["message"] == {
        "audioMessage": {"mimetype": "audio/ogg; codecs=opus", "ptt": True, "seconds": 2},
        "messageContextInfo": {},
    }
    road = f"/api/v1/messages/{found['id']}/attachments/{found['attachments'][0]['id']}"
    loaded = await server.http.get(road, headers={"Trunkline-PCID": server.pcid})
    assert loaded.content == b"OggS voice"
    assert ".ogg" in loaded.headers["content-disposition"], loaded.headers
    for path in files(server.folder):
        assert "whatsapp" in str(path) or not has(path, b"TUVESUE="), path
