"""Another principal's PCID answers exactly as one that does not exist (security.md 1.2). The whole matrix: test_tenants.py."""

from typing import Any

import pytest

from trunkline.gateway import credentials
from trunkline.model.errors import NotFound
from trunkline.operations.administration import RevokeConnection
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.declaration import Operation

from .conftest import World
from .tenants import new_connection
from .wire import asked


@pytest.mark.parametrize("operation", [ListAllChats(), SendMessageInChat(chat_id="c", text="t")])
async def test_a_foreign_a_revoked_and_a_guessed_pcid_are_one_and_the_same(world: World, operation: Operation[Any]) -> None:
    revoked = await new_connection(world.store, world.me)
    await asked(world, RevokeConnection(pcid=revoked))
    seen = []
    for pcid in (world.other.pcid, revoked, credentials.new_pcid(world.store.entropy)):
        with world.database.recorded() as statements, pytest.raises(NotFound) as missing:
            await world.gate.answer(world.me.caller, operation, pcid=pcid, surface="mcp")
        seen.append((missing.value.text.replace(pcid, "PCID"), statements))
    assert seen[0] == seen[1] == seen[2]
    assert world.backend.planned == []


@pytest.mark.parametrize("pcid", ["", "\x00", "\ud800", "x" * 100_000, "pc_' OR 1=1 --", "é"])
async def test_an_odd_pcid_is_not_found(world: World, pcid: str) -> None:
    with pytest.raises(NotFound):
        await world.gate.answer(world.me.caller, ListAllChats(), pcid=pcid, surface="mcp")
