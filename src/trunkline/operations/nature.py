"""What a call can carry out of the house: what the judge looks at, per operation and per action. Source: security.md 4.1."""

from dataclasses import dataclass
from typing import Any

from trunkline.operations.actions import ACTIONS
from trunkline.operations.chats import PatchChat, StartNewChat
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Kind
from trunkline.operations.messages import AddReaction

REACTION_BITS = 11
"""What the choice of an emoji can carry."""


@dataclass(frozen=True)
class Nature:
    """The part of an Act (backend.py) that the operation alone tells."""

    kind: Kind
    access: bool = False
    """Opens a door to others, or spends money."""
    bits: int = 0
    """What a SIGNAL can carry."""


def nature_of(operation: Operation[Any]) -> Nature:
    """The nature of this very call."""
    if isinstance(operation, PatchChat) and operation.action is not None:
        rule = ACTIONS[operation.action]
        return Nature(rule.kind, rule.access, rule.bits)
    kind = route_of(type(operation)).kind
    if isinstance(operation, AddReaction):
        return Nature(kind, bits=REACTION_BITS)
    if isinstance(operation, StartNewChat):
        return Nature(kind, access=operation.linkedin is not None and bool(operation.linkedin.inmail))
    return Nature(kind)


def kind_of(operation: Operation[Any]) -> Kind:
    """The kind of this very call."""
    return nature_of(operation).kind
