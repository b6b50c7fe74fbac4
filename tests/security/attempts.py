"""Ids that must name nothing, in every place where a caller of the 21 tools can write one (security.md S1).

Each attempt has a twin: the same call with ids in their place that never existed, of the same length and the same kinds of
characters. Nothing but those ids may tell the two answers apart.
"""

import random
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.gateway.cells import NAMES_A, NO_IDS, own_arguments
from tests.gateway.house import Things, ask

from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.catalog import BY_NAME, OperationType
from trunkline.operations.check import read_arguments
from trunkline.operations.messages import ListAllMessages

from .town import Town

PREFIX = "unipile_messaging_"

CASES = ("foreign", "foreign on a foreign PCID", "gone", "guessed", "mixed")
NAMED = ("foreign provider id",)
DELETED = ("deleted",)
PCID_CASES = ("foreign", "foreign with foreign ids", "revoked", "guessed", "mixed")


@dataclass(frozen=True)
class Cell:
    """A tool, one of its parameters, and what is written there."""

    tool: str
    parameter: str
    case: str

    @property
    def operation(self) -> OperationType:
        """The operation behind the tool."""
        return BY_NAME[self.tool.removeprefix(PREFIX)]

    @property
    def kind(self) -> str:
        """What the parameter names."""
        return NAMES_A[self.parameter]


@dataclass(frozen=True)
class Attempt:
    """A call. odd: the ids in it that must name nothing, in order."""

    cell: Cell
    arguments: Mapping[str, Any]
    pcid: str
    odd: tuple[str, ...]


def cells_of(tools: list[dict[str, Any]], names: Things, deleted: Things) -> Iterator[Cell]:
    """Every cell, read off the tools as a server shows them. A parameter that nobody has judged is an error."""
    for tool in tools:
        for parameter in tool["inputSchema"]["properties"]:
            if parameter == "PCID":
                yield from (Cell(tool["name"], parameter, case) for case in PCID_CASES)
                continue
            assert parameter in NAMES_A or parameter in NO_IDS, f"say in tests/gateway/cells.py whether {parameter} is an id"
            kind = NAMES_A.get(parameter)
            if kind is not None:
                also = (NAMED if kind in names else ()) + (DELETED if kind in deleted else ())
                yield from (Cell(tool["name"], parameter, case) for case in (*CASES, *also))


class Twins:
    """Makes ids that never existed, the same one for the same id."""

    def __init__(self, seed: int):
        self._chance = random.Random(seed)
        self._made: dict[str, str] = {}

    def of(self, text: str) -> str:
        """An id like this one."""
        if text not in self._made:
            self._made[text] = "".join(self._like(character) for character in text)
        return self._made[text]

    def _like(self, character: str) -> str:
        for kind in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
            if character in kind:
                return self._chance.choice(kind)
        return character


def near(text: str) -> str:
    """What somebody would guess who has seen this id: the next one."""
    last = text[-1]
    return text[:-1] + {"9": "0", "z": "a", "Z": "A"}.get(last, chr(ord(last) + 1) if last.isalnum() else "a")


async def attempt_of(town: Town, cell: Cell) -> Attempt:
    """The attempt of a cell."""
    if cell.parameter == "PCID":
        return _on_pcid(town, cell)
    if cell.parameter == "cursor":
        return await _on_cursor(town, cell)
    arguments, pcid = own_arguments(cell.operation, town.mine, cell.parameter), town.ada.pcid
    if cell.case == "foreign on a foreign PCID":
        arguments = own_arguments(cell.operation, town.foreign, cell.parameter)
        odd = [str(value) for name, value in arguments.items() if name in NAMES_A and name != "attendees_ids"]
        return Attempt(cell, arguments, town.grace.pcid, (town.grace.pcid, *odd))
    bad = _bad(town, cell)
    odd = [bad]
    value: object = bad
    if cell.parameter == "attendees_ids":
        value = [bad]
    elif cell.case == "mixed" and cell.parameter in ("account_id", "attendee_id") and _takes_list(cell):
        value = f"{arguments[cell.parameter]},{bad}"
    elif cell.case == "mixed":
        for name in sorted(set(arguments) & set(NAMES_A) - {cell.parameter, "attendees_ids"}):
            arguments[name] = town.foreign[NAMES_A[name]]
            odd.append(arguments[name])
    return Attempt(cell, arguments | {cell.parameter: value}, pcid, tuple(odd))


