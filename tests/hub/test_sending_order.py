"""One ordered queue per chat; chats do not wait for each other (design.md 7)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import anyio
import pytest

from trunkline.model.errors import NotReached, OutcomeUnknown
from trunkline.operations.chats import SendMessageInChat

from .sending_world import EVERY, QUICK, SendingWorld, opened, until


async def writable_chats(stack: SendingWorld, account_type: str, most: int) -> list[str]:
    """Public ids of 1:1 chats."""
    listed = await stack.listed(account_type)
    found = [chat["id"] for chat in listed if chat["type"] == 0 and not chat["read_only"] and "subject" not in chat]
    assert len(found) >= most
    return found[:most]


async def send_all(stack: SendingWorld, texts: Sequence[tuple[str, str]]) -> None:
    """Send (chat, text) all at once; queued in this order."""

    async def one(chat: str, text: str) -> None:
        await stack.reply(SendMessageInChat(chat_id=chat, text=text), wait_ms=15_000)

    async with anyio.create_task_group() as group:
        for chat, text in texts:
            group.start_soon(one, chat, text)


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_hundred_sends_at_once_arrive_in_the_order_they_were_queued(stack: SendingWorld, account_type: str) -> None:
    await send_all(stack, [(stack.chats[account_type], f"text {number}") for number in range(100)])
    queued = [row.decoded().text for row in await stack.rows(account_type)]  # type: ignore[union-attr]
    assert len(queued) == 100
    assert await stack.texts(account_type, outcome=None) == queued
    assert (await stack.said(account_type))[-20:] == queued[-20:]


async def test_each_chat_keeps_its_order_when_many_are_written_in(stack: SendingWorld) -> None:
    chats = await writable_chats(stack, "WHATSAPP", 4)
    random = Random(7)
    texts = [(random.choice(chats), f"{number}") for number in range(100)]
    await stack.fault("not_reached", "WHATSAPP", count=15)
    await send_all(stack, texts)
    by_chat: dict[int | None, list[str]] = {}
    for row in await stack.rows("WHATSAPP"):
        by_chat.setdefault(row.chat_no, []).append(row.decoded().text or "")  # type: ignore[union-attr]
    arrived: dict[str, list[str]] = {}
    for one in await stack.record("WHATSAPP"):
        arrived.setdefault(one["chat"], []).append(one["command"]["text"])
    assert sorted(arrived.values()) == sorted(by_chat.values())
    assert sum(map(len, arrived.values())) == 100


async def test_a_slow_chat_does_not_keep_another_waiting(stack: SendingWorld) -> None:
    slow, quick = await writable_chats(stack, "TELEGRAM", 2)
    await stack.fault("slow", "TELEGRAM", ms=1_000)
    order: list[str] = []

    async def one(chat: str, text: str) -> None:
        await stack.reply(SendMessageInChat(chat_id=chat, text=text), wait_ms=15_000)
        order.append(text)

    async with anyio.create_task_group() as group:
        group.start_soon(one, slow, "slow")

        async def is_under_way() -> bool:
            return any(row.state == "sending" for row in await stack.rows("TELEGRAM"))

        await until(is_under_way)
        for number in range(10):
            group.start_soon(one, quick, f"quick {number}")
    assert order[-1] == "slow"
    assert len(order) == 11


async def test_an_account_that_waits_does_not_keep_another_waiting(stack: SendingWorld) -> None:
    await stack.fault("slow", "SLACK", ms=1_000)
    async with anyio.create_task_group() as group:
        group.start_soon(stack.send, "SLACK", "slow")
        await stack.send("WHATSAPP", "quick")
        assert await stack.texts() == ["quick"]


@pytest.mark.parametrize("fault", ["not_reached", "rate_limited", "lost_request", "lost_answer", "late_arrival"])
@pytest.mark.parametrize("account_type", ["WHATSAPP", "SLACK", "TWITTER"])
async def test_sends_of_a_chat_keep_their_order_over_a_retry(stack: SendingWorld, account_type: str, fault: str) -> None:
    """What is unclear holds its queue until it is settled: nothing overtakes it."""
    await stack.fault(fault, account_type, ms=40)
    await send_all(stack, [(stack.chats[account_type], f"{number}") for number in range(5)])
    queued = [row.decoded().text for row in await stack.rows(account_type)]  # type: ignore[union-attr]
    assert await stack.texts(account_type) == queued
    assert (await stack.said(account_type))[-5:] == queued


async def test_a_send_that_cannot_be_settled_lets_the_next_one_pass(stack: SendingWorld) -> None:
    await stack.fault("lost_request", "MESSENGER")
    results: list[str] = []

    async def one(text: str) -> None:
        try:
            await stack.send("MESSENGER", text)
            results.append(f"{text} sent")
        except OutcomeUnknown:
            results.append(f"{text} unknown")

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(one, f"{number}")
    queued = [row.decoded().text for row in await stack.rows("MESSENGER")]  # type: ignore[union-attr]
    assert sorted(results) == sorted([f"{queued[0]} unknown", f"{queued[1]} sent", f"{queued[2]} sent"])
    assert await stack.texts("MESSENGER") == queued[1:]


async def test_who_waits_behind_an_unclear_send_longer_than_it_wants_is_withdrawn(stack: SendingWorld) -> None:
    """Nothing leaves later of what was withdrawn, and what was unclear is settled all the same."""
    await stack.fault("slow", "SLACK", ms=400)

    async def slow() -> None:
        await stack.send("SLACK", "slow")

    async with anyio.create_task_group() as group:
        group.start_soon(slow)

        async def is_under_way() -> bool:
            return any(row.state == "sending" for row in await stack.rows("SLACK"))

        await until(is_under_way)
        with pytest.raises(NotReached, match="earlier messages of the chat"):
            await stack.send("SLACK", "impatient", wait_ms=50)
    await stack.send("SLACK", "patient")
    assert await stack.texts("SLACK", outcome=None) == ["slow", "patient"]


@pytest.mark.parametrize("at_once", [1, 2, 64])
async def test_however_few_may_go_at_once_all_of_them_go(data_folder: Path, at_once: int) -> None:
    async with opened(data_folder, hub_options=replace(QUICK, parallel_sends=at_once, look_ms=60_000)) as stack:
        chats = await writable_chats(stack, "WHATSAPP", 4)
        await stack.fault("not_reached", "WHATSAPP", count=3)
        await stack.fault("lost_answer", "WHATSAPP", count=3)
        await send_all(stack, [(chat, f"{chat} {number}") for number in range(6) for chat in chats])
        assert len(await stack.texts("WHATSAPP")) == 24
