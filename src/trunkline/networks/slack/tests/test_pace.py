"""Keeping to Slack's tiers, and to what it answers."""

from collections.abc import Callable

import pytest

from trunkline.contract.commands import SendMessage
from trunkline.model.errors import Throttled
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT
from trunkline.networks.slack.user_token.tiers import CALLS_A_MINUTE, TIER_2, Pace


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


def throttled_after(take: Callable[[], None]) -> int:
    """How many calls are let through."""
    for made in range(1_000):
        try:
            take()
        except Throttled:
            return made
    raise AssertionError("nothing held it back")


def test_a_method_is_called_as_often_as_its_tier_allows_and_again_a_minute_later() -> None:
    """networks.md 4.4: tiers 1/20/50/100 a minute per method."""
    clock = Clock()
    pace = Pace(clock)
    assert throttled_after(lambda: pace.take("conversations.list")) == TIER_2
    assert throttled_after(lambda: pace.take("conversations.history")) == CALLS_A_MINUTE["conversations.history"]
    clock.now += 59_999
    with pytest.raises(Throttled) as met:
        pace.take("conversations.list")
    assert met.value.retry_after_ms == 1
    clock.now += 1
    pace.take("conversations.list")


def test_what_slack_answers_wins_over_the_table_for_that_method_alone() -> None:
    """networks.md 4.0: `Retry-After` is obeyed."""
    clock = Clock()
    pace = Pace(clock)
    pace.close("chat.postMessage", 30_000)
    assert pace.wait_ms("chat.postMessage") == 30_000
    pace.take("chat.update")
    clock.now += 30_000
    pace.take("chat.postMessage")


async def test_no_call_leaves_while_slack_has_said_to_wait(workspace: SlackBench) -> None:
    """R12: no call too early."""
    session = workspace.session()
    await session.connect()
    await workspace.fault("rate_limited", ms=30_000)
    for expected in (30_000, 20_000):
        with pytest.raises(Throttled) as met:
            await session.send(SendMessage(chat=DIRECT, text="Hello"), "token")
        assert met.value.retry_after_ms == pytest.approx(expected, abs=5_000)
        await workspace.move_clock(10_000)
    assert workspace.state.calls.count("chat.postMessage") == 1
    await workspace.move_clock(10_000)
    await session.send(SendMessage(chat=DIRECT, text="Hello"), "token")
    assert len(await workspace.arrived("send")) == 1


async def test_a_read_that_nobody_waits_for_waits_itself(workspace: SlackBench) -> None:
    """The first list of chats goes on where Slack lets it."""
    workspace.connector = workspace.new_connector(paced=1)
    session = workspace.session()
    await session.connect()
    pace = session._account.client._pace
    pace.close("users.conversations", 20)
    assert len((await session.chats(None)).chats) == 5
