"""Two gates over one store, as two processes have on PostgreSQL: neither remembers what the other must know."""

import pytest

from trunkline.model.errors import IdempotencyMismatch, InvalidCredentials, NotAllowed, NotFound
from trunkline.operations.administration import (
    AllowConnection,
    CreateKey,
    ListAudit,
    RevokeConnection,
    RevokeKey,
    StopConnection,
    StopKey,
)
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.files import UploadRef

from .conftest import World, new_gate
from .test_cursors import cursor_of
from .test_files import PNG, chunked
from .wire import asked, decoded

HELLO = SendMessageInChat(chat_id="c", text="hello")


async def test_what_one_gate_switches_off_the_other_refuses_at_once(world: World) -> None:
    second = new_gate(world.store, world.backend)
    caller = await second.authenticate(world.me.api_key)
    await asked(world, AllowConnection(pcid=world.me.pcid, mode="read_only"))
    with pytest.raises(NotAllowed, match="read-only"):
        await second.answer(caller, HELLO, pcid=None, surface="mcp")
    await asked(world, AllowConnection(pcid=world.me.pcid, mode="open"))
    await asked(world, StopConnection(pcid=world.me.pcid))
    with pytest.raises(NotAllowed, match="was stopped"):
        await second.answer(caller, HELLO, pcid=None, surface="mcp")
    await asked(world, RevokeConnection(pcid=world.me.pcid))
    with pytest.raises(NotFound):
        await second.answer(caller, ListAllChats(), pcid=None, surface="mcp")
    await asked(world, StopKey(key_id=caller.key_id or ""))
    with pytest.raises(InvalidCredentials, match="was stopped"):
        await second.authenticate(world.me.api_key)
    await asked(world, RevokeKey(key_id=caller.key_id or ""))
    with pytest.raises(InvalidCredentials):
        await second.authenticate(world.me.api_key)


async def test_keys_tokens_uploads_and_cursors_of_one_gate_hold_at_the_other(world: World) -> None:
    second = new_gate(world.store, world.backend)
    made = await asked(world, CreateKey(name="k", pcid=world.me.pcid))
    caller = await second.authenticate(made["api_key"])
    token = await world.gate.issue_token(made["key"]["id"], made["api_key"])
    assert await second.authenticate(token.access_token) == caller
    kept = await world.gate.keep_upload(caller, "cat.png", None, chunked(PNG))
    sent = SendMessageInChat(chat_id="c", attachments=(UploadRef(upload_id=kept.upload_id),))
    await second.answer(caller, sent, pcid=None, surface="mcp")
    cursor = await cursor_of(world, ListAllChats(unread=True))
    await second.answer(caller, ListAllChats(cursor=cursor), pcid=world.me.pcid, surface="mcp")
    assert world.backend.planned[-1].operation.unread is True  # type: ignore[attr-defined]


async def test_a_call_repeated_at_the_other_gate_is_the_same_call(world: World) -> None:
    """R6, R7: sessions hold nothing, so a retry may come to any process."""
    second = new_gate(world.store, world.backend)
    first = await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp", idempotency_key="k")
    again = await second.answer(world.me.caller, HELLO, pcid=None, surface="mcp", idempotency_key="k")
    assert (again.body, again.replayed) == (first.body, True)
    changed = SendMessageInChat(chat_id="c", text="other")
    with pytest.raises(IdempotencyMismatch):
        await second.answer(world.me.caller, changed, pcid=None, surface="rest", idempotency_key="k")
    cut = await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp")
    assert (await second.answer(world.me.caller, HELLO, pcid=None, surface="mcp")).call == cut.call
    await second.answered(cut.call or 0)
    assert not (await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp")).replayed


async def test_the_audit_of_both_is_one(world: World) -> None:
    second = new_gate(world.store, world.backend)
    await second.start()
    await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp")
    await second.answer(world.me.caller, ListAllChats(), pcid=None, surface="rest")
    await second.close()
    reply = await world.gate.answer(world.admin, ListAudit(operation="list_all_chats"), pcid=None, surface="rest")
    assert {row["surface"] for row in decoded(reply)["items"]} == {"mcp", "rest"}
