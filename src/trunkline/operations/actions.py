"""The eight actions of patch_chat: which value each takes, and how it can carry something out (security.md 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trunkline.model.errors import InvalidArgument, InvalidLabel, MissingArgument
from trunkline.operations.effects import Kind

ChatAction = Literal[
    "setReadStatus",
    "setMuteStatus",
    "setArchiveStatus",
    "setPinnedStatus",
    "addParticipant",
    "removeParticipant",
    "setLabel",
    "getInviteLink",
]

MAX_LABEL = 100
"""Characters. A guess: no network says how long a label may be."""


@dataclass(frozen=True)
class ActionRule:
    """What one action takes and what it can do."""

    takes: Literal["switch", "participant", "label", "nothing"]
    kind: Kind
    access: bool = False
    """Opens the chat to others."""
    bits: int = 0
    """What it can carry, where it is a SIGNAL."""


ACTIONS: Mapping[str, ActionRule] = {
    "setReadStatus": ActionRule("switch", Kind.SIGNAL, bits=1),
    "setMuteStatus": ActionRule("switch", Kind.LOCAL),
    "setArchiveStatus": ActionRule("switch", Kind.LOCAL),
    "setPinnedStatus": ActionRule("switch", Kind.LOCAL),
    "addParticipant": ActionRule("participant", Kind.SINK, access=True),
    "removeParticipant": ActionRule("participant", Kind.DESTROY),
    "setLabel": ActionRule("label", Kind.SINK),
    "getInviteLink": ActionRule("nothing", Kind.SINK, access=True),
}

_NEEDS = {
    "switch": "true or false",
    "participant": "the provider id of the person, as text",
    "label": "the name of the label, as text",
}
_SPELT = {"true": True, "false": False}


def value_for(action: ChatAction, value: bool | str | None) -> bool | str | None:
    """The value as the action takes it: the texts `true` and `false` become switches, a value nobody asked for is dropped.

    Raises MissingArgument, InvalidArgument or InvalidLabel.
    """
    takes = ACTIONS[action].takes
    if takes == "nothing":
        return None
    if value is None:
        raise MissingArgument(f"value is missing; {action} needs {_NEEDS[takes]}.")
    if takes == "switch":
        return _switch(action, value)
    if isinstance(value, bool):
        raise InvalidArgument(f"value is {str(value).lower()}; {action} needs {_NEEDS[takes]}.")
    return _label(value) if takes == "label" else _participant(action, value)


def _switch(action: str, value: bool | str) -> bool:
    switch = _SPELT.get(value) if isinstance(value, str) else value
    if switch is None:
        raise InvalidArgument(f"value is a text; {action} needs true or false.")
    return switch


def _label(value: str) -> str:
    if not value.strip():
        raise InvalidLabel("value is empty; setLabel needs the name of the label, as text.")
    if len(value) > MAX_LABEL:
        raise InvalidLabel(f"value has {len(value)} characters; a label may have at most {MAX_LABEL}.")
    return value


def _participant(action: str, value: str) -> str:
    if not value.strip():
        raise InvalidArgument(f"value is empty; {action} needs {_NEEDS['participant']}.")
    if len(value) > 512:
        raise InvalidArgument(f"value has {len(value)} characters; a provider id has at most 512.")
    return value
