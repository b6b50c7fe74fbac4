"""Trunkline's own operations for agents and programs: which connections, which accounts, and search."""

from typing import Annotated

from trunkline.model.connection import ConnectionList
from trunkline.model.page import MAX_LIMIT, AccountList
from trunkline.model.search import FoundMessages
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.marks import Between, IdList, UpTo, WireTime

# Shorter words than those of the 21 (filters.py): every byte of the tool list is read by every agent.
Ids = Annotated[str | None, "Only of these accounts: one id or several with commas.", IdList()]
Cursor = Annotated[str | None, "The cursor of the page before, for the next page.", UpTo(32_768)]
Limit = Annotated[
    int | None, "1 to 250; 100 if left out.", Between(1, MAX_LIMIT, f"Ask for {MAX_LIMIT} and follow the cursor.")
]


@at("GET /connections", Effect.READ, missing="connection", takes_pcid=False, open_world=False, reaches_network=False)
class ListConnections(Operation[ConnectionList]):
    """List the connections of this key, each with the PCID that the other tools take, its accounts and what it may do."""


@at("GET /connections/accounts", Effect.READ, missing="connection", open_world=False, reaches_network=False)
class ListAccounts(Operation[AccountList]):
    """List the accounts of a connection, each with its network, its state and what it can do."""

    cursor: Cursor = None
    limit: Limit = None


@at("GET /search", Effect.READ, missing="account, chat or sender", reaches_network=False)
class SearchMessages(Operation[FoundMessages]):
    """Search stored messages by their words, newest first; the answer says which accounts were searched, and since when."""

    query: Annotated[str, "Words that must all be in the message. Put a phrase in double quotes.", UpTo(1_000)]
    account_id: Ids = None
    chat_id: Annotated[str | None, "Only messages of this chat."] = None
    sender_id: Annotated[str | None, "Only messages of this sender: the id of an attendee, or a provider id."] = None
    before: Annotated[str | None, "Only messages before this time. UTC, YYYY-MM-DDTHH:MM:SS.sssZ.", WireTime()] = None
    after: Annotated[str | None, "Only messages after this time.", WireTime()] = None
    limit: Limit = None
    cursor: Cursor = None
