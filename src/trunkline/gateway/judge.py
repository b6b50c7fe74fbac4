"""The verdict on one call: a pure function of what the call would do and what the store says at this moment.

No clock, network or database: all it needs is handed in, so every row of its table is a test (security.md 4.3, 4.4). Today it
knows effects, modes, chats and the kill switch. The guard will add what was read and who is new to `View`, and the word `ask`.
"""

from dataclasses import dataclass
from typing import Literal

from trunkline.model.connection import Mode
from trunkline.operations.backend import Act
from trunkline.operations.effects import Kind

Word = Literal["allow", "refuse", "not_found"]
Reason = Literal["outside the connection", "insufficient_scope", "stopped", "read_only", "guarded"]


@dataclass(frozen=True)
class View:
    """What the store says of a connection."""

    mode: Mode
    effects: frozenset[str]
    chats: frozenset[str] | None = None
    """Ids of the chats it is limited to; None: all."""
    stopped: bool = False


@dataclass(frozen=True)
class Verdict:
    """The word, and why."""

    word: Word
    reasons: tuple[Reason, ...] = ()


ALLOW = Verdict("allow")


def decide(act: Act, view: View) -> Verdict:
    """Judge one act whose ids were resolved inside the connection's scope."""
    if view.chats is not None:
        if (act.carries | ({act.target} if act.target else frozenset())) - view.chats:
            return Verdict("not_found")
        if act.target is None and act.kind is not Kind.READ:
            return Verdict("refuse", ("outside the connection",))
    if act.effect not in view.effects:
        return Verdict("refuse", ("insufficient_scope",))
    if act.kind is Kind.READ:
        return ALLOW  # lists are cut down to view.chats already
    if view.stopped:
        return Verdict("refuse", ("stopped",))
    if view.mode == "open":
        return ALLOW
    return Verdict("refuse", (view.mode,))
