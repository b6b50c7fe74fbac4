"""Reading chats."""

from collections.abc import Mapping
from typing import Any

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reach import Reach
from trunkline.hub.reads import positions
from trunkline.hub.reads.pages import next_position
from trunkline.model.chat import SINGLE, in_known_folders
from trunkline.model.errors import NotFound
from trunkline.operations.attendees import ListChatsByAttendee
from trunkline.operations.backend import Answer, Page
from trunkline.operations.chats import GetChat, ListAllChats
from trunkline.operations.missing import no_such_chat
from trunkline.store import attendees, chats, messages
from trunkline.store.accounts import numbers
from trunkline.store.chats import ChatRow, Filter
from trunkline.store.render import array, render


async def list_all_chats(asked: Asked[ListAllChats]) -> HubPlan:
    """All chats, last activity first; an unknown account gives an empty list (unipile-v1 3.4)."""
    operation, reach = asked.operation, asked.reach
    accounts = [
        account
        for account in reach.narrowed(operation.account_id, lenient=True)
        if operation.account_type in (None, account.type)
    ]
    chosen = Filter(
        accounts=tuple(numbers(accounts)),
        chats=_limited_to(reach),
        unread=operation.unread,
        before_key=positions.below(operation.before),
        after_key=positions.from_after(operation.after),
        position=positions.to_chat(asked.position),
    )
    return read_plan(operation, lambda: _page(asked, chosen))


async def list_chats_by_attendee(asked: Asked[ListChatsByAttendee]) -> HubPlan:
    """The 1:1 chats with some people."""
    operation, reach = asked.operation, asked.reach
    accounts = reach.narrowed(operation.account_id, lenient=True)
    people = await reach.people(operation.attendee_id, accounts, "attendee_id")
    chosen = Filter(
        peers=tuple(person.no for person in people),
        chats=_limited_to(reach),
        before_key=positions.below(operation.before),
        after_key=positions.from_after(operation.after),
        position=positions.to_chat(asked.position),
    )
    return read_plan(operation, lambda: _page(asked, chosen))


def _limited_to(reach: Reach) -> tuple[int, ...] | None:
    return None if reach.chat_numbers is None else tuple(sorted(reach.chat_numbers))


async def _page(asked: Asked[Any], chosen: Filter) -> Answer:
    reach, limit = asked.reach, asked.limit
    rows = await chats.page(reach.store.db, chosen, limit + 1)
    shown = rows[:limit]
    position = next_position(rows, limit, lambda row: positions.of_chat(row.activity, row.no))
    names = await attendees.names_of(reach.store.db, {row.peer_no for row in shown if row.peer_no is not None})
    items = array([_encoded(asked, row, names) for row in shown])
    return Answer(Page("ChatList", items, position), frozenset(row.id for row in shown))


def _encoded(asked: Asked[Any], row: ChatRow, names: Mapping[int, str]) -> bytes:
    reach = asked.reach
    account = reach.account_of(row.account_no)
    peer_name = names.get(row.peer_no) if row.peer_no is not None and row.type == SINGLE else None
    chat = chats.to_wire(row, account.id, account.type, peer_name=peer_name, now_ms=reach.store.clock())
    return msgspec.json.encode(chat if asked.parts.options.folders == "2026" else in_known_folders(chat))


async def get_chat(asked: Asked[GetChat]) -> HubPlan:
    """One chat with its newest message; by provider id where the account is named."""
    operation, reach = asked.operation, asked.reach
    row = await _by_either_id(reach, operation)

    async def run() -> Answer:
        last = await messages.by_key(reach.store.db, row.no, row.last_key) if row.last_key else None
        pieces, _ = await render(reach.store.db, [last.row], reach.account_ids) if last else ([b"null"], set())
        names = await attendees.names_of(reach.store.db, () if row.peer_no is None else (row.peer_no,))
        return Answer(b'%s,"lastMessage":%s}' % (_encoded(asked, row, names)[:-1], pieces[0]), frozenset({row.id}))

    return read_plan(operation, run, row.id)


async def _by_either_id(reach: Reach, asked: GetChat) -> ChatRow:
    if asked.account_id is None:
        try:
            return await reach.chat(asked.chat_id)
        except NotFound:
            raise no_such_chat(asked) from None
    account = reach.account(asked.account_id)
    row = await chats.find(reach.store.db, [account.no], asked.chat_id)
    row = row or await chats.by_provider_id(reach.store.db, account.no, asked.chat_id)
    if row is None or row.removed or not reach.may_see(row.no):
        raise no_such_chat(asked)
    return row
