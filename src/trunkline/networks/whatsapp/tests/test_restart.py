"""The server ends in the middle of a sync, and of a send; its side process ends in the middle of a call."""

import os
import signal
from collections import Counter
from pathlib import Path

import anyio
import pytest

from trunkline.networks._testing.server import CEILING_S, Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import JONAS, MAYA, World
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow
MESSAGES = 3_000


def with_history(world: World, chat: str, count: int) -> list[str]:
    """A long history of a chat, to be pushed; gives its texts, oldest first."""
    texts = [f"Number {number}" for number in range(count)]
    began = world.clock() // 1000 - 40 * 24 * 3_600
    world.messages[chat] = []
    for number, text in enumerate(texts):
        world.message(chat, chat if number % 2 else None, {"conversation": text}, at_s=began + number * 60)
    return texts


async def test_a_pushed_history_that_is_cut_off_is_there_once_and_whole(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5: restart in the middle of a sync. WhatsApp tells of a history once; it is loaded again from where it lies."""
    texts = with_history(network.world, MAYA, MESSAGES)
    network.world.parts = 6
    account = await server.connect(wait=False)
    await server.allow(account)
    await server.until(lambda page: len(page["items"]) > 100, "list_all_messages", limit=250)
    server.kill()
    await server.start()
    await server.until_status(account, "OK")
    chat = (await server.chat(MAYA))["id"]
    await server.asks("sync_chat_history", chat_id=chat)
    await server.until(lambda answer: answer["status"] == "SYNC_DONE", "sync_chat_history", chat_id=chat)
    found: list[str] = []
    with anyio.fail_after(CEILING_S):
        while len(found) < MESSAGES:
            found = [item["text"] for item in await server.pages("list_chat_messages", chat_id=chat, limit=250)]
    assert found == texts[::-1]


async def test_what_came_while_the_server_did_not_read_and_then_died_is_there_once(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """WhatsApp was thanked for it and says it no more: the side process leaves it in a file, which is gone afterwards."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    server.freeze()
    for number in range(5):
        raw = network.world.message(MAYA, MAYA, {"conversation": f"Unheard {number}"})
        network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    wire = network.open_wire()
    assert wire is not None
    wire.say({"history": {"directPath": "/h/none"}})
    with anyio.fail_after(CEILING_S):
        while "/h/none" not in network.world.thanked:  # noqa: ASYNC110 (another process: there is no event)
            await anyio.sleep(0.01)
    side = server.side_process()
    server.kill()
    with anyio.fail_after(CEILING_S):
        while Path(f"/proc/{side}/cmdline").exists():  # noqa: ASYNC110 (another process: there is no event)
            await anyio.sleep(0.01)
    left = list((server.folder / "whatsapp" / "left").iterdir())
    assert [path.stat().st_mode & 0o077 for path in left] == [0]
    await server.start()
    await server.until_text(chat, "Unheard 4")
    page = await server.asks("list_chat_messages", chat_id=chat, limit=6)
    assert [item["text"] for item in page["items"]] == [*(f"Unheard {number}" for number in reversed(range(5))), "Said 5"]
    assert list((server.folder / "whatsapp" / "left").iterdir()) == []


async def test_a_send_that_the_server_died_in_is_sent_once(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5: restart in the middle of a send: WhatsApp has it, the answer finds nobody; R1, R30."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    network.on_message = server.kill
    await told(server, chat, "Once only")
    network.on_message = None
    await server.start()
    await server.until_text(chat, "Once only")
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    page = await server.asks("list_chat_messages", chat_id=chat)
    assert Counter(item["text"] for item in page["items"][:2]) == {"Once only": 1, "And then": 1}
    assert [each["command"]["text"] for each in sends(network)] == ["Once only", "And then"]


async def test_a_send_whose_side_process_died_ends_as_sent_once(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5: Node dying in the middle of a call: the outcome is unknown at first and settled by the same message id."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]

    def dies() -> None:
        network.on_message = None
        os.kill(server.side_process(), signal.SIGKILL)

    network.on_message = dies
    sent = await server.asks("send_message_in_chat", chat_id=chat, text="Once only")
    assert (await server.until_text(chat, "Once only"))["id"] == sent["message_id"]
    assert [each["command"]["text"] for each in sends(network)] == ["Once only"]


async def test_a_send_right_after_the_side_process_died_waits_for_the_next_one(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """Nothing was done: it goes out once the account is back, within the same call."""
    await server.allow(await server.connect())
    chat = (await server.chat(JONAS))["id"]
    former = server.side_process()
    os.kill(former, signal.SIGKILL)
    sent = await server.asks("send_message_in_chat", chat_id=chat, text="Hello")
    assert (await server.until_text(chat, "Hello"))["id"] == sent["message_id"]
    assert [each["command"]["text"] for each in sends(network)] == ["Hello"]
    assert server.side_process() != former


def sends(network: FakeNetwork) -> list[Json]:
    """What WhatsApp took."""
    return [each for each in network.world.record if each["kind"] == "send"]


async def told(server: LinkedServer, chat: str, text: str) -> None:
    """Send, whatever becomes of it."""
    try:
        await server.tries("send_message_in_chat", chat_id=chat, text=text)
    except Exception:
        return
