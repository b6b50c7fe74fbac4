"""The matrix of security.md S1: every id-bearing parameter of the 21, each with every kind of id that must name nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trunkline.operations.attendees import (
    GetAttendeeById,
    GetAttendeeProfilePicture,
    ListAllAttendees,
    ListChatsByAttendee,
    ListMessagesByAttendee,
)
from trunkline.operations.catalog import MESSAGING, OperationType
from trunkline.operations.chats import (
    DeleteChat,
    GetChat,
    ListAllChats,
    ListAttendees,
    ListChatMessages,
    PatchChat,
    SendMessageInChat,
    StartNewChat,
    SyncChatHistory,
)
from trunkline.operations.declaration import name_of
from trunkline.operations.messages import (
    AddReaction,
    DeleteMessage,
    ForwardMessage,
    GetMessage,
    GetMessageAttachment,
    ListAllMessages,
    PatchMessage,
)
from trunkline.operations.parameter import parameters_of

from .house import House, Things

NAMES_A = {
    "account_id": "account",
    "attachment_id": "attachment",
    "attendee_id": "attendee",
    "attendees_ids": "attendee",
    "chat_id": "chat",
    "cursor": "cursor",
    "id": "attendee",
    "message_id": "message",
    "quote_id": "message",
    "sender_id": "attendee",
    "thread_id": "thread",
}
"""What each id-bearing parameter names. PCID is not declared: it is on all 21."""

NO_IDS = {
    *("account_type", "action", "after", "attachments", "before", "limit", "linkedin", "reaction", "subject", "text"),
    *("typing_duration", "unread", "value", "video_message", "voice_message"),
}

NEEDED: dict[OperationType, dict[str, Any]] = {
    AddReaction: {"message_id": "message", "reaction": ...},
    DeleteChat: {"chat_id": "chat"},
    DeleteMessage: {"message_id": "message"},
    ForwardMessage: {"message_id": "message", "chat_id": "other chat"},
    GetAttendeeById: {"id": "attendee"},
    GetAttendeeProfilePicture: {"id": "attendee"},
    GetChat: {"chat_id": "chat"},
    GetMessage: {"message_id": "message"},
    GetMessageAttachment: {"message_id": "message", "attachment_id": "attachment"},
    ListAllAttendees: {},
    ListAllChats: {},
    ListAllMessages: {},
    ListAttendees: {"chat_id": "chat"},
    ListChatMessages: {"chat_id": "chat"},
    ListChatsByAttendee: {"attendee_id": "attendees"},
    ListMessagesByAttendee: {"sender_id": "attendee"},
    PatchChat: {"chat_id": "chat", "action": ..., "value": ...},
    PatchMessage: {"message_id": "message", "text": ...},
    SendMessageInChat: {"chat_id": "chat", "text": ...},
    StartNewChat: {"account_id": "account", "attendees_ids": "attendee", "text": ...},
    SyncChatHistory: {"chat_id": "chat"},
}
"""What each operation needs: the kind of thing an id names, or a value of FREE."""

FREE = {"reaction": "👍", "action": "setPinnedStatus", "value": True, "text": "hello"}

CASES = ("foreign", "gone", "mixed", "foreign on a foreign PCID", "outside")
"""outside: beyond the chats that a connection is limited to. Its accounts are not hidden."""
PCID_CASES = ("foreign", "revoked", "mixed", "odd")


@dataclass(frozen=True)
class Cell:
    """One attempt. `parameter` "PCID" stands for the connection."""

    operation: OperationType
    parameter: str
    case: str

    def __str__(self) -> str:
        return f"{name_of(self.operation)}-{self.parameter}-{self.case}".replace(" ", "_")


@dataclass(frozen=True)
class Attempt:
    """What is asked for, and under which PCID."""

    arguments: dict[str, Any]
    pcid: str


def ids_of(operation: OperationType) -> list[str]:
    """The id-bearing parameters, without PCID. A parameter that nobody has judged is an error."""
    names = parameters_of(operation).keys()
    assert names <= NAMES_A.keys() | NO_IDS, f"say in cells.py whether these are ids: {names - NAMES_A.keys() - NO_IDS}"
    return [name for name in names if name in NAMES_A]


def all_cells() -> Iterator[Cell]:
    """Every cell."""
    for operation in MESSAGING:
        for parameter in ids_of(operation):
            for case in CASES[:-1] if parameter == "account_id" else CASES:
                yield Cell(operation, parameter, case)
        for case in PCID_CASES:
            yield Cell(operation, "PCID", case)


def own_arguments(operation: OperationType, things: Things, parameter: str | None = None) -> dict[str, Any]:
    """Arguments that are all right; with an optional parameter when it is the one to be tried."""
    arguments: dict[str, Any] = {}
    for name, kind in NEEDED[operation].items():
        if parameter == "thread_id" and kind == "chat":
            arguments[name] = things["slack chat"]
        else:
            arguments[name] = FREE[name] if kind is ... else [things[kind]] if name == "attendees_ids" else things[kind]
    if parameter not in (None, "PCID", "cursor") and parameter not in arguments:
        arguments[parameter] = things[NAMES_A[parameter]]
    return arguments


async def attempt(house: House, cell: Cell, *, guessing: bool) -> Attempt:
    """The attempt of a cell, or the same with an id that was only guessed: what both must look like."""
    if cell.parameter == "PCID":
        return _with_pcid(house, cell, guessing=guessing)
    if cell.parameter == "cursor":
        return await _with_cursor(house, cell, guessing=guessing)
    arguments, pcid = own_arguments(cell.operation, house.mine, cell.parameter), house.ada.pcid
    kind = NAMES_A[cell.parameter]
    things = {"gone": house.gone, "outside": house.outside}.get(cell.case, house.foreign)
    bad = house.guess() if guessing else things[kind]
    if cell.case == "mixed":
        bad = _mixed(house, cell, arguments, bad, guessing=guessing)
    if cell.case == "foreign on a foreign PCID":
        pcid = house.guess() if guessing else house.grace.pcid
    if cell.case == "outside":
        pcid = house.limited_pcid
    return Attempt(arguments | {cell.parameter: [bad] if cell.parameter == "attendees_ids" else bad}, pcid)


def _mixed(house: House, cell: Cell, arguments: dict[str, Any], bad: str, *, guessing: bool) -> str:
    """One's own id and a bad one in a list, where the parameter takes one; else all ids of the call are bad."""
    if parameters_of(cell.operation)[cell.parameter].up_to.characters > 512:
        return f"{arguments[cell.parameter]},{bad}"
    for name in set(arguments) & set(NAMES_A) - {cell.parameter, "attendees_ids"}:
        arguments[name] = house.guess() if guessing else house.foreign[NAMES_A[name]]
    return bad


