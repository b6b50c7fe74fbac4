"""What our user does with a chat: read, mute, archive, pin, label, delete."""

from trunkline.contract.commands import DeleteChat, Done, LabelChat, SetChat
from trunkline.contract.events import ChatChanged, ChatInfo, ChatRemoved, Event, ReadUpTo
from trunkline.model.errors import InvalidLabel, NotPossible, Unsupported
from trunkline.networks.sandbox.accept import rules
from trunkline.networks.sandbox.accept.arrival import Arrival
from trunkline.networks.sandbox.world import chats, events, messages


def set_chat(arrival: Arrival) -> Done:
    """Switch read, mute, archive or pin."""
    command = arrival.command
    assert isinstance(command, SetChat)
    chat = rules.known_chat(arrival, command.chat)
    if getattr(arrival.sheet, command.switch) is None:
        raise Unsupported
    if command.switch == "read":
        return _read(arrival, chat, on=command.on)
    if command.switch == "mute":
        info = ChatInfo(provider_id=chat.id, muted_until_ms=-1 if command.on else None)
    elif command.switch == "archive":
        info = ChatInfo(provider_id=chat.id, archived=command.on)
    else:
        info = ChatInfo(provider_id=chat.id, pinned=command.on)
    return _changed(arrival, info)


def label_chat(arrival: Arrival) -> Done:
    """Put a label on the chat."""
    command = arrival.command
    assert isinstance(command, LabelChat)
    if arrival.sheet.label is None:
        raise Unsupported
    chat = rules.known_chat(arrival, command.chat)
    label = command.label.strip()
    if not 1 <= len(label) <= 100:
        raise InvalidLabel("A label has 1 to 100 characters. Nothing was changed.")
    labels = chat.info.labels if isinstance(chat.info.labels, tuple) else ()
    if label in labels:
        return Done()
    return _changed(arrival, ChatInfo(provider_id=chat.id, labels=(*labels, label)))


def delete_chat(arrival: Arrival) -> Done:
    """Take the chat from the account."""
    command = arrival.command
    assert isinstance(command, DeleteChat)
    if arrival.sheet.delete_chat is None:
        raise Unsupported
    rules.known_chat(arrival, command.chat)
    chats.remove(arrival.change, arrival.account.key, command.chat)
    return _told(arrival, ChatRemoved(chat=command.chat))


def _read(arrival: Arrival, chat: chats.Chat, *, on: bool) -> Done:
    if not on:
        if arrival.account.account_type == "MESSENGER":
            raise NotPossible("A page can mark a chat read, not unread. Nothing was changed.")
        unread = max(1, chat.unread)
        chats.set_unread(arrival.change, arrival.account.key, chat.id, unread)
        return _told(arrival, ChatChanged(info=ChatInfo(provider_id=chat.id, unread_count=unread)))
    newest = messages.newest(arrival.change.fetch, arrival.account.key, chat.id)
    chats.set_unread(arrival.change, arrival.account.key, chat.id, 0)
    if newest is None:
        return Done()
    return _told(arrival, ReadUpTo(chat=chat.id, provider_id=newest.provider_id, at_ms=arrival.change.now_ms, person=None))


def _changed(arrival: Arrival, info: ChatInfo) -> Done:
    chats.update(arrival.change, arrival.account.key, info)
    return _told(arrival, ChatChanged(info=info))


def _told(arrival: Arrival, event: Event) -> Done:
    events.append(arrival.change, arrival.account.key, event, is_echo=True)
    return Done(events=(event,))
