"""Writes through a Unipile server whose outcome is unclear stand in the one pending list, and a person settles them there."""

from typing import Any

import pytest
from msgspec import json

from trunkline.model.errors import NotFound, NotPossible, OutcomeUnknown
from trunkline.operations.administration import ListPending, SettlePending
from trunkline.operations.backend import Call
from trunkline.store import answers, calls, connections, remote_writes
from trunkline.store.connections import ConnectionRow
from trunkline.store.engine import Transaction
from trunkline.store.remote_writes import RemoteWrite

from .sending_world import SendingWorld
from .test_settling_by_hand import settle

AT = 1_700_000_000_000


async def connected(stack: SendingWorld, owner: int) -> ConnectionRow:
    """A connection to a Unipile server, granted by a person."""

    async def work(tx: Transaction) -> ConnectionRow:
        return await connections.add(
            tx,
            pcid=f"pc_of_{owner}",
            principal=stack.admin.principal,
            owner=owner,
            name="subscribed",
            roads=(),
            accounts=None,
            chats=None,
            effects=("read", "send"),
            mode="open",
            at_ms=AT,
            backend="unipile",
        )

    return await stack.store.db.write(work)


async def written(
    stack: SendingWorld, row: ConnectionRow, *, is_start: bool = False, state: calls.CallState = "unknown"
) -> int:
    """A write through it whose answer was lost, or is still awaited; gives its call's number."""
    call = Call(
        principal=stack.admin.principal,
        connection=row.no,
        key_id=None,
        surface="rest",
        operation="start_new_chat" if is_start else "send_message_in_chat",
        fingerprint=bytes(32),
        at_ms=AT,
        deadline_ms=AT + 1_000,
    )

    async def work(tx: Transaction) -> int:
        begun = await calls.begin(tx, call)
        write = RemoteWrite(
            call_no=begun.no, connection=row.no, target="far", people=b"hash" if is_start else None, content=b"hash", at=AT
        )
        await remote_writes.put(tx, write)
        if state == "unknown":
            await calls.finish(tx, begun.no, "unknown", answers.of_error(OutcomeUnknown("It may have been sent.")))
        return begun.no

    return await stack.store.db.write(work)


def shown(call_no: int, **changed: Any) -> dict[str, Any]:
    """As the list shows a message in a chat."""
    return {
        "object": "PendingSend",
        "id": call_no,
        "message_id": None,
        "account_id": None,
        "chat_id": "far",
        "command": "SendMessageInChat",
        "state": "unknown",
        "attempts": 1,
        "created_at": "2023-11-14T22:13:20.000Z",
        "not_before": None,
        "pcid": "pc_of_1",
        **changed,
    }


async def test_unclear_writes_of_both_kinds_stand_in_one_list(stack: SendingWorld) -> None:
    row = await connected(stack, stack.admin.principal)
    pcid = row.pcid
    first = await written(stack, row)
    await unclear_beside(stack)
    second = await written(stack, row, is_start=True, state="running")
    through, own, last = await stack.pending()
    assert through == shown(first, pcid=pcid)
    assert (own["command"], own["state"], own["account_id"] is not None, "pcid" in own) == (
        "SendMessage",
        "unknown",
        True,
        False,
    )
    assert last == shown(second, pcid=pcid, account_id="far", chat_id=None, command="StartNewChat", state="sending")
    assert [each["id"] for each in (through, own, last)] == sorted({first, own["id"], second})


async def test_the_list_goes_on_over_pages(stack: SendingWorld) -> None:
    row = await connected(stack, stack.admin.principal)
    wanted = [await written(stack, row) for _ in range(3)]
    found: list[int] = []
    cursor: str | None = None
    for _ in range(3):
        reply = await stack.reply(ListPending(limit=1, cursor=cursor), caller=stack.admin)
        assert isinstance(reply.body, bytes)
        page = json.decode(reply.body)
        found += [each["id"] for each in page["items"]]
        cursor = page["cursor"]
    assert (found, cursor) == (wanted, None)


@pytest.mark.parametrize("outcome", ["sent", "gone"])
async def test_a_person_settles_it_once(stack: SendingWorld, outcome: str) -> None:
    """What its caller was told stays, and no later look claims a message for it."""
    row = await connected(stack, stack.admin.principal)
    number = await written(stack, row)
    write = await remote_writes.by_call(stack.store.db, number)
    assert write is not None
    assert await settle(stack, str(number), outcome) == {"object": "PendingSettled", "id": number, "outcome": outcome}
    assert await stack.pending() == []
    assert await remote_writes.unclear_of(stack.store.db, stack.admin.principal) == 0

    async def claim(tx: Transaction) -> bool:
        assert write is not None
        return await remote_writes.claim(tx, write, "message")

    assert await stack.store.db.write(claim) is False
    with pytest.raises(NotPossible):
        await settle(stack, str(number), "sent")


async def test_one_that_is_on_its_way_is_not_settled(stack: SendingWorld) -> None:
    number = await written(stack, await connected(stack, stack.admin.principal), state="running")
    with pytest.raises(NotPossible):
        await settle(stack, str(number), "gone")
    assert len(await stack.pending()) == 1


async def test_another_persons_is_not_there(stack: SendingWorld) -> None:
    number = await written(stack, await connected(stack, stack.admin.principal + 1))
    assert await stack.pending() == []
    with pytest.raises(NotFound):
        await stack.reply(SettlePending(pending_id=str(number), outcome="gone"), caller=stack.admin)


async def unclear_beside(stack: SendingWorld) -> None:
    """One of an account of our own, while others stand in the list."""
    await stack.fault("lost_request", "MESSENGER")
    with pytest.raises(OutcomeUnknown):
        await stack.send("MESSENGER", "hello")
