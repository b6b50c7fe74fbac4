"""The server ends in the middle of a send, and while people write."""

import anyio
import pytest

from trunkline.networks.whatsapp.business_bench import jid
from trunkline.networks.whatsapp.cloud.fake_world import MAYA, Fault
from trunkline.networks.whatsapp.tests.business.place import Place

pytestmark = pytest.mark.slow


async def sends(place: Place, chat: str, text: str) -> None:
    """Send, whatever becomes of it."""
    try:
        await place.server.tries("send_message_in_chat", chat_id=chat, text=text)
    except Exception:
        return


async def test_a_send_that_is_cut_off_is_settled_by_its_status_and_not_sent_again(place: Place) -> None:
    """R1, R30: nothing is sent again blindly; the status that carries our token tells that it went out."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    world.says(MAYA, {"type": "text", "text": {"body": "Hello"}})
    chat = (await server.chat(jid(MAYA)))["id"]
    await server.until_text(chat, "Hello")
    place.graph.is_posting = False
    world.faults["stalled_answer"] = Fault(1)
    async with anyio.create_task_group() as group:
        group.start_soon(sends, place, chat, "Once only")
        with anyio.fail_after(20):
            while not world.record:  # noqa: ASYNC110 (another process)
                await anyio.sleep(0.01)
        server.kill()
    await place.start()
    place.graph.is_posting = True
    await server.until_text(chat, "Once only")
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    assert await server.texts(chat) == ["And then", "Once only", "Hello"]
    assert [each["command"]["text"] for each in world.record] == ["Once only", "And then"]


async def test_a_send_whose_request_was_lost_stays_unknown_and_is_not_repeated(place: Place) -> None:
    """networks.md 5.6: no status ever tells of it; a person decides. The next one passes."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    world.says(MAYA, {"type": "text", "text": {"body": "Hello"}})
    chat = (await server.chat(jid(MAYA)))["id"]
    await server.until_text(chat, "Hello")
    world.faults["lost_request"] = Fault(1)
    refused = await server.tries("send_message_in_chat", chat_id=chat, text="Lost")
    assert refused["isError"]
    assert "may have been sent" in refused["content"][0]["text"]
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    assert [each["command"]["text"] for each in world.record] == ["And then"]


async def test_what_people_write_while_the_server_is_away_comes_afterwards_and_once(place: Place) -> None:
    """Meta repeats what nobody took."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    world.says(MAYA, {"type": "text", "text": {"body": "Before"}})
    chat = (await server.chat(jid(MAYA)))["id"]
    await server.until_text(chat, "Before")
    server.kill()
    for number in range(20):
        world.says(MAYA, {"type": "text", "text": {"body": f"Away {number}"}})
    await place.start()
    await server.until_text(chat, "Away 19")
    assert await server.texts(chat) == [*(f"Away {number}" for number in reversed(range(20))), "Before"]


async def test_a_kill_in_the_middle_of_a_flood_loses_and_doubles_nothing(place: Place) -> None:
    """R9: what was answered with 200 is in the books, what was not is repeated."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    world.says(MAYA, {"type": "text", "text": {"body": "Before"}})
    chat = (await server.chat(jid(MAYA)))["id"]
    await server.until_text(chat, "Before")
    texts = [f"Number {number}" for number in range(300)]
    for text in texts:
        world.says(MAYA, {"type": "text", "text": {"body": text}})
    for left in (200, 100):
        with anyio.fail_after(30):
            while len(world.posts) > left:  # noqa: ASYNC110 (another process)
                await anyio.sleep(0.005)
        server.kill()
        await place.start()
    await server.until_text(chat, texts[-1])
    assert await server.texts(chat) == [*reversed(texts), "Before"]
