"""S1 through a whole server: ids in every place where a caller can write one, over MCP and over REST.

What is somebody else's, gone, revoked or guessed is answered as what never existed: the same status, headers and body, to the
byte, but for the id itself. The gate's own matrix (tests/gateway/test_tenants.py) has the statements that run.
"""

import itertools
from collections.abc import AsyncIterator

import pytest
from tests.gateway.cells import ids_of, own_arguments
from tests.gateway.house import Things

from trunkline.operations.catalog import MESSAGING
from trunkline.operations.chats import DeleteChat
from trunkline.operations.messages import DeleteMessage
from trunkline.operations.parameter import parameters_of
from trunkline.operations.schema import tool_name

from .attempts import Attempt, Cell, cells_of
from .matrix import Surface, differences, tried
from .town import Town, everything, open_town
from .wire import JSON, Line

pytestmark = pytest.mark.slow

SURFACES: tuple[Surface, ...] = ("mcp", "rest")
DESTROY = (DeleteMessage, DeleteChat)
LEAST_CELLS = 660
"""Over both surfaces. security.md S1 asks for 600."""


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One for all tests."""
    async with open_town(tmp_path_factory.mktemp("town") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
async def cells(town: Town) -> list[Cell]:
    """Every cell, read off what the server shows of its tools."""
    async with Line(town.server.port, town.ada.api_key) as line:
        answer = await line.ask("POST", "/unipile-messaging", b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}', JSON)
    return list(cells_of(answer.json["result"]["tools"], town.foreign_names, town.deleted))


def asks_the_network(cell: Cell) -> bool:
    """Whether the id is the network's own, so that the network itself is asked about it, which is on the books."""
    return cell.parameter == "attendees_ids" and cell.case != "foreign on a foreign PCID"


async def test_the_matrix_covers_every_id_of_the_21(cells: list[Cell]) -> None:
    """60 id-bearing parameters among the 93 (security.md 1.2), each with five cases and more."""
    named = {(cell.tool, cell.parameter) for cell in cells}
    assert len(named) == 60
    assert {parameter for _, parameter in named} == {"PCID"} | {name for each in MESSAGING for name in ids_of(each)}
    assert sum(len(parameters_of(each)) + 1 for each in MESSAGING) == 93
    assert min(sum((cell.tool, cell.parameter) == one for cell in cells) for one in named) >= 5
    assert len(set(cells)) == len(cells)
    print(f"S1: {len(cells)} cells over MCP and over REST")
    assert 2 * len(cells) >= LEAST_CELLS


@pytest.mark.parametrize("surface", SURFACES)
async def test_what_is_not_ones_own_is_answered_as_what_never_existed(town: Town, cells: list[Cell], surface: Surface) -> None:
    """And nothing is changed by asking: not in the store, not at the network, not in its record."""
    quiet = [cell for cell in cells if not asks_the_network(cell)]
    before = await everything(town.server)
    assert await differences(town, surface, quiet) == []
    assert await everything(town.server) == before
    loud = [cell for cell in cells if asks_the_network(cell)]
    assert await differences(town, surface, loud) == []
    after = await everything(town.server)
    assert {row["outcome"] for row in after["record"][len(before["record"]) :]} == {"refused"}
    may_differ = {"record", "call", "outbox"}
    assert {kind: after[kind] for kind in after.keys() - may_differ} == {
        kind: before[kind] for kind in before.keys() - may_differ
    }


async def test_ones_own_is_found(town: Town, cells: list[Cell]) -> None:
    """Else the matrix would hold for a server that finds nothing at all."""
    once = {(cell.tool, cell.parameter): cell for cell in cells}.values()
    kept = [cell for cell in once if cell.operation not in DESTROY]
    async with Line(town.server.port, town.ada.api_key) as line:
        for surface, cell in itertools.product(SURFACES, kept):
            await _is_found(line, surface, cell, town.mine, town)
        for operation in DESTROY:
            await _is_found(line, "mcp", Cell(tool_name(operation), "PCID", ""), town.spare, town)


async def _is_found(line: Line, surface: Surface, cell: Cell, things: Things, town: Town) -> None:
    arguments = own_arguments(cell.operation, things, cell.parameter)
    if "attendees_ids" in arguments:  # the one place that wants the network's own ids
        arguments["attendees_ids"] = [town.my_names["attendee"]]
    answer = await tried(line, surface, Attempt(cell, arguments, town.ada.pcid, ()))
    assert b"There is no" not in answer.body.replace(b"There is no picture of", b""), (cell, answer)