def _bad(town: Town, cell: Cell) -> str:
    match cell.case:
        case "gone":
            return town.gone[cell.kind]
        case "deleted":
            return town.deleted[cell.kind]
        case "guessed":
            return near(town.foreign[cell.kind])
        case "foreign provider id":
            return town.foreign_names[cell.kind]
        case _:
            return town.foreign[cell.kind]


def _takes_list(cell: Cell) -> bool:
    return cell.tool.removeprefix(PREFIX).startswith("list_")


def _on_pcid(town: Town, cell: Cell) -> Attempt:
    things = town.foreign if cell.case == "foreign with foreign ids" else town.mine
    arguments = own_arguments(cell.operation, things)
    pcid = {
        "revoked": town.revoked_pcid,
        "guessed": near(town.grace.pcid),
        "mixed": f"{town.ada.pcid},{town.grace.pcid}",
    }.get(cell.case, town.grace.pcid)
    odd = [pcid]
    if cell.case == "foreign with foreign ids":
        odd += [str(value) for name, value in arguments.items() if name in NAMES_A and name != "attendees_ids"]
    return Attempt(cell, arguments, pcid, tuple(odd))


async def _on_cursor(town: Town, cell: Cell) -> Attempt:
    """Somebody else's cursor, one of another or a revoked connection, one of another list, one that was altered."""
    tenant, things, pcid, operation = town.ada, town.mine, town.ada.pcid, cell.operation
    if cell.case.startswith("foreign"):
        tenant, things, pcid = town.grace, town.foreign, town.grace.pcid
    elif cell.case == "gone":
        pcid = town.second_pcid
    elif cell.case == "mixed":
        operation = ListAllMessages if cell.operation is not ListAllMessages else ListAllAttendees
    given = own_arguments(operation, things) | {"limit": 1}
    page = await ask(town.server.parts.gate, tenant, read_arguments(operation, given), pcid)
    cursor = page["cursor"]
    assert cursor is not None, f"{cell} has no second page"
    cursor = near(cursor[:-8]) + cursor[-8:] if cell.case == "guessed" else cursor
    arguments = own_arguments(cell.operation, town.mine) | {"cursor": cursor}
    if cell.case == "foreign on a foreign PCID":
        return Attempt(cell, arguments, town.grace.pcid, (town.grace.pcid, cursor))
    return Attempt(cell, arguments, town.ada.pcid, (cursor,))


def twin_of(attempt: Attempt, twins: Twins) -> Attempt:
    """The same call with ids that never existed. A cursor's never was signed."""
    exchanged = {odd: _twin(attempt.cell, odd, twins) for odd in attempt.odd}
    return Attempt(
        cell=attempt.cell,
        arguments={name: _exchanged(value, exchanged) for name, value in attempt.arguments.items()},
        pcid=exchanged.get(attempt.pcid, attempt.pcid),
        odd=tuple(exchanged[odd] for odd in attempt.odd),
    )


def _twin(cell: Cell, odd: str, twins: Twins) -> str:
    if cell.parameter == "cursor" and not odd.startswith("pc_"):
        return odd[:-12] + "QUJDREVGR0h9"
    return twins.of(odd)


def _exchanged(value: Any, exchanged: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_exchanged(each, exchanged) for each in value]
    if not isinstance(value, str):
        return value
    for odd, twin in exchanged.items():
        value = value.replace(odd, twin)
    return value
