"""Declared must equal written: which capability stands for which method of a session."""

from typing import Any

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.session import (
    ChangesMembers,
    DeletesChats,
    DeletesMessages,
    EditsMessages,
    FetchesFiles,
    FetchesPictures,
    ForwardsMessages,
    GivesInviteLinks,
    LabelsChats,
    Reacts,
    ReadsHistory,
    SendsMessages,
    SetsChats,
    StartsChats,
)

WRITTEN_BY: dict[type[Any], tuple[str, ...]] = {
    SendsMessages: ("send",),
    StartsChats: ("start",),
    EditsMessages: ("edit",),
    DeletesMessages: ("delete",),
    Reacts: ("react",),
    ForwardsMessages: ("forward",),
    DeletesChats: ("delete_chat",),
    SetsChats: ("read", "mute", "archive", "pin"),
    ChangesMembers: ("add_participant", "remove_participant"),
    LabelsChats: ("label",),
    GivesInviteLinks: ("invite_link",),
    ReadsHistory: ("history",),
    FetchesFiles: ("files",),
    FetchesPictures: ("pictures",),
}


def undeclared(session: object, sheet: Capabilities, *, widest: bool = False) -> list[str]:
    """What is declared but not written, in words; empty when all is well.

    widest: the sheet is the widest one of the session's class, so that a method no sheet declares is a finding too.
    """
    findings = []
    for ability, names in WRITTEN_BY.items():
        declared = [name for name in names if _is_declared(sheet, name)]
        written = isinstance(session, ability)
        if declared and not written:
            findings.append(f"{', '.join(declared)} is declared, but {type(session).__name__} is no {ability.__name__}")
        if widest and written and not declared:
            findings.append(f"{type(session).__name__} is a {ability.__name__}, but none of {', '.join(names)} is declared")
    return findings


def _is_declared(sheet: Capabilities, name: str) -> bool:
    value = getattr(sheet, name)
    if name == "forward":
        return value is not None and value.way == "native"
    return value is not None
