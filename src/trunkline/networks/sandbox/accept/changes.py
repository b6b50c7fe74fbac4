"""Changing what was said: editing, deleting, reacting."""

import msgspec

from trunkline.contract.commands import DeleteMessage, Done, EditMessage, React
from trunkline.contract.events import MessageChanged, ReactionChanged, ReactionInfo
from trunkline.model.errors import EmptyMessage, NotPossible, Unsupported
from trunkline.networks.sandbox.accept import rules
from trunkline.networks.sandbox.accept.arrival import Arrival, Ignored
from trunkline.networks.sandbox.accept.sends import own_user
from trunkline.networks.sandbox.world import events, messages

_IGNORES_THE_LATE = ("WHATSAPP",)
"""Takes a late edit or deletion and drops it without a word. Source: developer.unipile.com, seen 2026-11-22."""


def edit(arrival: Arrival) -> Done | Ignored:
    """Take an edit."""
    command = arrival.command
    assert isinstance(command, EditMessage)
    if arrival.sheet.edit is None:
        raise Unsupported
    message = rules.own_message(arrival, command.chat, command.message)
    if message.message_type == "INMAIL":
        raise NotPossible("An InMail cannot be edited. Nothing was changed.")
    if rules.is_too_old(arrival, message, arrival.sheet.edit.max_age):
        return _late(arrival)
    if not command.text.strip():
        raise EmptyMessage
    text = rules.content(arrival, command.text, ())
    now = arrival.change.now_ms
    edited = msgspec.structs.replace(message, text=text, edited=True, edited_at_ms=now)
    messages.replace(arrival.change, arrival.account.key, edited)
    changed = MessageChanged(chat=command.chat, provider_id=command.message, at_ms=arrival.change.now_ms, text=text)
    events.append(arrival.change, arrival.account.key, changed, is_echo=True)
    return Done(provider_id=command.message, events=(changed,))


def delete(arrival: Arrival) -> Done | Ignored:
    """Take a deletion."""
    command = arrival.command
    assert isinstance(command, DeleteMessage)
    if arrival.sheet.delete is None:
        raise Unsupported
    message = rules.own_message(arrival, command.chat, command.message)
    if rules.is_too_old(arrival, message, arrival.sheet.delete.max_age):
        return _late(arrival)
    removed = messages.remove(arrival.change, arrival.account, message, is_echo=True)
    return Done(provider_id=command.message, events=(removed,))


def react(arrival: Arrival) -> Done:
    """Take an emoji, or take it off. A repeat changes nothing."""
    command = arrival.command
    assert isinstance(command, React)
    reactions = arrival.sheet.react
    if reactions is None:
        raise Unsupported
    chat = rules.known_chat(arrival, command.chat)
    if isinstance(chat.info.disabled_features, tuple) and "reactions" in chat.info.disabled_features:
        raise NotPossible("Reactions are switched off in this chat. Nothing was changed.")
    message = rules.known_message(arrival, command.chat, command.message)
    if command.value and not _is_emoji(command.value, reactions.allowed):
        raise NotPossible(f"The network does not know the reaction {command.value}. Nothing was changed.")
    own = arrival.account.identity
    before = [given for given in message.reactions if given.sender == own]
    after = _after(before, command.value, own, several=reactions.several)
    if before == after:
        return Done(provider_id=command.message)
    others = [given for given in message.reactions if given.sender != own]
    messages.replace(arrival.change, arrival.account.key, msgspec.structs.replace(message, reactions=(*others, *after)))
    changed = tuple(
        ReactionChanged(
            chat=command.chat, provider_id=command.message, at_ms=arrival.change.now_ms, sender=own_user(arrival),
            value=given.value, removed=given not in after, several=reactions.several,
        )
        for given in (*(after if command.value else before),) if given not in before or given not in after
    )  # fmt: skip
    for event in changed:
        events.append(arrival.change, arrival.account.key, event, is_echo=True)
    return Done(provider_id=command.message, events=changed)


def _after(before: list[ReactionInfo], value: str, own: str, *, several: bool) -> list[ReactionInfo]:
    if not value:
        return []
    given = ReactionInfo(value=value, sender=own)
    if not several:
        return [given]
    return before if given in before else [*before, given]


def _is_emoji(value: str, allowed: tuple[str, ...] | None) -> bool:
    bare = value.replace("\ufe0f", "")
    if allowed is not None:
        return bare in allowed or value in allowed
    return (
        len(value) <= 16
        and all(ord(character) > 127 or character in "#*0123456789" for character in value)
        and not bare.isascii()
    )


def _late(arrival: Arrival) -> Ignored:
    if arrival.account.account_type in _IGNORES_THE_LATE:
        return Ignored(Done())
    raise NotPossible("The time for changing this message is over. Nothing was changed.")
