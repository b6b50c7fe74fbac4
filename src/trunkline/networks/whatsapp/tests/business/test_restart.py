"""The server ends in the middle of a send, and while people write."""

from typing import Any

import anyio
import httpx2
import pytest

from trunkline.networks.whatsapp.business_bench import jid
from trunkline.networks.whatsapp.cloud.fake_world import MAYA, Fault
from trunkline.networks.whatsapp.tests.business.place import Place

pytestmark = pytest.mark.slow

Json = dict[str, Any]


async def sends(place: Place, chat: str, text: str) -> None:
    """Send, whatever becomes of it."""
    try:
        await place.server.tries("send_message_in_chat", chat_id=chat, text=text)
    except Exception:
        return


async def posts(place: Place, path: str, body: Json, headers: dict[str, str]) -> None:
    """Ask by REST, whatever becomes of it."""
    try:
        await place.server.http.post(path, json=body, headers=headers)
    except httpx2.HTTPError:
        return


async def until_pending(place: Place, count: int) -> list[Json]:
    """What no network has confirmed, once it is so much."""
    with anyio.fail_after(30):
        while True:
            found: list[Json] = (await place.server.http.get("/api/v1/pending")).json()["items"]
            if len(found) == count and all(each["state"] == "unknown" for each in found):
                return found
            await anyio.sleep(0.05)


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


@pytest.mark.parametrize("is_killed", [False, True], ids=["lost", "killed"])
async def test_a_send_whose_answer_was_lost_and_that_then_fails_is_failed_and_not_sent_again(
    place: Place, is_killed: bool
) -> None:
    """R30: the status with our token says that nobody has it; who looks, or asks again, learns why."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    world.says(MAYA, {"type": "text", "text": {"body": "Hello"}})
    chat = (await server.chat(jid(MAYA)))["id"]
    await server.until_text(chat, "Hello")
    place.graph.is_posting = False
    world.wrote[MAYA] = 0
    path, body, key = f"/api/v1/chats/{chat}/messages", {"text": "Never there"}, {"idempotency-key": "once"}
    headers = {**key, "trunkline-pcid": server.pcid}
    world.faults["stalled_answer" if is_killed else "lost_answer"] = Fault(1)
    async with anyio.create_task_group() as group:
        group.start_soon(posts, place, path, body, headers)
        with anyio.fail_after(20):
            while len([call for call in world.calls if call.endswith("/messages")]) < 1:  # noqa: ASYNC110 (another process)
                await anyio.sleep(0.01)
        if is_killed:
            server.kill()
    if is_killed:
        await place.start()
    assert len(await until_pending(place, 1)) == 1
    place.graph.is_posting = True
    assert await until_pending(place, 0) == []
    again = await server.http.post(path, json=body, headers=headers)
    assert "approved template" in again.text, again.text
    line, _ = await server.texts(chat)
    assert line.startswith("Not delivered: ")
    assert "approved template" in line
    world.wrote[MAYA] = world.clock()
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    assert [each["command"]["text"] for each in world.record] == ["And then"]
    assert len([call for call in world.calls if call.endswith("/messages")]) == 2


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
