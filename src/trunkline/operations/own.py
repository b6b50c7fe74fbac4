"""Trunkline's own operations for agents and programs: which connections, which accounts, and search."""

from typing import Annotated

from trunkline.model.connection import ConnectionList
from trunkline.model.page import AccountList
from trunkline.model.search import FoundMessages
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.filters import AccountIds, After, Before, Cursor, Limit
from trunkline.operations.marks import UpTo


@at("GET /connections", Effect.READ, missing="connection", takes_pcid=False, open_world=False, reaches_network=False)
class ListConnections(Operation[ConnectionList]):
    """List the connections of this key, each with the PCID that the other tools take, its accounts and what it may do."""


@at("GET /connections/accounts", Effect.READ, missing="connection", open_world=False, reaches_network=False)
class ListAccounts(Operation[AccountList]):
    """List the accounts of a connection, each with its network, its state and what it can do."""

    cursor: Cursor = None
    limit: Limit = None


@at("GET /messages/search", Effect.READ, missing="account, chat or sender", reaches_network=False)
class SearchMessages(Operation[FoundMessages]):
    """Search stored messages by their words, newest first; the answer says which accounts were searched, and since when."""

    query: Annotated[str, "Words that must all be in the message. Put a phrase in double quotes.", UpTo(1_000)]
    account_id: AccountIds = None
    chat_id: Annotated[str | None, "Only messages of this chat."] = None
    sender_id: Annotated[str | None, "Only messages of this sender: the id of an attendee, or a provider id."] = None
    before: Before = None
    after: After = None
    limit: Limit = None
    cursor: Cursor = None
