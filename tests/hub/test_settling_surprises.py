"""Surprises of a network or of our own: a bug in a session, an answer nobody can take in, a token that names two messages."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from trunkline.contract.commands import Done, SendMessage
from trunkline.contract.events import MessageArrived
from trunkline.hub import sender
from trunkline.hub.ingest.apply import apply
from trunkline.model.errors import NotPossible, OutcomeUnknown
from trunkline.networks.sandbox.abilities import Sends
from trunkline.store.engine import Transaction

from .scripted import script_sends
from .sending_world import EVERY, HISTORY, QUICK, TOKEN, SendingWorld, opened, until


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_bug_in_a_session_leaves_the_outcome_unclear_and_it_is_settled(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """contract/session.py: a session raises errors of the model alone; what else comes says nothing of the outcome."""
    script_sends(monkeypatch, RuntimeError("a bug"))
    if account_type == "MESSENGER":
        with pytest.raises(OutcomeUnknown):
            await stack.send(account_type, "hello")
    else:
        await stack.send(account_type, "hello")
        assert await stack.texts(account_type, outcome=None) == ["hello"]
    await stack.send(account_type, "next")
    assert (await stack.account(account_type)).state == "connected"


@pytest.mark.parametrize("account_type", EVERY)
async def test_what_was_sent_stays_sent_when_its_facts_cannot_be_taken_in(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is out: a bug in what is told of it may neither send it again nor end the account's life."""
    await stack.fault("late_echo", account_type, ms=100)
    broken = True

    async def apply_or_not(batch: Any, events: Any) -> None:
        if broken and any(isinstance(event, MessageArrived) for event in events):
            raise RuntimeError("a bug")
        await apply(batch, events)

    monkeypatch.setattr(sender, "apply", apply_or_not)
    epoch = stack.hub.parts.lives.by_account[(await stack.account(account_type)).no].epoch
    message_id = await stack.send(account_type, "hello")
    broken = False
    await stack.send(account_type, "next")

    async def is_there() -> bool:
        return "send_state" not in await stack.message(message_id)

    await until(is_there)
    assert await stack.texts(account_type, outcome=None) == ["hello", "next"]
    assert stack.hub.parts.lives.by_account[(await stack.account(account_type)).no].epoch == epoch


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_token_that_comes_back_under_a_second_name_is_a_second_message(data_folder: Path, account_type: str) -> None:
    """A network that has forgotten a token makes another message of it: shown as it is, and nothing breaks."""
    async with opened(data_folder, sandbox={"sandbox.memory_ms": "0"}) as stack:
        message_id = await stack.send(account_type, "hello")
        row = await stack.row(message_id)
        live: Any = stack.hub.parts.lives.by_account[(await stack.account(account_type)).no]
        await live.session.send(SendMessage(chat=stack.provider_chats[account_type], text="hello"), row.token)

        async def are_two() -> bool:
            return (await stack.stored(account_type))[:2] == ["hello", "hello"]

        await until(are_two)
        assert (await stack.row(message_id)).provider_id == (await stack.message(message_id))["provider_id"]
        await stack.send(account_type, "next")
        assert stack.hub.parts.lives.by_account[live.account_no] is live


@pytest.mark.parametrize("account_type", [*TOKEN, *HISTORY])
async def test_a_network_that_takes_too_long_is_given_up_on_and_asked(data_folder: Path, account_type: str) -> None:
    async with opened(data_folder, hub_options=replace(QUICK, network_call_ms=100)) as stack:
        await stack.fault("slow", account_type, ms=3_600_000)
        await stack.send(account_type, "hello")
        assert await stack.texts(account_type, outcome=None) == ["hello"]
        assert [row.attempt for row in await stack.rows(account_type)] == [2]


@pytest.mark.parametrize("account_type", [name for name in EVERY if name != "TWITTER"])
async def test_a_message_that_is_there_stays_sent_whatever_the_answer_says(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its echo settled it (X shows no token and has none); a refusal that comes after that is no word on this message."""
    original, refused = Sends.send, anyio.Event()

    async def send(self: Any, command: SendMessage, token: str) -> Done:
        await original(self, command, token)
        await stack.until_settled(account_type)
        refused.set()
        raise NotPossible

    async def nothing(tx: Transaction) -> None:
        """What was handed in before is written when this is."""

    monkeypatch.setattr(Sends, "send", send)
    message_id = await stack.send(account_type, "hello")
    await refused.wait()
    await stack.store.db.write(nothing)
    assert [row.state for row in await stack.rows(account_type)] == ["sent"]
    assert (await stack.message(message_id))["text"] == "hello"
