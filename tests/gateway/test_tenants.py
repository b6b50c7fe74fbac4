"""S1 at the gate, over the real hub, store and sandbox: what is somebody else's answers like what was only guessed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from trunkline.gateway.caller import Surface
from trunkline.model.errors import TrunklineError
from trunkline.operations.attendees import GetAttendeeProfilePicture
from trunkline.operations.catalog import MESSAGING, OperationType
from trunkline.operations.chats import DeleteChat
from trunkline.operations.check import read_arguments
from trunkline.operations.messages import DeleteMessage

from .cells import Attempt, Cell, all_cells, attempt, ids_of, own_arguments
from .house import House, Things, open_house

CELLS = list(all_cells())

REFUSALS = ("answer", "NotPossible", "NoRights", "Unsupported", "InvalidRecipient")
"""What an operation may say of what it has found."""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One for all cells: none of them may change anything."""
    async with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


class Seen(NamedTuple):
    """What a caller can see of an attempt, and what ran for it."""

    outcome: tuple[object, ...]
    statements: list[str]


async def look(house: House, operation: OperationType, tried: Attempt, surface: Surface) -> Seen:
    """Ada tries it. Her own words are taken out of the answer."""
    with house.database.recorded() as statements:
        try:
            reply = await house.gate.answer(
                house.ada.caller, read_arguments(operation, tried.arguments), pcid=tried.pcid, surface=surface
            )
            outcome: tuple[object, ...] = ("answer", reply.body if isinstance(reply.body, bytes) else type(reply.body))
        except TrunklineError as error:
            outcome = (type(error).__name__, error.status, error.type, _without(error.text, tried))
    return Seen(outcome, statements)


def _without(text: str, tried: Attempt) -> str:
    given = {**tried.arguments, "PCID": tried.pcid}
    for name, value in given.items():
        for word in value if isinstance(value, list) else [str(value), *str(value).split(",")]:
            text = text.replace(repr(word), f"<{name}>").replace(word or "\0", f"<{name}>")
    return text


def test_the_matrix_covers_every_id_of_the_21() -> None:
    """60 id-bearing parameters among the 93 (security.md 1.2)."""
    assert len(MESSAGING) + sum(len(ids_of(operation)) for operation in MESSAGING) == 60
    assert len(CELLS) == 39 * 5 - 9 + 21 * 4
    assert len({str(cell) for cell in CELLS}) == len(CELLS)


@pytest.mark.parametrize("surface", ["mcp", "rest"])
@pytest.mark.parametrize("cell", CELLS, ids=str)
async def test_what_is_not_ones_own_is_what_was_only_guessed(house: House, cell: Cell, surface: Surface) -> None:
    """Same error, same status, same words, same statements."""
    tried = await look(house, cell.operation, await attempt(house, cell, guessing=False), surface)
    guessed = await look(house, cell.operation, await attempt(house, cell, guessing=True), surface)
    assert tried.outcome == guessed.outcome
    if cell.case != "outside":  # one's own, only not by this connection: told apart by nobody but its owner
        assert tried.statements == guessed.statements


@pytest.mark.parametrize("operation", MESSAGING)
async def test_ones_own_is_found(house: House, operation: OperationType) -> None:
    """Else the matrix would hold for a server that finds nothing at all."""
    instead: dict[OperationType, Things] = {DeleteChat: house.spare, DeleteMessage: house.outside}
    things = instead.get(operation, house.mine)
    needed = own_arguments(operation, things)
    optional = [own_arguments(operation, things, name) for name in ids_of(operation)]
    for arguments in (needed, *(each for each in optional if each != needed)):
        kind, *rest = (await look(house, operation, Attempt(arguments, house.ada.pcid), "rest")).outcome
        # What is there and has no picture is told in other words than what is not there.
        has_no_picture = operation is GetAttendeeProfilePicture and "There is no picture of" in str(rest)
        assert kind in REFUSALS or has_no_picture, rest


async def test_nothing_was_changed_by_asking(tmp_path: Path) -> None:
    """The whole matrix against a fresh house, by everybody's record: the networks', the outbox's and the store's."""
    async with open_house(tmp_path) as house:
        before = await everything(house)
        for cell in CELLS:
            if cell.parameter != "attendees_ids":  # a network's own id, which the network itself is asked about
                for guessing in (False, True):
                    await look(house, cell.operation, await attempt(house, cell, guessing=guessing), "mcp")
        assert await everything(house) == before


TABLES = ("call", "outbox", "message", "chat", "member", "attendee", "reaction", "sync", "account", "upload", "api_key")


async def everything(house: House) -> dict[str, object]:
    """What could have been changed."""
    store = house.hub.parts.store
    found: dict[str, object] = {
        table: [tuple(row) for row in await store.db.fetch(f"SELECT * FROM {table}")]
        for table in TABLES  # names of our own
    }
    return found | {"record": await house.connector.controls("record", {})}
