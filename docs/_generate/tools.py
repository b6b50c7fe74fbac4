"""The table of the 21 tools in docs/operations.md: tool, route, command, and which networks can do it."""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module

from trunkline.contract.capabilities import Capabilities
from trunkline.model.networks import TITLES
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.operations.actions import ACTIONS
from trunkline.operations.catalog import MESSAGING, OperationType
from trunkline.operations.declaration import name_of, route_of
from trunkline.operations.schema import tool_name
from trunkline.surfaces.cli import commands

from .networks import value_at
from .text import anchor, table

INTRODUCTION = """\
Each tool with its route, the command that uses it, and the networks that can do it. What is only read comes from the
store and works on all seven. `trunkline_list_accounts` tells what one account can do; how far each network goes, and
what the roads to real networks can do: [networks](networks.md).
"""

NEEDS: Mapping[str, str] = {
    "add_reaction": "react",
    "delete_chat": "delete_chat",
    "delete_message": "delete",
    "forward_message": "forward",
    "get_attendee_profile_picture": "pictures",
    "get_message_attachment": "files",
    "patch_message": "edit",
    "send_message_in_chat": "send.text",
    "start_new_chat": "start",
    "sync_chat_history": "history",
}
"""The ability of a network's sheet that an operation stands on. Those that are missing here need none."""

ACTION_NEEDS: Mapping[str, str] = {
    "setReadStatus": "read",
    "setMuteStatus": "mute",
    "setArchiveStatus": "archive",
    "setPinnedStatus": "pin",
    "addParticipant": "add_participant",
    "removeParticipant": "remove_participant",
    "setLabel": "label",
    "getInviteLink": "invite_link",
}
"""The same for the actions of patch_chat."""


def section() -> str:
    """The whole section."""
    assert set(ACTION_NEEDS) == set(ACTIONS)
    assert set(NEEDS) <= {name_of(operation) for operation in MESSAGING}
    head = ("tool", "route", "command", *(TITLES[account_type] for account_type in SHEETS))
    return f"\n## The 21 tools\n\n{INTRODUCTION}\n{table(head, rows())}"


def rows() -> Iterator[tuple[str, ...]]:
    """A row for each tool, and one for each action of patch_chat."""
    for operation in MESSAGING:
        route, name = route_of(operation), name_of(operation)
        start = (f"[`{tool_name(operation)}`](#{anchor(name)})", f"`{route.method} {route.path}`", command_of(operation))
        if name != "patch_chat":
            yield *start, *(supports(sheet, NEEDS.get(name)) for sheet in SHEETS.values())
            continue
        yield *start, *("" for _ in SHEETS)
        for action, need in ACTION_NEEDS.items():
            yield "", f"… `{action}`", "", *(supports(sheet, need) for sheet in SHEETS.values())


def supports(sheet: Capabilities, ability: str | None) -> str:
    """yes, or nothing."""
    return "yes" if ability is None or value_at(sheet, ability) is not None else ""


def command_of(operation: OperationType) -> str:
    """The commands whose module asks for the operation."""
    found = [
        f"`trunkline {module.name}`"
        for module in pkgutil.iter_modules(commands.__path__)
        if vars(import_module(f"{commands.__name__}.{module.name}")).get(operation.__name__) is operation
    ]
    return ", ".join(found)
