"""Reading accounts: each with its state in words and what it can do."""

import msgspec
from msgspec import UNSET

from trunkline.contract.brief import brief
from trunkline.contract.session import Concern
from trunkline.contract.states import ON_THE_WIRE
from trunkline.hub.asked import Asked
from trunkline.hub.attention import status_text
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reads.pages import next_position
from trunkline.model.account import Account, Source
from trunkline.model.times import to_wire
from trunkline.operations.accounts import ListAllAccounts
from trunkline.operations.backend import Answer, Page
from trunkline.operations.own import ListAccounts
from trunkline.store.accounts import AccountRow
from trunkline.store.render import array


async def list_accounts(asked: Asked[ListAccounts] | Asked[ListAllAccounts]) -> HubPlan:
    """The accounts of the connection, or all of the person, in order of their ids."""
    reach, lives = asked.reach, asked.parts.lives

    async def run() -> Answer:
        rows = [row for row in reach.accounts.values() if row.id > (asked.position or "")]
        items = array([msgspec.json.encode(account_of(row, lives.concern_of(row))) for row in rows[: asked.limit]])
        return Answer(Page("AccountList", items, next_position(rows, asked.limit, lambda row: row.id)))

    return read_plan(asked.operation, run)


def account_of(row: AccountRow, concern: Concern | None = None) -> Account:
    """The wire's account. concern: of one that is connected here."""
    return Account(
        type=row.type,
        id=row.id,
        name=row.name,
        created_at=to_wire(row.created_at),
        connection_params=msgspec.json.decode(row.params),
        sources=(Source(id=f"{row.id}_MESSAGING", status=ON_THE_WIRE[row.state]),),
        road=row.road,
        status_text=status_text(row, concern) or UNSET,
        capabilities=UNSET if row.sheet is None else brief(msgspec.json.decode(row.sheet)),
    )
