"""What becomes of a send, told by the sandbox's record: sent, failed for certain, or unknown and settled later.

One story per way a send can go, on each account type it concerns (security.md 6.1 and 6.3, issue "Bad input, faults").
"""

from pathlib import Path

import pytest

from trunkline.model.errors import (
    Disconnected,
    NotFound,
    NotPossible,
    NotReached,
    OutcomeUnknown,
    Restricted,
    Throttled,
)

from .sending_world import EVERY, HISTORY, NONE, TOKEN, SendingWorld, opened, until

SETTLED_ALONE = (*TOKEN, *HISTORY)


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_message_is_sent_once_and_can_be_looked_at(stack: SendingWorld, account_type: str) -> None:
    text = "Grüße 👋🏽\n\tعربي und mehr"
    message_id = await stack.send(account_type, text)
    (arrived,) = await stack.record(account_type, outcome=None)
    assert (arrived["outcome"], arrived["kind"], arrived["command"]["text"]) == ("accepted", "send", text)
    assert arrived["chat"] == stack.provider_chats[account_type]
    message = await stack.message(message_id)
    assert (message["text"], message["is_sender"], message["chat_id"]) == (text, 1, stack.chats[account_type])
    assert message["provider_id"] == arrived["provider_id"]
    assert "send_state" not in message
    assert await stack.pending() == []


