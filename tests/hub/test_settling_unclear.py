"""What may have gone out is never called failed and never done twice, whatever later attempts meet (security.md 6.1, 6.3)."""

from pathlib import Path

import anyio
import pytest

from trunkline.contract.events import ChatInfo
from trunkline.model.errors import (
    Disconnected,
    NetworkFailed,
    NotFound,
    NotPossible,
    NotReached,
    OutcomeUnknown,
    ReadOnlyChat,
    Restricted,
    Throttled,
)
from trunkline.networks.sandbox.world import chats as world_chats
from trunkline.store import leases, outbox
from trunkline.store.engine import Transaction

from .scripted import LOST, script_history, script_sends
from .sending_world import EVERY, HISTORY, SETTLE_MS, TOKEN, SendingWorld, opened, until

HOUR_MS = 3_600_000


async def hide_echoes(stack: SendingWorld, account_type: str) -> None:
    """No echo settles anything in this story."""
    await stack.fault("late_echo", account_type, count=50, ms=HOUR_MS)


async def outcomes(stack: SendingWorld, account_type: str) -> list[str]:
    """How the network took what arrived."""
    return [one["outcome"] for one in await stack.record(account_type, outcome=None)]


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_repeat_that_is_throttled_beyond_the_callers_time_does_not_make_it_failed(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST, Throttled(retry_after_ms=300))
    with pytest.raises(OutcomeUnknown) as unknown:
        await stack.send(account_type, "hello", wait_ms=150)
    message_id = str(unknown.value.message_id)
    assert (await stack.message(message_id))["send_state"] == "unknown"
    assert [row["state"] for row in await stack.pending()] == ["unknown"]
    await stack.until_settled(account_type)
    assert await outcomes(stack, account_type) == ["accepted", "repeated"]
    assert "send_state" not in await stack.message(message_id)


