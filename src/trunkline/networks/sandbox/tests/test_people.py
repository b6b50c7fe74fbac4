"""People who answer, and never too much."""

import asyncio
from typing import Any

import anyio
import pytest

from trunkline.contract.commands import DeleteMessage, SendMessage
from trunkline.contract.events import DeliveredUpTo, MessageArrived, ReadUpTo
from trunkline.model.networks import AccountType

from .conftest import Sandbox


async def heard(updates: Any, count: int) -> list[Any]:
    """Events until so many messages have come."""
    events: list[Any] = []
    with anyio.fail_after(5):
        while sum(isinstance(event, MessageArrived) for event in events) < count:
            events += (await anext(updates)).events
    return events


async def test_somebody_written_to_reads_it_and_answers(lively: Sandbox) -> None:
    """design.md 9: people who answer."""
    session = await lively.session("WHATSAPP")
    chat = await lively.chat("WHATSAPP", "Tom Becker")
    updates = session.listen(None)
    await session.send(SendMessage(chat=chat, text="Are you at home?"), "token-1")
    events = await heard(updates, 2)
    echo, answer = [event for event in events if isinstance(event, MessageArrived)]
    assert (echo.is_own, answer.is_own, answer.sender.name) == (True, False, "Tom Becker")
    assert answer.text
    (delivered,) = [event for event in events if isinstance(event, DeliveredUpTo)]
    (read,) = [event for event in events if isinstance(event, ReadUpTo)]
    assert delivered.provider_id == read.provider_id == echo.provider_id
    assert read.person == answer.sender.provider_id


async def test_one_message_gets_one_answer_and_answers_get_none(lively: Sandbox) -> None:
    """Ours: no storm, whatever is repeated."""
    session = await lively.session("WHATSAPP")
    chat = await lively.chat("WHATSAPP", "Tom Becker")
    before = len(await lively.texts("WHATSAPP", chat))
    updates = session.listen(None)
    for _ in range(3):
        await session.send(SendMessage(chat=chat, text="Hello"), "token-1")
    await heard(updates, 2)
    for _ in range(3):
        await lively.control("clock", by="1d")
        await lively.pass_time()
    assert len(await lively.texts("WHATSAPP", chat)) == before + 2


async def test_a_burst_gets_one_answer_each(lively: Sandbox) -> None:
    """Ours: people answer what they are written, no more."""
    session = await lively.session("TELEGRAM")
    chat = await lively.chat("TELEGRAM", "Marco Rossi")
    before = len(await lively.texts("TELEGRAM", chat))
    updates = session.listen(None)
    await asyncio.gather(*(session.send(SendMessage(chat=chat, text=f"Number {n}"), f"token-{n}") for n in range(20)))
    await heard(updates, 40)
    await lively.pass_time()
    assert len(await lively.texts("TELEGRAM", chat)) == before + 40


@pytest.mark.parametrize(
    ("account", "chat", "text", "answers"),
    [
        ("TELEGRAM", "Reading circle 📚", "Who comes?", 1),
        ("SLACK", "product", "Who comes?", 0),
        ("SLACK", "product", "Dana, who comes?", 1),
        ("TWITTER", "Airline Help", "Where is my bag?", 0),
    ],
)
async def test_who_answers(lively: Sandbox, account: AccountType, chat: str, text: str, answers: int) -> None:
    """Ours: one of a group; in a channel only who is named; a robot never."""
    session = await lively.session(account)
    name = await lively.chat(account, chat)
    before = len(await lively.texts(account, name))
    await session.send(SendMessage(chat=name, text=text), "token-1")
    await lively.pass_time()
    assert len(await lively.texts(account, name)) == before + 1 + answers


async def test_an_answer_takes_its_time_on_the_sandboxs_clock(tmp_path: Any) -> None:
    """design.md 9: latency, a clock that can be moved."""
    slow = Sandbox(tmp_path, {"sandbox.answer_ms": "60000"})
    await slow.control("seed", seed="small")
    session = await slow.session("WHATSAPP")
    chat = await slow.chat("WHATSAPP", "Tom Becker")
    updates = session.listen(None)
    await session.send(SendMessage(chat=chat, text="Hello"), "token-1")
    await heard(updates, 1)
    await slow.restart()
    again = await slow.session("WHATSAPP")
    updates = again.listen(None)
    await slow.control("clock", by="91s")
    (answer,) = [event for event in await heard(updates, 1) if isinstance(event, MessageArrived)]
    assert not answer.is_own
    await slow.connector.close()


async def test_a_message_that_was_deleted_gets_no_answer(tmp_path: Any) -> None:
    """Ours: nobody answers what is not there any more."""
    slow = Sandbox(tmp_path, {"sandbox.answer_ms": "60000"})
    await slow.control("seed", seed="small")
    session = await slow.session("WHATSAPP")
    chat = await slow.chat("WHATSAPP", "Tom Becker")
    done = await session.send(SendMessage(chat=chat, text="Hello"), "token-1")
    before = len(await slow.texts("WHATSAPP", chat))
    await session.delete(DeleteMessage(chat=chat, message=done.provider_id))
    await slow.control("clock", by="10m")
    await slow.pass_time()
    assert len(await slow.texts("WHATSAPP", chat)) == before
    await slow.connector.close()


async def test_the_same_world_answers_the_same(tmp_path: Any) -> None:
    """design.md 9: deterministic seeds."""
    answers = []
    for name in ("one", "two"):
        world = Sandbox(tmp_path / name, {"sandbox.answer_ms": "0"})
        await world.control("seed", seed="small")
        session = await world.session("WHATSAPP")
        chat = await world.chat("WHATSAPP", "Tom Becker")
        for n in range(5):
            await session.send(SendMessage(chat=chat, text=f"Question {n}?"), f"token-{n}")
            await world.pass_time()
        answers.append(await world.texts("WHATSAPP", chat))
        await world.connector.close()
    assert answers[0] == answers[1]