@pytest.mark.parametrize("account_type", EVERY)
async def test_what_the_network_refuses_has_failed_and_nothing_arrives(stack: SendingWorld, account_type: str) -> None:
    await stack.forget_chat(account_type)
    with pytest.raises(NotPossible, match="has no chat") as refused:
        await stack.send(account_type, "hello")
    assert refused.value.call is not None
    (row,) = await stack.rows(account_type)
    assert (row.state, row.attempt, row.unclear) == ("failed", 1, False)
    assert await stack.texts(account_type) == []
    assert row.public_id is not None
    with pytest.raises(NotFound):
        await stack.message(row.public_id)
    assert await stack.pending() == []


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_throttled_send_waits_when_the_time_suffices(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("rate_limited", account_type, ms=60)
    message_id = await stack.send(account_type, "hello")
    assert await stack.texts(account_type) == ["hello"]
    row = await stack.row(message_id)
    assert (row.state, row.attempt, row.unclear) == ("sent", 2, False)
    assert row.started_at is not None
    assert row.started_at >= row.created_at + 60


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_throttled_send_whose_time_does_not_suffice_fails_with_the_seconds(
    stack: SendingWorld, account_type: str
) -> None:
    await stack.fault("rate_limited", account_type, ms=41_500)
    with pytest.raises(Throttled, match=r"wait 42 s\. Nothing was sent") as throttled:
        await stack.send(account_type, "hello", wait_ms=30_000)
    assert throttled.value.retry_after_ms == 41_500
    (row,) = await stack.rows(account_type)
    assert (row.state, row.finished_at is not None) == ("failed", True)


async def test_nothing_leaves_later_of_a_send_that_was_throttled_away(data_folder: Path) -> None:
    async with opened(data_folder) as world:
        await world.fault("rate_limited", "SLACK", ms=60_000)
        with pytest.raises(Throttled):
            await world.send("SLACK", "never")
        await world.send("SLACK", "after")
    async with opened(data_folder) as world:
        await world.send("SLACK", "and after a restart")
        assert await world.texts("SLACK") == ["after", "and after a restart"]


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_send_that_does_not_reach_the_network_is_tried_again(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("not_reached", account_type, count=4)
    message_id = await stack.send(account_type, "hello")
    assert (await stack.row(message_id)).attempt == 5
    assert await stack.texts(account_type) == ["hello"]


async def test_a_send_that_never_reaches_the_network_fails_when_the_caller_stops_waiting(stack: SendingWorld) -> None:
    await stack.fault("not_reached", "TELEGRAM", count=10_000)
    with pytest.raises(NotReached, match="Nothing was sent"):
        await stack.send("TELEGRAM", "hello", wait_ms=1_000)  # long enough that the first attempt is over on any machine
    await stack.no_faults()
    await stack.send("TELEGRAM", "another")
    assert await stack.texts("TELEGRAM") == ["another"]
    assert [row.state for row in await stack.rows("TELEGRAM")] == ["failed", "sent"]


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_lost_answer_is_settled_and_the_caller_hears_that_it_was_sent(stack: SendingWorld, account_type: str) -> None:
    """Token: sent again and known for the same. History and none: the echo names it, or the history does."""
    await stack.fault("lost_answer", account_type)
    message_id = await stack.send(account_type, "hello")
    assert await stack.texts(account_type) == ["hello"]
    assert (await stack.message(message_id))["text"] == "hello"
    assert await stack.said(account_type) == [*(await stack.said(account_type))[:-1], "hello"]


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_token_is_repeated_when_the_answer_is_lost(stack: SendingWorld, account_type: str) -> None:
    """The network remembers the token and answers as it did: one message (security.md 6.3)."""
    await stack.fault("late_echo", account_type, ms=60_000)
    await stack.fault("lost_answer", account_type, count=3)
    message_id = await stack.send(account_type, "hello")
    outcomes = [one["outcome"] for one in await stack.record(account_type, outcome=None)]
    assert outcomes == ["accepted", "repeated", "repeated", "repeated"]
    assert len({one["token"] for one in await stack.record(account_type, outcome=None)}) == 1
    assert (await stack.row(message_id)).attempt == 4


@pytest.mark.parametrize("account_type", HISTORY)
async def test_a_send_whose_answer_was_lost_is_found_in_the_history(stack: SendingWorld, account_type: str) -> None:
    """No echo comes; only reading the chat can tell."""
    await stack.fault("late_echo", account_type, ms=60_000)
    await stack.fault("lost_answer", account_type)
    message_id = await stack.send(account_type, "hello")
    assert await stack.texts(account_type, outcome=None) == ["hello"]
    row = await stack.row(message_id)
    assert (row.state, row.attempt) == ("sent", 1)
    assert (await stack.message(message_id))["provider_id"] == row.provider_id


@pytest.mark.parametrize("account_type", SETTLED_ALONE)
async def test_a_request_that_was_lost_is_sent_again(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("lost_request", account_type)
    message_id = await stack.send(account_type, "hello")
    assert await stack.texts(account_type, outcome=None) == ["hello"]
    assert (await stack.row(message_id)).attempt == 2


@pytest.mark.parametrize("account_type", SETTLED_ALONE)
async def test_a_request_that_arrives_late_is_not_doubled(stack: SendingWorld, account_type: str) -> None:
    """Inside the settle time: the network's word for how late anything can still arrive."""
    await stack.fault("late_arrival", account_type, ms=60)
    await stack.send(account_type, "hello")
    await stack.until_settled(account_type)

    async def has_arrived() -> bool:
        return not await stack.connector.world.change(lambda change: change.fetch("SELECT 1 FROM due"))

    await until(has_arrived)
    assert await stack.texts(account_type) == ["hello"]


@pytest.mark.parametrize("account_type", NONE)
async def test_an_echo_a_moment_later_settles_it_before_the_caller_is_told(stack: SendingWorld, account_type: str) -> None:
    """Most lost answers of such a network are no unknown outcome for anybody."""
    await stack.fault("late_echo", account_type, ms=60)
    await stack.fault("lost_answer", account_type)
    message_id = await stack.send(account_type, "hello")
    assert (await stack.message(message_id))["text"] == "hello"
    assert await stack.texts(account_type, outcome=None) == ["hello"]


@pytest.mark.parametrize("account_type", NONE)
async def test_where_nothing_can_tell_the_outcome_stays_unknown_and_is_shown(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("lost_request", account_type)
    with pytest.raises(OutcomeUnknown, match=r"get_message .* do not repeat") as unknown:
        await stack.send(account_type, "hello", key="k")
    message_id = unknown.value.message_id
    assert message_id is not None
    assert message_id in unknown.value.text
    message = await stack.message(message_id)
    assert (message["send_state"], message["text"], message["provider_id"]) == ("unknown", "hello", "")
    (pending,) = await stack.pending()
    assert (pending["message_id"], pending["state"]) == (message_id, "unknown")
    with pytest.raises(OutcomeUnknown) as again:
        await stack.send(account_type, "hello", key="k")
    assert (again.value.message_id, again.value.text) == (message_id, unknown.value.text)
    assert await stack.texts(account_type, outcome=None) == []


async def test_an_unknown_send_stays_unknown_over_a_restart_and_is_not_sent_again(data_folder: Path) -> None:
    async with opened(data_folder) as world:
        await world.fault("lost_request", "MESSENGER")
        with pytest.raises(OutcomeUnknown) as unknown:
            await world.send("MESSENGER", "hello")
    async with opened(data_folder) as world:
        await world.send("MESSENGER", "another")
        assert await world.texts("MESSENGER", outcome=None) == ["another"]
        assert (await world.message(str(unknown.value.message_id)))["send_state"] == "unknown"
        assert [row["state"] for row in await world.pending()] == ["unknown"]


async def test_an_echo_that_comes_later_settles_what_was_unknown(stack: SendingWorld) -> None:
    await stack.fault("late_arrival", "MESSENGER", ms=600)
    with pytest.raises(OutcomeUnknown) as unknown:
        await stack.send("MESSENGER", "hello", key="k")
    message_id = str(unknown.value.message_id)

    async def is_there() -> bool:
        return "send_state" not in await stack.message(message_id)

    await until(is_there)
    assert (await stack.message(message_id))["text"] == "hello"
    assert await stack.pending() == []
    assert await stack.send("MESSENGER", "hello", key="k") == message_id
    assert await stack.texts("MESSENGER") == ["hello"]


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_network_slower_than_the_caller_is_an_unknown_outcome_that_settles(
    stack: SendingWorld, account_type: str
) -> None:
    await stack.fault("slow", account_type, ms=300)
    with pytest.raises(OutcomeUnknown, match="may have been sent as") as unknown:
        await stack.send(account_type, "hello", key="k", wait_ms=60)
    message_id = str(unknown.value.message_id)
    assert (await stack.message(message_id))["send_state"] == "sending"
    await stack.until_settled(account_type)
    assert "send_state" not in await stack.message(message_id)
    assert await stack.texts(account_type, outcome=None) == ["hello"]
    again = await stack.send(account_type, "hello", key="k")
    assert await stack.message(again) == await stack.message(message_id)


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_logged_out_account_refuses_at_once_and_says_what_to_do(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("logged_out", account_type)

    async def is_out() -> bool:
        return (await stack.account(account_type)).state == "logged_out"

    await until(is_out)
    with pytest.raises(Disconnected, match="A person must log in again"):
        await stack.send(account_type, "hello")
    assert await stack.rows(account_type) == []
    assert await stack.record(account_type, outcome=None) == []


async def test_a_restricted_account_refuses_at_once(stack: SendingWorld) -> None:
    await stack.fault("restricted", "INSTAGRAM", count=1)

    async def is_restricted() -> bool:
        return (await stack.account("INSTAGRAM")).state == "restricted"

    await until(is_restricted)
    with pytest.raises(Restricted, match="A person must look at it"):
        await stack.send("INSTAGRAM", "hello")
    assert await stack.record("INSTAGRAM", outcome=None) == []


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_send_waits_for_an_account_that_is_connecting_again(stack: SendingWorld, account_type: str) -> None:
    await stack.fault("no_link", account_type, count=3)
    await stack.fault("dropped_link", account_type)
    number = (await stack.account(account_type)).no

    async def is_down() -> bool:
        return number not in stack.hub.parts.lives.by_account

    await until(is_down)
    await stack.send(account_type, "hello")
    assert await stack.texts(account_type, outcome=None) == ["hello"]


async def test_a_send_to_an_account_that_does_not_come_back_in_time_is_withdrawn(stack: SendingWorld) -> None:
    await stack.fault("no_link", "WHATSAPP", count=1_000)
    await stack.fault("dropped_link", "WHATSAPP")
    number = (await stack.account("WHATSAPP")).no

    async def is_down() -> bool:
        return number not in stack.hub.parts.lives.by_account

    await until(is_down)
    with pytest.raises(NotReached, match=r"was not connected.*Nothing was sent"):
        await stack.send("WHATSAPP", "hello", wait_ms=50)
    await stack.no_faults()
    await stack.until_connected("WHATSAPP")
    await stack.send("WHATSAPP", "another")
    assert await stack.texts("WHATSAPP", outcome=None) == ["another"]
