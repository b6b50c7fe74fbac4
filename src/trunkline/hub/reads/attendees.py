"""Reading attendees."""

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reach import Reach
from trunkline.hub.reads.pages import next_position
from trunkline.operations.attendees import GetAttendeeById, ListAllAttendees
from trunkline.operations.backend import Answer, Page
from trunkline.operations.chats import ListAttendees
from trunkline.operations.missing import not_found
from trunkline.store import attendees
from trunkline.store.accounts import numbers
from trunkline.store.attendees import AttendeeRow
from trunkline.store.render import array


def _encoded(reach: Reach, row: AttendeeRow) -> bytes:
    return msgspec.json.encode(attendees.to_wire(row, reach.account_of(row.account_no).id))


async def list_all_attendees(asked: Asked[ListAllAttendees]) -> HubPlan:
    """The people of all accounts or some, in a stable order."""
    reach = asked.reach
    accounts = reach.narrowed(asked.operation.account_id)

    async def run() -> Answer:
        after, most = asked.position or "", asked.limit + 1
        if reach.chat_numbers is None:
            rows = await attendees.page(reach.store.db, numbers(accounts), after, most)
        else:
            rows = await attendees.chat_limited_page(reach.store.db, sorted(reach.chat_numbers), after, most)
        wanted = set(numbers(accounts))
        items = array([_encoded(reach, row) for row in rows[: asked.limit] if row.account_no in wanted])
        return Answer(Page("ChatAttendeeList", items, next_position(rows, asked.limit, lambda row: row.id)))

    return read_plan(asked.operation, run)


async def list_attendees(asked: Asked[ListAttendees]) -> HubPlan:
    """Everybody in a chat, our own user too; never more than one page."""
    reach = asked.reach
    chat = await reach.chat(asked.operation.chat_id)

    async def run() -> Answer:
        rows = await attendees.members(reach.store.db, chat.no)
        items = array([_encoded(reach, row) for row in rows])
        return Answer(Page("ChatAttendeeList", items, None), frozenset({chat.id}))

    return read_plan(asked.operation, run, chat.id)


async def get_attendee_by_id(asked: Asked[GetAttendeeById]) -> HubPlan:
    """One person: by public id, or by provider id where the account is named or only one account knows it."""
    operation, reach = asked.operation, asked.reach
    row = await one_person(reach, operation.id, operation.account_id)

    async def run() -> Answer:
        return Answer(_encoded(reach, row))

    return read_plan(operation, run)


async def one_person(reach: Reach, attendee_id: str, account_id: str | None) -> AttendeeRow:
    """The one person of an id. Raises NotFound."""
    accounts = [reach.account(account_id)] if account_id is not None else list(reach.accounts.values())
    found = await attendees.find(reach.store.db, numbers(accounts), attendee_id)
    for row in found:
        if (account_id is not None or row.id == attendee_id or len(found) == 1) and await reach.may_see_person(row.no):
            return row
    raise not_found("id", attendee_id, account_id)
