"""What to say when an id names nothing: the same words for a foreign and a missing one, made of the call's own arguments."""

from trunkline.model.errors import NotFound
from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.catalog import OperationType
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.own import ListAccounts, ListConnections
from trunkline.operations.schema import tool_name
from trunkline.operations.values import quoted

_KINDS = {
    "PCID": "connection",
    "pcid": "connection",
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
    "name": "control",
    "recruiter_contract_id": "contract",
}
"""What each parameter names; any other parameter names a thing of its own name (`road`)."""

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
    hint = f" {looked_for.capitalize()} ids come from {tool_name(source)}." if source is not None else ""
    return NotFound(f"There is no {looked_for} {quoted(value)}{inside}.{hint}")