def _with_pcid(house: House, cell: Cell, *, guessing: bool) -> Attempt:
    things = house.foreign if cell.case == "mixed" and not guessing else house.mine
    arguments = own_arguments(cell.operation, things)
    bad = {"revoked": house.revoked_pcid, "odd": "\ud800' OR 1=1 --\x00"}.get(cell.case, house.grace.pcid)
    return Attempt(arguments, house.guess() if guessing else bad)


async def _with_cursor(house: House, cell: Cell, *, guessing: bool) -> Attempt:
    """Somebody else's cursor, one of another or a revoked connection, one of another list."""
    own = own_arguments(cell.operation, house.mine)
    tenant, things, pcid, operation = house.ada, house.mine, house.second_pcid, cell.operation
    match cell.case:
        case "foreign" | "foreign on a foreign PCID":
            tenant, things, pcid = house.grace, house.foreign, house.grace.pcid
        case "mixed":
            operation = ListAllMessages if cell.operation is not ListAllMessages else ListAllAttendees
            pcid = house.ada.pcid
        case "gone":
            pass
        case _:
            pcid = house.ada.pcid
    page = await house.ask(tenant, operation, own_arguments(operation, things) | {"limit": 1}, pcid)
    cursor = page["cursor"] or ""
    used_on = {"outside": house.limited_pcid, "foreign on a foreign PCID": house.grace.pcid}.get(cell.case, house.ada.pcid)
    if guessing:
        cursor = cursor[:-12] + "QUJDREVGR0h9"
    return Attempt(own | {"cursor": cursor}, used_on)
