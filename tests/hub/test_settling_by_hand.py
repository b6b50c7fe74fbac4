"""Settling by hand what no network has confirmed: nothing is ever sent for it. Source: security.md 6.3."""

import pytest
from msgspec import json

from trunkline.model.errors import NotFound, NotPossible, OutcomeUnknown
from trunkline.operations.administration import ListAudit, SettlePending

from .sending_world import SendingWorld


async def unclear(stack: SendingWorld, text: str = "hello") -> str:
    """A message that Messenger took, or not, and whose echo never came; gives the pending row's id."""
    await stack.fault("lost_request", "MESSENGER")
    with pytest.raises(OutcomeUnknown):
        await stack.send("MESSENGER", text)
    (row,) = await stack.pending()
    assert row["state"] == "unknown"
    return str(row["id"])


async def settle(stack: SendingWorld, pending_id: str, outcome: str) -> dict[str, object]:
    """As the person."""
    wanted = SettlePending(pending_id=pending_id, outcome=outcome)  # type: ignore[arg-type]
    reply = await stack.reply(wanted, caller=stack.admin)
    assert isinstance(reply.body, bytes)
    found: dict[str, object] = json.decode(reply.body)
    return found


@pytest.mark.parametrize("outcome", ["sent", "gone"])
async def test_what_a_person_found_takes_it_off_the_list_and_sends_nothing(stack: SendingWorld, outcome: str) -> None:
    pending_id = await unclear(stack)
    before = await stack.record(outcome=None)
    settled = await settle(stack, pending_id, outcome)
    assert settled == {"object": "PendingSettled", "id": int(pending_id), "outcome": outcome}
    assert await stack.pending() == []
    assert await stack.record(outcome=None) == before
    await stack.send("MESSENGER", "The next one")
    assert await stack.texts("MESSENGER") == ["The next one"]


async def test_it_is_settled_once(stack: SendingWorld) -> None:
    pending_id = await unclear(stack)
    await settle(stack, pending_id, "gone")
    with pytest.raises(NotPossible):
        await settle(stack, pending_id, "sent")


@pytest.mark.parametrize("pending_id", ["999999", "0", "-1", "abc", "99999999999999999999"])
async def test_what_is_not_there_cannot_be_settled(stack: SendingWorld, pending_id: str) -> None:
    with pytest.raises(NotFound):
        await settle(stack, pending_id, "sent")


async def test_it_is_in_the_audit(stack: SendingWorld) -> None:
    await settle(stack, await unclear(stack), "gone")
    reply = await stack.reply(ListAudit(operation="settle_pending"), caller=stack.admin)
    assert isinstance(reply.body, bytes)
    assert json.decode(reply.body)["items"][0]["outcome"] == "ok"
