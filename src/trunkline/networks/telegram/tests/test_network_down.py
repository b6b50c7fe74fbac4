"""Telegram cannot be reached for a while, and a thousand messages come meanwhile: through a whole server."""

import asyncio

import anyio
import pytest

from trunkline.networks._testing.server import CEILING_S
from trunkline.networks.telegram.fake.seed import ADA, MAYA, ROOM, TOM
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.tests.server import TelegramServer

pytestmark = pytest.mark.slow

EACH = 500
ATTEMPTS_MOST = 24
"""Of two accounts, while the server answers three hundred questions. Without growing pauses it is hundreds."""


@pytest.mark.parametrize("is_forgotten", [False, True])
async def test_an_outage_with_a_thousand_messages_ends_with_each_of_them_once_and_without_a_storm(
    server: TelegramServer, telegram: FakeTelegram, is_forgotten: bool
) -> None:
    """is_forgotten: Telegram no longer keeps what happened, only the messages."""
    ada, boris = await server.connect("+33600000001"), await server.connect("+33600000002", None)
    await server.allow(ada, boris)
    chats = {chat["provider_id"]: chat["id"] for chat in await server.pages("list_all_chats", account_id=ada)}
    places = {"private": chats[str(MAYA)], "room": chats[room_name(ROOM)]}
    before = {kind: await server.texts(chat) for kind, chat in places.items()}
    telegram.refuses_links = True
    telegram.drop()
    made = telegram.links_made
    for number in range(EACH):
        telegram.acts.write(MAYA, str(ADA), message=f"private {number}")
        telegram.acts.write(TOM, room_name(ROOM), message=f"room {number}")
    for account in (ada, boris):
        await server.until_status(account, "CONNECTING")
    with anyio.fail_after(CEILING_S):
        while telegram.links_made < made + 5:  # noqa: ASYNC110 (another process: no event)
            await asyncio.sleep(0.02)
    for _ in range(300):
        await server.account(ada)
    assert telegram.links_made <= made + ATTEMPTS_MOST
    if is_forgotten:
        telegram.world.boxes[ADA].sequence.forget()
        telegram.world.rooms[ROOM].sequence.forget()
    telegram.refuses_links = False
    for account in (ada, boris):
        await server.until_status(account, "OK")
    for kind, chat in places.items():
        await server.until_text(chat, f"{kind} {EACH - 1}")
        with anyio.fail_after(CEILING_S):
            while len(texts := await server.texts(chat)) < EACH + len(before[kind]):  # noqa: ASYNC110 (another process)
                await asyncio.sleep(0.05)
        assert texts == [*(f"{kind} {number}" for number in reversed(range(EACH))), *before[kind]]
    assert "private 1" not in server.log.read_text()
