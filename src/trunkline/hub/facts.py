"""What follows from a command that the network said yes to, where its session names no events of its own."""

from collections.abc import Sequence

from trunkline.contract.commands import (
    Command,
    DeleteChat,
    DeleteMessage,
    Done,
    EditMessage,
    React,
    SetChat,
)
from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatRemoved,
    Event,
    MessageChanged,
    MessageRemoved,
    PersonInfo,
    ReactionChanged,
)


def facts_of(command: Command, done: Done, identity: str, at_ms: int, *, several: bool) -> Sequence[Event]:
    """The events to ingest: the session's own, else what the command itself says.

    identity: our provider id. at_ms: now, by the network's clock, which dates all other events. several: a person may put more
    than one reaction on a message of this network.
    """
    if done.events:
        return done.events
    match command:
        case EditMessage():
            return [MessageChanged(chat=command.chat, provider_id=command.message, at_ms=at_ms, text=command.text)]
        case DeleteMessage():
            return [MessageRemoved(chat=command.chat, provider_id=command.message, at_ms=at_ms)]
        case DeleteChat():
            return [ChatRemoved(chat=command.chat)]
        case SetChat():
            return [ChatChanged(info=_switched(command))]
        case React():
            own = PersonInfo(provider_id=identity, is_self=True)
            return [
                ReactionChanged(
                    chat=command.chat,
                    provider_id=command.message,
                    at_ms=at_ms,
                    sender=own,
                    value=command.value,
                    removed=not command.value,
                    several=several,
                )
            ]
        case _:
            return []


def _switched(command: SetChat) -> ChatInfo:
    match command.switch:
        case "read":
            return ChatInfo(provider_id=command.chat, unread_count=0 if command.on else 1)
        case "mute":
            return ChatInfo(provider_id=command.chat, muted_until_ms=-1 if command.on else None)
        case "archive":
            return ChatInfo(provider_id=command.chat, archived=command.on)
        case "pin":
            return ChatInfo(provider_id=command.chat, pinned=command.on)