@pytest.mark.parametrize("account_type", TOKEN)
async def test_repeats_that_do_not_reach_the_network_do_not_make_it_failed(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hide_echoes(stack, account_type)
    seen = script_sends(monkeypatch, LOST, *[NotReached()] * 30)
    with pytest.raises(OutcomeUnknown):
        await stack.send(account_type, "hello", wait_ms=100)
    await stack.until_settled(account_type)
    assert await outcomes(stack, account_type) == ["accepted", "repeated"]
    assert len(seen) == 32
    assert [row.state for row in await stack.rows(account_type)] == ["sent"]


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_repeat_that_is_refused_is_looked_for_and_found(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt arrived: that the second one was refused says nothing of it."""
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST, ReadOnlyChat())
    message_id = await stack.send(account_type, "hello")
    assert await outcomes(stack, account_type) == ["accepted"]
    assert (await stack.message(message_id))["text"] == "hello"


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_repeat_that_is_refused_has_failed_once_the_history_shows_nothing(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script_sends(monkeypatch, NetworkFailed(), ReadOnlyChat())
    with pytest.raises(ReadOnlyChat, match="Nothing was sent"):
        await stack.send(account_type, "hello")
    assert await outcomes(stack, account_type) == []
    assert [(row.state, row.unclear) for row in await stack.rows(account_type)] == [("failed", False)]


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_repeat_that_is_refused_where_nobody_can_look_is_unknown(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chat is gone from the network, its history with it."""
    script_sends(monkeypatch, NetworkFailed(), lambda: stack.forget_chat(account_type))
    with pytest.raises(OutcomeUnknown) as unknown:
        await stack.send(account_type, "hello")
    assert (await stack.message(str(unknown.value.message_id)))["send_state"] == "unknown"
    assert await outcomes(stack, account_type) == ["refused"]


@pytest.mark.parametrize("trouble", [Disconnected(), Restricted()], ids=["logged out", "restricted"])
@pytest.mark.parametrize("account_type", TOKEN)
async def test_when_a_person_must_act_meanwhile_the_next_life_settles_it(
    stack: SendingWorld, account_type: str, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST, trouble)
    with pytest.raises(OutcomeUnknown):
        await stack.send(account_type, "hello", wait_ms=100)

    async def is_unknown() -> bool:
        return [(row.state, row.finished_at) for row in await stack.rows(account_type)] == [("unknown", None)]

    await until(is_unknown)
    number = (await stack.account(account_type)).no
    await stack.hub.parts.supervisor.stop(number)
    stack.hub.parts.supervisor.start(number)
    await stack.until_settled(account_type)
    assert await outcomes(stack, account_type) == ["accepted", "repeated"]


@pytest.mark.parametrize("account_type", TOKEN)
async def test_what_the_network_has_forgotten_is_looked_for_not_repeated(
    data_folder: Path, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token repeated after the peer's memory would be a second message."""
    async with opened(data_folder, sandbox={"sandbox.memory_ms": "120"}) as stack:
        await hide_echoes(stack, account_type)
        script_sends(monkeypatch, LOST, Throttled(retry_after_ms=200))
        message_id = await stack.send(account_type, "hello")
        assert await outcomes(stack, account_type) == ["accepted"]
        assert (await stack.message(message_id))["text"] == "hello"


@pytest.mark.parametrize("account_type", TOKEN)
async def test_the_memory_is_over_when_it_is_over_on_the_networks_clock(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hide_echoes(stack, account_type)

    async def a_day_later() -> None:
        await stack.control("clock", by="25h")
        raise NotReached

    script_sends(monkeypatch, LOST, a_day_later)
    await stack.fault("late_echo", account_type, count=50, ms=100 * HOUR_MS)
    await stack.send(account_type, "hello")
    assert await outcomes(stack, account_type) == ["accepted"]


@pytest.mark.parametrize("by", ["-2h", "2h"])
@pytest.mark.parametrize("account_type", HISTORY)
async def test_a_moved_clock_does_not_hide_what_was_sent(
    stack: SendingWorld, account_type: str, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network's own clock tells what is younger than an attempt, as it stood then."""
    await stack.control("clock", by=by)
    await stack.fault("late_echo", account_type, count=50, ms=100 * HOUR_MS)
    script_sends(monkeypatch, LOST)
    await stack.send(account_type, "hello")
    assert await stack.texts(account_type) == ["hello"]


@pytest.mark.parametrize("account_type", HISTORY)
async def test_a_clock_that_moves_while_an_outcome_is_unclear_does_not_hide_it(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stack.fault("late_echo", account_type, count=50, ms=100 * HOUR_MS)
    script_sends(monkeypatch, LOST)

    async def look_later() -> None:
        await stack.control("clock", by="3h")

    script_history(monkeypatch, look_later)
    await stack.send(account_type, "hello")
    assert await stack.texts(account_type) == ["hello"]


@pytest.mark.parametrize("account_type", HISTORY)
async def test_what_may_still_arrive_is_waited_for_from_the_end_of_the_attempt(stack: SendingWorld, account_type: str) -> None:
    """An attempt that lasted longer than the settle time may still have something on its way."""
    await stack.fault("slow", account_type, ms=SETTLE_MS + 50)
    await stack.fault("late_arrival", account_type, ms=SETTLE_MS // 2)
    await stack.send(account_type, "hello")

    async def has_arrived() -> bool:
        return not await stack.connector.world.change(lambda change: change.fetch("SELECT 1 FROM due"))

    await until(has_arrived)
    assert await stack.texts(account_type) == ["hello"]


@pytest.mark.parametrize("account_type", HISTORY)
async def test_a_history_that_cannot_be_read_now_is_read_later(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is given up, nothing sent again, and the chat's queue does not stay shut."""
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST)
    script_history(monkeypatch, NetworkFailed(), Throttled(retry_after_ms=20), TimeoutError(), NotReached())
    await stack.send(account_type, "hello")
    await stack.send(account_type, "next")
    assert await stack.texts(account_type) == ["hello", "next"]
    assert [row.attempt for row in await stack.rows(account_type)] == [1, 1]


@pytest.mark.parametrize("account_type", HISTORY)
async def test_a_history_that_is_refused_leaves_it_unknown(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST)
    script_history(monkeypatch, NotPossible())
    with pytest.raises(OutcomeUnknown):
        await stack.send(account_type, "hello")
    await stack.send(account_type, "next")
    assert await stack.texts(account_type) == ["hello", "next"]


@pytest.mark.parametrize("account_type", HISTORY)
async def test_the_same_words_twice_are_two_messages(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one's message is its own: it does not answer for the second."""
    await hide_echoes(stack, account_type)
    script_sends(monkeypatch, LOST, NetworkFailed())
    first = await stack.send(account_type, "ok")
    second = await stack.send(account_type, "ok")
    assert await stack.texts(account_type) == ["ok", "ok"]
    names = {(await stack.message(message_id))["provider_id"] for message_id in (first, second)}
    assert names == {one["provider_id"] for one in await stack.record(account_type)}


async def test_the_same_words_from_ones_own_phone_a_moment_before_do_not_answer_for_a_send(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X shows no token, so only the words are left; what was in the chat before cannot be ours."""
    await stack.control("own_device_send", account="TWITTER", chat=stack.provider_chats["TWITTER"], text="ok")

    async def is_stored() -> bool:
        return "ok" in await stack.stored("TWITTER")

    await until(is_stored)
    script_sends(monkeypatch, NetworkFailed())
    await stack.send("TWITTER", "ok")
    assert await stack.texts("TWITTER") == ["ok"]
    assert (await stack.said("TWITTER"))[-2:] == ["ok", "ok"]


async def test_an_echo_without_a_token_that_comes_before_the_outcome_is_no_second_message(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored under an id of its own before anybody can know it for ours; the reserved id leads there all the same."""
    script_sends(monkeypatch, LOST)

    async def is_stored() -> bool:
        return "hello" in await stack.stored("TWITTER")

    script_history(monkeypatch, lambda: until(is_stored))
    told = await stack.send("TWITTER", "hello")
    (row,) = await stack.rows("TWITTER")
    assert row.public_id not in (None, told)
    assert await stack.message(str(row.public_id)) == await stack.message(told)
    assert await stack.texts("TWITTER") == ["hello"]


async def test_the_reserved_id_leads_to_the_message_after_the_row_is_old(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are forgotten after a week, except those that alone know where a given-out id leads."""
    script_sends(monkeypatch, LOST)
    await stack.send("TWITTER", "hello")
    await stack.send("WHATSAPP", "hello")
    (row,) = await stack.rows("TWITTER")

    async def forget(tx: Transaction) -> int:
        return await outbox.forget(tx, stack.store.clock() + 1)

    assert await stack.store.db.write(forget) == 1
    assert (await stack.message(str(row.public_id)))["text"] == "hello"


@pytest.mark.parametrize("account_type", EVERY)
async def test_what_was_under_way_when_the_server_stopped_is_settled_at_the_next_start(
    data_folder: Path, account_type: str
) -> None:
    """Token and history: sent, once. None: unknown, and shown."""
    async with opened(data_folder) as stack:
        await stack.fault("slow", account_type, ms=HOUR_MS)
        await _abandon(stack, account_type)
        await stack.no_faults()
    async with opened(data_folder) as stack:
        await stack.until_settled(account_type)
        texts, pending = await stack.texts(account_type, outcome=None), await stack.pending()
        if account_type == "MESSENGER":
            assert (texts, [row["state"] for row in pending]) == ([], ["unknown"])
        else:
            assert (texts, pending) == (["hello"], [])


async def test_what_never_began_before_its_time_was_over_is_not_begun_after_a_restart(data_folder: Path) -> None:
    async with opened(data_folder, start=False) as stack:
        await _abandon(stack, "WHATSAPP", state="queued", wait_ms=150)

        async def is_over() -> bool:
            return stack.store.clock() > (await stack.rows("WHATSAPP"))[0].deadline_at

        await until(is_over)
    async with opened(data_folder) as stack:
        await stack.until_settled("WHATSAPP")
        assert [row.state for row in await stack.rows("WHATSAPP")] == ["failed"]
        with pytest.raises(NotReached, match="Nothing was sent"):
            await stack.send("WHATSAPP", "hello", key="k")
        with pytest.raises(NotFound):
            await stack.message(str((await stack.rows("WHATSAPP"))[0].public_id))
        assert await stack.record("WHATSAPP", outcome=None) == []


async def test_what_waits_in_the_queue_when_the_server_stops_goes_out_while_its_time_lasts(data_folder: Path) -> None:
    async with opened(data_folder, start=False) as stack:
        await _abandon(stack, "SLACK", state="queued", wait_ms=60_000)
    async with opened(data_folder) as stack:
        await stack.until_settled("SLACK")
        assert await stack.texts("SLACK") == ["hello"]
        await stack.send("SLACK", "hello", key="k")
        assert await stack.texts("SLACK") == ["hello"]


async def _abandon(stack: SendingWorld, account_type: str, *, state: str = "sending", wait_ms: int = 5_000) -> None:
    """Ask for a send and go away once it is in this state."""
    async with anyio.create_task_group() as group:

        async def ask() -> None:
            await stack.send(account_type, "hello", key="k", wait_ms=wait_ms)

        group.start_soon(ask)

        async def has_begun() -> bool:
            return [row.state for row in await stack.rows(account_type)] == [state]

        await until(has_begun)
        group.cancel_scope.cancel()


async def test_who_asks_again_makes_the_send_wait_longer(stack: SendingWorld) -> None:
    """The later caller's time counts, and the earlier one is not told that nothing was sent."""
    await stack.fault("no_link", "WHATSAPP", count=10_000)
    await stack.fault("dropped_link", "WHATSAPP")
    number = (await stack.account("WHATSAPP")).no

    async def is_down() -> bool:
        return number not in stack.hub.parts.lives.by_account

    await until(is_down)
    async with anyio.create_task_group() as group:

        async def impatient() -> None:
            with pytest.raises(OutcomeUnknown):
                await stack.send("WHATSAPP", "hello", key="k", wait_ms=150)
            await stack.no_faults()

        group.start_soon(impatient)
        await stack.send("WHATSAPP", "hello", key="k", wait_ms=5_000)
    assert await stack.texts("WHATSAPP", outcome=None) == ["hello"]


async def test_a_life_whose_lease_was_taken_writes_nothing_more(stack: SendingWorld) -> None:
    """The account begins anew under a new epoch, and the send goes out once."""
    number = (await stack.account("TELEGRAM")).no
    before = stack.hub.parts.lives.by_account[number].epoch

    async def take(tx: Transaction) -> int:
        return await leases.take(tx, number, "another", 2**62)

    assert await stack.store.db.write(take) == before + 1
    await stack.send("TELEGRAM", "hello")
    assert stack.hub.parts.lives.by_account[number].epoch == before + 2
    assert await stack.texts("TELEGRAM", outcome=None) == ["hello"]


async def test_a_chat_that_becomes_read_only_between_attempts_refuses_for_certain(stack: SendingWorld) -> None:
    key, chat = stack.in_world("SLACK").key, stack.provider_chats["SLACK"]
    info = ChatInfo(provider_id=chat, read_only=True)
    await stack.connector.world.change(lambda change: world_chats.update(change, key, info))
    with pytest.raises(ReadOnlyChat):
        await stack.send("SLACK", "hello")
    assert await outcomes(stack, "SLACK") == ["refused"]
