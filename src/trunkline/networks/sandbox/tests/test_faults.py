"""Faults on demand, and the record that stays true under them."""

import asyncio

import anyio
import pytest

from trunkline.contract.commands import EditMessage, SendMessage
from trunkline.contract.events import MessageArrived
from trunkline.model.errors import InvalidArgument, NetworkFailed, NotReached, Throttled

from .conftest import Sandbox


async def test_a_fault_happens_as_often_as_asked_and_only_there(sandbox: Sandbox) -> None:
    """Ours."""
    await sandbox.control("fault", kind="not_reached", account="WHATSAPP", count=2, only="send")
    whatsapp, telegram = await sandbox.session("WHATSAPP"), await sandbox.session("TELEGRAM")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    elsewhere = await sandbox.chat("TELEGRAM", "Ali Rezaei")
    await telegram.send(SendMessage(chat=elsewhere, text="Not concerned"), "token-0")
    for _ in range(2):
        with pytest.raises(NotReached):
            await whatsapp.send(SendMessage(chat=chat, text="Hello"), "token-1")
    done = await whatsapp.send(SendMessage(chat=chat, text="Hello"), "token-1")
    await sandbox.control("fault", kind="rate_limited", account="WHATSAPP", ms="90s", only="send")
    await whatsapp.edit(EditMessage(chat=chat, message=done.provider_id, text="Hello!"))
    with pytest.raises(Throttled) as met:
        await whatsapp.send(SendMessage(chat=chat, text="Again"), "token-2")
    assert met.value.retry_after_ms == 90_000


async def test_a_late_arrival_seems_lost_and_arrives_once(sandbox: Sandbox) -> None:
    """security.md R2: simulators with late arrival."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    await sandbox.control("fault", kind="late_arrival", account="WHATSAPP", ms="20s")
    with pytest.raises(NetworkFailed):
        await session.send(SendMessage(chat=chat, text="Slowly"), "token-1")
    assert await sandbox.control("record") == []
    again = await session.send(SendMessage(chat=chat, text="Slowly"), "token-1")
    await sandbox.control("clock", by="21s")
    await sandbox.pass_time()
    assert [one["outcome"] for one in await sandbox.control("record")] == ["accepted", "repeated"]
    assert (await sandbox.texts("WHATSAPP", chat))[:2].count("Slowly") == 1
    assert again.provider_id


async def test_a_late_arrival_without_tokens_arrives_beside_a_repeat(sandbox: Sandbox) -> None:
    """security.md 6.3: which is why a network without tokens is read before anything is sent again."""
    session = await sandbox.session("LINKEDIN")
    chat = await sandbox.chat("LINKEDIN", "Claire Dubois")
    await sandbox.control("fault", kind="late_arrival", account="LINKEDIN", ms="20s")
    with pytest.raises(NetworkFailed):
        await session.send(SendMessage(chat=chat, text="Slowly"), "token-1")
    await session.send(SendMessage(chat=chat, text="Slowly"), "token-1")
    await sandbox.control("clock", by="21s")
    await sandbox.pass_time()
    assert [one["outcome"] for one in await sandbox.control("record")] == ["accepted", "accepted"]


async def test_a_late_echo_comes_when_its_time_has_come(sandbox: Sandbox) -> None:
    """security.md 6.3."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    updates = session.listen(None)
    assert (await anext(updates)).events == ()
    await sandbox.control("fault", kind="late_echo", account="WHATSAPP", ms="20s")
    done = await session.send(SendMessage(chat=chat, text="First"), "token-1")
    await sandbox.control("write", as_="Tom Becker", account="WHATSAPP", text="Second")
    with anyio.fail_after(5):
        first = (await anext(updates)).events
        await sandbox.control("clock", by="21s")
        second = (await anext(updates)).events
    assert [event.text for event in (*first, *second) if isinstance(event, MessageArrived)] == ["Second", "First"]
    assert second[0].provider_id == done.provider_id


async def test_a_slow_answer_waits_for_the_sandboxs_clock(sandbox: Sandbox) -> None:
    """Ours: `slow`, on the clock that can be moved."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    await sandbox.control("fault", kind="slow", account="WHATSAPP", ms="60s")
    sending = asyncio.ensure_future(session.send(SendMessage(chat=chat, text="Slow"), "token-1"))
    while (await sandbox.control("fault"))["set"]:
        pass
    assert not sending.done()
    await sandbox.control("clock", by="61s")
    with anyio.fail_after(5):
        assert (await sending).provider_id


async def test_cleared_faults_give_back_what_they_held(sandbox: Sandbox) -> None:
    """Ours: nothing is lost by shuffling."""
    session = await sandbox.session("WHATSAPP")
    updates = session.listen(None)
    assert (await anext(updates)).events == ()
    await sandbox.control("fault", kind="reordered_events", account="WHATSAPP", count=10)
    for text in ("One", "Two"):
        await sandbox.control("write", as_="Tom Becker", account="WHATSAPP", text=text)
    shown = await sandbox.control("fault", clear="all")
    assert shown["set"] == []
    with anyio.fail_after(5):
        update = await anext(updates)
    assert [event.text for event in update.events if isinstance(event, MessageArrived)] == ["Two", "One"]


async def test_faults_and_the_clock_survive_a_restart(sandbox: Sandbox) -> None:
    """design.md 9: the world is its file."""
    await sandbox.control("fault", kind="not_reached", account="WHATSAPP")
    moved = await sandbox.control("clock", by="3h")
    await sandbox.restart()
    assert await sandbox.control("clock") == moved
    assert [fault["kind"] for fault in (await sandbox.control("fault"))["set"]] == ["not_reached"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "earthquake"}, "rate_limited"),
        ({"kind": "slow", "count": 0}, "at least 1"),
        ({"kind": "slow", "ms": "soon"}, "span"),
        ({"kind": "slow", "account": "FAX"}, "WHATSAPP:1"),
        ({"kind": "slow", "often": 3}, "often"),
    ],
)
async def test_a_wrong_fault_is_refused_in_words(sandbox: Sandbox, values: dict[str, object], says: str) -> None:
    """Ours: names what was wrong and what is allowed."""
    with pytest.raises(InvalidArgument, match=says):
        await sandbox.control("fault", **values)
