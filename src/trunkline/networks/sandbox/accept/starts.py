"""Starting chats: with one person, with several, and LinkedIn's InMail."""

from trunkline.contract.commands import Done, StartChat
from trunkline.contract.events import ChatChanged, ChatInfo, Event
from trunkline.model.chat import GROUP, SINGLE
from trunkline.model.errors import EmptyMessage, NoConnection, NoCredits, NotPossible, Unsupported
from trunkline.networks.sandbox.accept import rules
from trunkline.networks.sandbox.accept.arrival import Arrival
from trunkline.networks.sandbox.accept.sends import own_user, say
from trunkline.networks.sandbox.world import chats, events, messages
from trunkline.networks.sandbox.world.messages import Draft
from trunkline.networks.sandbox.world.people import Person
from trunkline.networks.sandbox.world.provider_ids import direct_chat_id, group_id

GROUP_CREATED = 3


def start(arrival: Arrival) -> Done:
    """Make the chat or find the 1:1 chat, and say the first message."""
    command = arrival.command
    assert isinstance(command, StartChat)
    if arrival.sheet.start is None:
        raise Unsupported("On this network the other side must write first. Nothing was sent.")
    people = {person.id: person for person in (rules.known_person(arrival, name) for name in command.people)}
    people.pop(arrival.account.identity, None)
    if not people:
        raise NotPossible("A chat needs somebody else. Nothing was sent.")
    if len(people) == 1:
        return _start_direct(arrival, command, *people.values())
    return _start_group(arrival, command, list(people.values()))


def _start_direct(arrival: Arrival, command: StartChat, person: Person) -> Done:
    account, change = arrival.account, arrival.change
    text = rules.content(arrival, command.text, command.files)
    inmail = _is_inmail(arrival, command, person)
    told: list[Event] = []
    chat = None if inmail else chats.with_peer(change.fetch, account.key, person.id)
    if chat is None:
        name = direct_chat_id(account.account_type, account.identity, person.id + (change.entropy(8).hex() if inmail else ""))
        info = ChatInfo(provider_id=name, type=SINGLE, name=_shown_name(arrival, person), peer=person.id)
        if inmail:
            info = ChatInfo(
                provider_id=name, type=SINGLE, name=None, peer=person.id, subject=command.title or "", content_type="inmail"
            )
        chats.add(change, account.key, info, (account.identity, person.id), active_ms=change.now_ms)
        told.append(ChatChanged(info=chats.complete(change.fetch, account.key, name)))
        events.append(change, account.key, told[0])
        chat = chats.find(change.fetch, account.key, name)
        assert chat is not None
    rules.can_write(arrival, chat)
    extra = (("subject", command.title), ("message_type", "INMAIL")) if inmail else ()
    message = say(arrival, chat.id, text, command.files, extra=extra)
    return Done(chat=chat.id, provider_id=message.provider_id, events=(*told, message))


def _start_group(arrival: Arrival, command: StartChat, people: list[Person]) -> Done:
    start, account, change = arrival.sheet.start, arrival.account, arrival.change
    assert start is not None
    if start.group is None:
        raise Unsupported("This network has no groups. Nothing was sent.")
    if start.max_people is not None and len(people) > start.max_people.value:
        raise NotPossible(f"{start.max_people.value} people at most. Nothing was sent.")
    if account.account_type == "LINKEDIN" and not command.title:
        raise NotPossible("A group needs a name on LinkedIn. Nothing was sent.")
    for person in people:
        _check_contact(arrival, person)
    has_message = bool(command.files or (command.text or "").strip())
    if not has_message and not start.empty_group:
        raise EmptyMessage
    text = rules.content(arrival, command.text, command.files) if has_message else None
    name = group_id(account.account_type, f"{account.key} {arrival.token} {change.entropy(8).hex()}")
    info = ChatInfo(provider_id=name, type=GROUP, name=command.title)
    members = (account.identity, *(person.id for person in people))
    chats.add(change, account.key, info, members, active_ms=change.now_ms, owner=account.identity)
    made: Event = ChatChanged(info=chats.complete(change.fetch, account.key, name))
    events.append(change, account.key, made)
    created = Draft(name, own_user(arrival), f"{account.name} created the group", extra=(("event_type", GROUP_CREATED),))
    told: list[Event] = [made, messages.post(change, account, created)]
    if not has_message:
        return Done(chat=name, events=tuple(told))
    message = say(arrival, name, text, command.files)
    return Done(chat=name, provider_id=message.provider_id, events=(*told, message))


def _is_inmail(arrival: Arrival, command: StartChat, person: Person) -> bool:
    """LinkedIn: whether this is an InMail, and paid for. Others are no contacts and cannot be written to."""
    if arrival.account.account_type != "LINKEDIN" or command.options.get("inmail") is not True:
        _check_contact(arrival, person)
        return False
    paid = arrival.change.run("UPDATE account SET credits = credits - 1 WHERE key = ? AND credits > 0", arrival.account.key)
    if not paid:
        raise NoCredits
    return True


def _check_contact(arrival: Arrival, person: Person) -> None:
    if arrival.account.account_type == "LINKEDIN" and person.distance != 1:
        raise NoConnection


def _shown_name(arrival: Arrival, person: Person) -> str | None:
    """Instagram names a 1:1 chat after the other side; elsewhere such a chat has no name."""
    return person.name if arrival.account.account_type == "INSTAGRAM" else None
