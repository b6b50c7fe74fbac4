"""Reading messages."""

from collections.abc import Mapping

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reach import Reach
from trunkline.hub.reads import positions
from trunkline.hub.reads.pages import next_position
from trunkline.hub.reads.pending import message_of
from trunkline.operations.attendees import ListMessagesByAttendee
from trunkline.operations.backend import Answer, Page
from trunkline.operations.chats import ListChatMessages
from trunkline.operations.messages import GetMessage, ListAllMessages
from trunkline.store import chats, messages
from trunkline.store.accounts import numbers
from trunkline.store.messages import Filter
from trunkline.store.render import array, key_of, render

Arms = tuple[Mapping[str, int], ...]


async def list_chat_messages(asked: Asked[ListChatMessages]) -> HubPlan:
    """The messages of one chat, newest first."""
    operation, reach = asked.operation, asked.reach
    chat = await reach.chat(operation.chat_id)
    arms: Arms = ({"chat_no": chat.no},)
    if operation.sender_id is not None:
        people = await reach.people(operation.sender_id, [reach.account_of(chat.account_no)], "sender_id")
        arms = tuple({"chat_no": chat.no, "sender_no": person.no} for person in people)
    chosen = _filter(asked, arms, operation.before, operation.after)
    return read_plan(operation, lambda: page(reach, chosen, asked.limit), chat.id)


async def list_all_messages(asked: Asked[ListAllMessages]) -> HubPlan:
    """The messages of all accounts or some, newest first."""
    operation, reach = asked.operation, asked.reach
    accounts = reach.narrowed(operation.account_id)
    if operation.sender_id is not None:
        people = await reach.people(operation.sender_id, accounts, "sender_id")
        arms = sender_arms(reach, [person.no for person in people])
    elif reach.chat_numbers is not None:
        limited = await chats.by_numbers(reach.store.db, sorted(reach.chat_numbers))
        wanted = set(numbers(accounts))
        arms = tuple({"chat_no": chat.no} for chat in limited.values() if chat.account_no in wanted)
    else:
        arms = tuple({"account_no": account.no} for account in accounts)
    chosen = _filter(asked, arms, operation.before, operation.after)
    return read_plan(operation, lambda: page(reach, chosen, asked.limit))


async def list_messages_by_attendee(asked: Asked[ListMessagesByAttendee]) -> HubPlan:
    """The messages one person sent, newest first."""
    operation, reach = asked.operation, asked.reach
    accounts = reach.narrowed(operation.account_id, lenient=True)
    people = await reach.people(operation.sender_id, accounts, "sender_id")
    arms = sender_arms(reach, [person.no for person in people])
    chosen = _filter(asked, arms, operation.before, operation.after)
    return read_plan(operation, lambda: page(reach, chosen, asked.limit))


def sender_arms(reach: Reach, people: list[int]) -> Arms:
    """Messages of some people, in the chats the call can reach."""
    if reach.chat_numbers is None:
        return tuple({"sender_no": number} for number in people)
    return tuple({"chat_no": chat, "sender_no": number} for chat in sorted(reach.chat_numbers) for number in people)


def _filter(
    asked: Asked[ListChatMessages] | Asked[ListAllMessages] | Asked[ListMessagesByAttendee],
    arms: Arms,
    before: str | None,
    after: str | None,
) -> Filter:
    bounds = [bound for bound in (positions.below(before), positions.to_key(asked.position)) if bound is not None]
    return Filter(arms=arms, below=min(bounds, default=None), from_=positions.from_after(after))


async def page(reach: Reach, chosen: Filter, limit: int) -> Answer:
    """A page of messages, from ready documents."""
    rows = await messages.page(reach.store.db, chosen, limit + 1)
    pieces, sources = await render(reach.store.db, rows[:limit], reach.account_ids)
    position = next_position(rows, limit, lambda row: positions.of_key(key_of(row)))
    return Answer(Page("MessageList", array(pieces), position), frozenset(sources))


async def get_message(asked: Asked[GetMessage]) -> HubPlan:
    """One message with the network's own payload; a send of ours that is not confirmed yet says where it stands."""
    operation, reach = asked.operation, asked.reach
    known = await reach.known_message(operation.message_id)
    sending = None if known is not None else await reach.sending(operation.message_id)
    if sending is not None:
        return await message_of(asked, sending)
    row = await reach.message(operation.message_id)

    async def run() -> Answer:
        (piece,), sources = await render(reach.store.db, [row.row], reach.account_ids)
        raw = await messages.raw_of(reach.store.db, row.id)
        if raw is not None:
            # "original" comes early in the piece and is "{}" there: the same key later would be a second one.
            piece = piece.replace(b'"original":"{}"', b'"original":' + msgspec.json.encode(raw.decode()), 1)
        return Answer(piece, frozenset(sources))

    chat = await chats.by_no(reach.store.db, row.chat_no)
    return read_plan(operation, run, None if chat is None else chat.id)
