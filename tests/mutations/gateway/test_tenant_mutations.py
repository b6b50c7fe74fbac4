"""The tenant matrix sees it when the hub looks up an id without its accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.gateway import test_tenants
from tests.gateway.cells import Cell
from tests.gateway.house import House

from trunkline.operations.attendees import GetAttendeeById
from trunkline.operations.chats import DeleteChat, SendMessageInChat
from trunkline.operations.messages import AddReaction, GetMessage
from trunkline.store import attendees, chats, messages

house = test_tenants.house


def in_all_accounts(find: Callable[..., Any]) -> Callable[..., Any]:
    """A lookup that is not told which accounts it may look in."""

    async def found(reader: Any, _accounts: Any, wanted: str) -> Any:
        return await find(reader, [row[0] for row in await reader.fetch("SELECT no FROM account")], wanted)

    return found


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        (chats, Cell(DeleteChat, "chat_id", "foreign")),
        (chats, Cell(SendMessageInChat, "chat_id", "foreign")),
        (messages, Cell(GetMessage, "message_id", "foreign")),
        (messages, Cell(AddReaction, "message_id", "foreign")),
        (attendees, Cell(GetAttendeeById, "id", "foreign")),
    ],
    ids=str,
)
async def test_a_lookup_beyond_the_accounts_is_noticed(
    house: House, place: Any, cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "find", in_all_accounts(place.find))
    with pytest.raises((AssertionError, KeyError)):
        await test_tenants.test_what_is_not_ones_own_is_what_was_only_guessed(house, cell, "mcp")
