"""Groups: their members and invite links."""

from trunkline.contract.commands import ChangeMember, Done, GetInviteLink
from trunkline.contract.events import ChatChanged, ChatInfo, Event
from trunkline.model.chat import CHANNEL, SINGLE
from trunkline.model.errors import NoRights, NotPossible, Unsupported
from trunkline.networks.sandbox.accept import rules
from trunkline.networks.sandbox.accept.arrival import Arrival
from trunkline.networks.sandbox.accept.sends import own_user
from trunkline.networks.sandbox.world import chats, events, messages
from trunkline.networks.sandbox.world.chats import Chat
from trunkline.networks.sandbox.world.messages import Draft
from trunkline.networks.sandbox.world.provider_ids import invite_link as make_link

PARTICIPANT_ADDED = 5
PARTICIPANT_REMOVED = 6


def change_member(arrival: Arrival) -> Done:
    """Add or remove somebody; the network writes it into the chat. A repeat changes nothing."""
    command = arrival.command
    assert isinstance(command, ChangeMember)
    adds = command.change == "add"
    if (arrival.sheet.add_participant if adds else arrival.sheet.remove_participant) is None:
        raise Unsupported
    chat = _group(arrival, command.chat)
    if arrival.account.account_type == "SLACK" and chat.info.type != CHANNEL:
        raise NotPossible("Slack changes the members of channels only. Nothing was changed.")
    person = rules.known_person(arrival, command.person)
    change = chats.add_member if adds else chats.remove_member
    if not change(arrival.change, arrival.account.key, chat.id, person.id):
        if adds:
            return Done()
        raise NotPossible(f"{command.person} is not in the group. Nothing was changed.")
    info = chats.complete(arrival.change.fetch, arrival.account.key, chat.id)
    changed: Event = ChatChanged(info=ChatInfo(provider_id=chat.id, members=info.members))
    events.append(arrival.change, arrival.account.key, changed)
    text = f"{arrival.account.name} {'added' if adds else 'removed'} {person.name}"
    kind = PARTICIPANT_ADDED if adds else PARTICIPANT_REMOVED
    message = messages.post(
        arrival.change, arrival.account, Draft(chat.id, own_user(arrival), text, extra=(("event_type", kind),))
    )
    return Done(events=(changed, message))


def invite_link(arrival: Arrival) -> Done:
    """Give the group's link, made at the first time."""
    command = arrival.command
    assert isinstance(command, GetInviteLink)
    if arrival.sheet.invite_link is None:
        raise Unsupported
    chat = _group(arrival, command.chat)
    link = chat.invite or make_link(arrival.account.account_type, chat.id)
    chats.set_invite(arrival.change, arrival.account.key, chat.id, link)
    return Done(invite_link=link)


def _group(arrival: Arrival, chat: str) -> Chat:
    found = rules.known_chat(arrival, chat)
    if found.info.type == SINGLE:
        raise NotPossible("This is no group. Nothing was changed.")
    if found.owner is not None and found.owner != arrival.account.identity:
        raise NoRights("Only the group's administrators may do that. Nothing was changed.")
    return found
