"""R6: sends with an idempotency key, each asked for several times at once, with answers thrown away and restarts in between.

The sandbox's record is the referee: every text arrived exactly once, whoever asked for it how often.
"""

import contextlib
import random
from collections import Counter
from pathlib import Path

import anyio
import pytest
from tests.hub.conftest import data_folder, prepared_folder
from tests.hub.sending_world import SendingWorld, opened

from trunkline.model.errors import IdempotencyMismatch, TrunklineError
from trunkline.operations.chats import SendMessageInChat

__all__ = ["data_folder", "prepared_folder"]

TYPES = ("WHATSAPP", "TELEGRAM")
"""Networks that de-duplicate by token: whatever a restart cut is settled at once."""
AT_ONCE = 40
THROWN_AWAY = 0.3


@pytest.mark.parametrize(
    ("sends", "restarts"), [pytest.param(400, 3, id="400"), pytest.param(10_000, 20, id="10000", marks=pytest.mark.heavy)]
)
async def test_a_keyed_send_arrives_once_however_often_it_is_asked_for(data_folder: Path, sends: int, restarts: int) -> None:
    dice = random.Random(sends)
    orders = [(number, TYPES[number % len(TYPES)], dice.randint(1, 10)) for number in range(sends)]
    bodies: dict[int, set[bytes]] = {number: set() for number in range(sends)}
    size = -(-sends // (restarts + 1))
    for start in range(0, sends, size):
        async with opened(data_folder) as world:
            await _ask_for_all(world, orders[start : start + size], bodies, dice)
            if start:  # what was asked for before the restart is answered from the books
                for number, account_type, _ in dice.sample(orders[:start], k=min(start, 20)):
                    bodies[number].add(await _sent(world, number, account_type))
    async with opened(data_folder) as world:
        for number, account_type, _ in orders:
            bodies[number].add(await _sent(world, number, account_type))
        changed = SendMessageInChat(chat_id=world.chats[TYPES[0]], text="another text")
        with pytest.raises(IdempotencyMismatch):
            await world.reply(changed, key="key 0")
        arrived = Counter(text for text in await world.texts() if text.startswith("keyed "))
    assert arrived == Counter(f"keyed {number}" for number in range(sends))
    assert {len(each) for each in bodies.values()} == {1}


async def _ask_for_all(
    world: SendingWorld, orders: list[tuple[int, str, int]], bodies: dict[int, set[bytes]], dice: random.Random
) -> None:
    """Ask for each order as often as it says, many at once, and lose some of the answers."""
    room = anyio.CapacityLimiter(AT_ONCE)

    async def ask(number: int, account_type: str, *, is_heard: bool) -> None:
        async with room:
            if is_heard:
                bodies[number].add(await _sent(world, number, account_type))
            else:
                await _unheard(world, number, account_type)

    async with anyio.create_task_group() as tasks:
        for number, account_type, tries in orders:
            for _ in range(tries):
                tasks.start_soon(
                    lambda *given: ask(*given[:2], is_heard=given[2]), number, account_type, dice.random() > THROWN_AWAY
                )


async def _sent(world: SendingWorld, number: int, account_type: str) -> bytes:
    """The answer to one order."""
    operation = SendMessageInChat(chat_id=world.chats[account_type], text=f"keyed {number}")
    body = (await world.reply(operation, key=f"key {number}", wait_ms=20_000)).body
    assert isinstance(body, bytes)
    return body


async def _unheard(world: SendingWorld, number: int, account_type: str) -> None:
    """Ask, and go away as soon as it is under way."""
    operation = SendMessageInChat(chat_id=world.chats[account_type], text=f"keyed {number}")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_ignored, world, operation, f"key {number}")
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()


async def _ignored(world: SendingWorld, operation: SendMessageInChat, key: str) -> None:
    with contextlib.suppress(TrunklineError):  # nobody is there to hear it
        await world.reply(operation, key=key)
