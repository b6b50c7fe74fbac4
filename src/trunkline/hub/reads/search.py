"""Searching stored messages, and saying how far the search could see."""

import msgspec
from msgspec import UNSET

from trunkline.contract.states import AccountState
from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reach import Reach
from trunkline.hub.reads import positions
from trunkline.hub.reads.pages import next_position
from trunkline.model.errors import InvalidArgument
from trunkline.model.search import SearchedAccount
from trunkline.model.times import to_wire
from trunkline.operations.backend import Answer, Page
from trunkline.operations.own import SearchMessages
from trunkline.store import messages, words
from trunkline.store.accounts import AccountRow, numbers
from trunkline.store.order import time_of
from trunkline.store.render import array, render


async def search_messages(asked: Asked[SearchMessages]) -> HubPlan:
    """The newest messages that hold all the words."""
    operation, reach = asked.operation, asked.reach
    wanted = words.phrases(operation.query)
    if not wanted:
        raise InvalidArgument("query holds no word; give at least one word or number to look for.")
    accounts = reach.narrowed(operation.account_id)
    limited = sorted(reach.chat_numbers) if reach.chat_numbers is not None else None
    if operation.chat_id is not None:
        limited = [(await reach.chat(operation.chat_id)).no]
    people = None
    if operation.sender_id is not None:
        people = [person.no for person in await reach.people(operation.sender_id, accounts, "sender_id")]
    bounds = [positions.below(operation.before), positions.to_key(asked.position)]
    hits = words.Hits(
        accounts=numbers(accounts),
        chats=limited,
        senders=people,
        below=min((bound for bound in bounds if bound is not None), default=None),
        from_=positions.from_after(operation.after),
    )

    async def run() -> Answer:
        keys = await words.search(reach.store.db, wanted, hits, asked.limit + 1)
        rows = await messages.by_keys(reach.store.db, keys[: asked.limit])
        pieces, sources = await render(reach.store.db, rows, reach.account_ids)
        position = next_position(keys, asked.limit, positions.of_key)
        seen = [await _searched(reach, account, is_asked=account in accounts) for account in reach.accounts.values()]
        extra = {"accounts": msgspec.to_builtins(seen)}
        return Answer(Page("FoundMessages", array(pieces), position, extra), frozenset(sources))

    return read_plan(operation, run)


async def _searched(reach: Reach, account: AccountRow, *, is_asked: bool) -> SearchedAccount:
    """How far one account could be searched."""
    oldest = await messages.oldest_key(reach.store.db, account.no)
    since = None if oldest is None else to_wire(time_of(oldest))
    detail: str | msgspec.UnsetType = UNSET
    if not is_asked:
        detail = "Not asked for: account_id names other accounts."
    elif since is None:
        detail = "Nothing of this account is stored yet."
    elif account.first_sync != "done":
        detail = "Its first sync is still running; older messages are on their way."
    elif account.state is not AccountState.CONNECTED:
        detail = "The account is not connected; newer messages may be missing."
    return SearchedAccount(
        account_id=account.id, searched=is_asked and since is not None, since=since if is_asked else None, detail=detail
    )
