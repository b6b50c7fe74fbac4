"""A verdict in words: what was refused, why, and what to do. Each text is a function of the caller's own arguments."""

from collections.abc import Callable, Mapping
from typing import Any

from trunkline.gateway import next_steps
from trunkline.gateway.judge import Reason, Verdict
from trunkline.model.errors import NotAllowed, NotFound, TrunklineError
from trunkline.operations.backend import Act
from trunkline.operations.chats import GetChat
from trunkline.operations.declaration import Operation
from trunkline.operations.missing import no_such_chat, not_found
from trunkline.store.connections import ConnectionRow


def refusal(verdict: Verdict, act: Act, connection: ConnectionRow, operation: Operation[Any]) -> TrunklineError:
    """The error that tells a verdict other than `allow`."""
    pcid = connection.pcid
    if verdict.word == "not_found":
        return _missing(act, connection.chats or frozenset(), operation)
    return NotAllowed(_WORDS[verdict.reasons[0]](act, pcid))


def _missing(act: Act, chats: frozenset[str], operation: Operation[Any]) -> TrunklineError:
    """In the very words that an id gets which does not exist: for the message forwarded, or for what names the target."""
    if isinstance(operation, GetChat):
        return no_such_chat(operation)
    names = ("message_id",) if act.carries - chats else ("chat_id", "message_id", "id")
    for name in names:
        if (value := getattr(operation, name, None)) is not None:
            return not_found(name, value)
    return NotFound()


def _outside(act: Act, pcid: str) -> str:
    return "This connection is limited to certain chats and can start no others. Nothing was done; send in a chat it reaches."


def _insufficient(act: Act, pcid: str) -> str:
    return (
        f"This connection does not have the effect {act.effect}. Nothing was done; a person can grant it with "
        f"`{next_steps.allow_effect(pcid, act.effect)}`."
    )


def _stopped(act: Act, pcid: str) -> str:
    return f"This connection was stopped. Nothing was done; a person lets it go on with `{next_steps.start_connection(pcid)}`."


def _read_only(act: Act, pcid: str) -> str:
    return "This connection is read-only, so it writes nothing, read receipts included. Nothing was done."


def _guarded(act: Act, pcid: str) -> str:
    return (
        "This connection is guarded: nothing is written until a person has allowed it. Nothing was done; they can do so with "
        f"`{next_steps.allow_unwatched(pcid, act.effect)}`, which lets every write that it may do through unwatched."
    )


_WORDS: Mapping[Reason, Callable[[Act, str], str]] = {
    "outside the connection": _outside,
    "insufficient_scope": _insufficient,
    "stopped": _stopped,
    "read_only": _read_only,
    "guarded": _guarded,
}
