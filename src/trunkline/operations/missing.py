"""What to say when an id names nothing: the same words for a foreign and a missing one, made of the call's own arguments."""

from trunkline.model.errors import NotFound
from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.catalog import OWN, OperationType
from trunkline.operations.chats import GetChat, ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.own import ListAccounts, ListConnections
from trunkline.operations.schema import tool_name
from trunkline.operations.values import quoted

_KINDS = {
    "PCID": "connection",
    "pcid": "connection",
    "pending_id": "write",
    "chat_id": "chat",
    "chats": "chat",
    "message_id": "message",
    "quote_id": "message",
    "thread_id": "thread",
    "attachment_id": "attachment",
    "account_id": "account",
    "accounts": "account",
    "id": "attendee",
    "attendee_id": "attendee",
    "sender_id": "attendee",
    "key_id": "key",
    "webhook_id": "webhook",
    "letter_id": "dead letter",
    "account_ids": "account",
    "connection": "connection",
    "name": "control",
    "recruiter_contract_id": "contract",
}
"""What each parameter names; any other parameter names a thing of its own name (`road`)."""

ELSEWHERE = " on /mcp, or from the person who set you up"
"""Where the ids come from for whom a tool of ours is not at hand."""
OVER_REST = ", over REST GET /connections,"
"""The route beside the tool that lists connections."""

_GIVEN_BY: dict[str, OperationType] = {
    "connection": ListConnections,
    "chat": ListAllChats,
    "message": ListChatMessages,
    "thread": ListChatMessages,
    "attachment": GetMessage,
    "account": ListAccounts,
    "attendee": ListAllAttendees,
}


def not_found(parameter: str, value: str, account_id: str | None = None, kind: str | None = None) -> NotFound:
    """The NotFound for a value of a parameter. account_id: the account it was looked for in, where the call names one.

    kind: what was looked for, where the parameter's own kind is not it (the picture of an attendee).
    """
    looked_for = kind or _KINDS.get(parameter, parameter)
    inside = f" in account {quoted(account_id)}" if account_id is not None else ""
    source = _GIVEN_BY.get(looked_for)
    hint = f" {looked_for.capitalize()} ids come from {_named(source)}." if source is not None else ""
    return NotFound(f"There is no {looked_for} {quoted(value)}{inside}.{hint}")


def no_such_chat(asked: GetChat) -> NotFound:
    """The NotFound for the chat of a call that takes a provider id too, where the account is named."""
    if asked.account_id is not None:
        return not_found("chat_id", asked.chat_id, asked.account_id)
    return NotFound(f"{not_found('chat_id', asked.chat_id).text} A provider id needs account_id beside it.")


def _named(source: OperationType) -> str:
    """The tool that gives the ids. An endpoint of the 21 tools alone has none of ours: there somebody else knows them."""
    return f"{tool_name(source)}{ELSEWHERE}" if source in OWN else tool_name(source)
