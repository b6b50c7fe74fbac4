"""The kill switch bites until the moment a send is claimed: what waits in the outbox when it is thrown does not leave."""

import anyio
import pytest

from trunkline.model.errors import NotAllowed, OutcomeUnknown, Throttled
from trunkline.operations.administration import RevokeConnection, StopConnection

from .scripted import LOST, script_sends
from .sending_world import SendingWorld, until


@pytest.mark.parametrize("switch", [StopConnection, RevokeConnection])
async def test_a_send_that_waits_when_its_connection_is_stopped_never_leaves(
    stack: SendingWorld, switch: type[StopConnection] | type[RevokeConnection]
) -> None:
    """security.md 4.6: effective until a row is claimed. Fails without `calls.check_grant` in the sender's claim."""
    await stack.fault("rate_limited", "WHATSAPP", ms=400)
    refused: list[NotAllowed] = []

    async def send() -> None:
        with pytest.raises(NotAllowed, match="stopped or revoked") as caught:
            await stack.send("WHATSAPP", "hello")
        refused.append(caught.value)

    async with anyio.create_task_group() as group:
        group.start_soon(send)
        await until(lambda: _waits(stack))
        await stack.reply(switch(pcid=stack.pcid), caller=stack.admin)
    assert len(refused) == 1
    assert await stack.texts("WHATSAPP") == []
    (row,) = await stack.rows("WHATSAPP")
    assert row.state == "failed"


async def test_a_stopped_send_that_may_have_gone_out_is_held_and_says_so(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stack.fault("late_echo", "WHATSAPP", count=50, ms=3_600_000)
    script_sends(monkeypatch, LOST, Throttled(retry_after_ms=400))
    told: list[OutcomeUnknown] = []

    async def send() -> None:
        with pytest.raises(OutcomeUnknown) as caught:
            await stack.send("WHATSAPP", "hello")
        told.append(caught.value)

    async with anyio.create_task_group() as group:
        group.start_soon(send)
        await until(lambda: _waits(stack, unclear=True))
        await stack.reply(StopConnection(pcid=stack.pcid), caller=stack.admin)
    assert len(told) == 1
    (row,) = await stack.rows("WHATSAPP")
    assert row.state == "held"
    assert await stack.texts("WHATSAPP") == ["hello"]
    assert [one["state"] for one in await stack.pending()] == ["held"]


async def _waits(stack: SendingWorld, *, unclear: bool = False) -> bool:
    rows = await stack.rows("WHATSAPP")
    return any(row.state == "queued" and row.attempt > 0 and row.unclear == unclear for row in rows)
