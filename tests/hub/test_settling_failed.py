"""A network that says afterwards that nothing came of a send whose answer was lost. Source: contract/events.py, SendFailed."""

import anyio
import pytest

from trunkline.contract.events import Event, SendFailed
from trunkline.hub.intake import take_in
from trunkline.hub.wakes import call_name
from trunkline.model.errors import NetworkFailed, NotFound, NotPossible, OutcomeUnknown
from trunkline.operations.administration import SettlePending

from .scripted import script_history, script_sends
from .sending_world import SendingWorld

WHY = "WhatsApp cannot deliver to this number (131026). Nothing was sent."


async def told(stack: SendingWorld, account_type: str, *events: Event) -> None:
    """The network says something of an account, as its session hands it up."""
    account = await stack.account(account_type)
    live = stack.hub.parts.lives.by_account[account.no]
    for call_no in await take_in(stack.store, account, live.epoch, events):
        stack.hub.parts.wakes.wake(call_name(call_no))


async def unclear(stack: SendingWorld, account_type: str = "MESSENGER") -> str:
    """A send that nothing ever came of, and nobody knows; gives the reserved id."""
    with pytest.raises(OutcomeUnknown) as unknown:
        await stack.send(account_type, "hello", key="k")
    return str(unknown.value.message_id)


async def test_a_failure_that_the_network_tells_settles_an_unclear_send(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller who asks again under its key hears why; nothing is sent again, and nothing is left to settle."""
    script_sends(monkeypatch, NetworkFailed("The answer was lost."))
    message_id = await unclear(stack)
    token = (await stack.row(message_id)).token
    assert [row["state"] for row in await stack.pending()] == ["unknown"]
    for _ in range(2):
        await told(stack, "MESSENGER", SendFailed(token=token, reason=WHY))
    assert await stack.pending() == []
    assert await stack.state_of(message_id) == "failed"
    with pytest.raises(NotPossible, match="131026"):
        await stack.send("MESSENGER", "hello", key="k")
    with pytest.raises(NotFound):
        await stack.message(message_id)
    await stack.send("MESSENGER", "next")
    assert await stack.texts("MESSENGER", outcome=None) == ["next"]


async def test_a_failure_told_while_the_send_is_looked_for_ends_the_search(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not found in the history is not sent again then, and the caller who still waits is told why."""
    looked, may_answer, met = anyio.Event(), anyio.Event(), []

    async def looking() -> None:
        looked.set()
        await may_answer.wait()

    async def sending() -> None:
        with pytest.raises(NotPossible, match="131026") as refused:
            await stack.send("SLACK", "hello")
        met.append(refused.value.text)

    script_sends(monkeypatch, NetworkFailed("The answer was lost."))
    script_history(monkeypatch, looking)
    async with anyio.create_task_group() as group:
        group.start_soon(sending)
        with anyio.fail_after(5):
            await looked.wait()
        (row,) = await stack.rows("SLACK")
        await told(stack, "SLACK", SendFailed(token=row.token, reason=WHY))
        may_answer.set()
    await stack.send("SLACK", "next")
    assert met == [WHY]
    assert (await stack.rows("SLACK"))[0].state == "failed"
    assert await stack.texts("SLACK", outcome=None) == ["next"]


async def test_what_was_sent_or_is_somebody_elses_does_not_fail(stack: SendingWorld) -> None:
    """A failure of an answered send, of another account's token, of one that nobody here made: nothing changes."""
    message_id = await stack.send("MESSENGER", "hello", key="k")
    row = await stack.row(message_id)
    await told(stack, "MESSENGER", SendFailed(token=row.token, reason=WHY), SendFailed(token="nobody's", reason=WHY))
    await stack.fault("lost_request", "MESSENGER")
    with pytest.raises(OutcomeUnknown) as unknown:
        await stack.send("MESSENGER", "lost")
    lost = await stack.row(str(unknown.value.message_id))
    await told(stack, "SLACK", SendFailed(token=lost.token, reason=WHY))
    assert (await stack.row(message_id)).state == "sent"
    assert await stack.send("MESSENGER", "hello", key="k") == message_id
    assert [one["state"] for one in await stack.pending()] == ["unknown"]


async def test_what_a_person_settled_stays(stack: SendingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person saw the message there: a failure that is told later does not make them wrong."""
    script_sends(monkeypatch, NetworkFailed("The answer was lost."))
    message_id = await unclear(stack)
    row = await stack.row(message_id)
    await stack.reply(SettlePending(pending_id=str(row.call_no), outcome="sent"), caller=stack.admin)
    await told(stack, "MESSENGER", SendFailed(token=row.token, reason=WHY))
    assert (await stack.row(message_id)).state == "sent"
